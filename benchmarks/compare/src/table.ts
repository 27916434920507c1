import { markdownTable } from 'markdown-table';
import type { Verdict } from './observed.ts';
import type { ChapterResult, Result } from './result.ts';
import type { Stack } from './stack.ts';

/** A table of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return markdownTable(
    [head, ...rows].map((cells) => cells.map((text) => text.replaceAll('|', '\\|'))),
    { alignDelimiters: false },
  );
}

/** `✓ 1 token call, 10 answered`. */
export function cell(verdict: Verdict | undefined): string {
  if (verdict === undefined) return '–';
  return `${verdict.met ? '✓' : '✗'} ${verdict.seen}`.trimEnd();
}

/** Every scenario of a chapter against every stack. */
export function chapterTable({ chapter: { stacks }, results }: ChapterResult): string {
  return table(
    ['', ...stacks.map(({ name }) => name)],
    results.map(({ scenario, verdicts }) => [
      scenario.title,
      ...stacks.map((stack) => cell(verdicts.get(stack))),
    ]),
  );
}

/** How many scenarios of each chapter each stack came through as expected. */
export function scoreTable(chapters: readonly ChapterResult[], stacks: readonly Stack[]): string {
  const score = (results: readonly Result[], stack: Stack): string => {
    const verdicts = results.flatMap((result) => result.verdicts.get(stack) ?? []);
    const met = verdicts.filter((verdict) => verdict.met).length;
    return verdicts.length === 0 ? '–' : `${met} of ${verdicts.length}`;
  };
  const all = chapters.flatMap(({ results }) => results);
  return table(
    ['', ...stacks.map(({ name }) => name)],
    [
      ...chapters.map(({ chapter, results }) => [
        chapter.title,
        ...stacks.map((stack) => score(results, stack)),
      ]),
      ['all', ...stacks.map((stack) => score(all, stack))],
    ],
  );
}
