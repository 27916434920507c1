import type { Verdict } from './observed.ts';
import type { Scenario } from './scenario.ts';
import type { Chapter } from './scenarios/all.ts';
import type { Stack } from './stack.ts';

/** One scenario, played on every stack of its chapter. */
export interface Result {
  readonly scenario: Scenario;
  /** By stack; one that takes no part has none. */
  readonly verdicts: ReadonlyMap<Stack, Verdict>;
}

/** What a chapter came to, in the order of its scenarios. */
export interface ChapterResult {
  readonly chapter: Chapter;
  readonly results: readonly Result[];
}

/** Whether every stack that takes part, of those asked about, met what is expected. */
export function allMet({ verdicts }: Result, about: (stack: Stack) => boolean): boolean {
  return [...verdicts].every(([stack, { met }]) => met || !about(stack));
}

/** Where one of ours did not meet what is expected. */
export function unmet(chapters: readonly ChapterResult[]): readonly string[] {
  return chapters.flatMap(({ results }) =>
    results.flatMap(({ scenario, verdicts }) =>
      [...verdicts].flatMap(([{ name, holdfast }, { met, seen }]) =>
        holdfast && !met ? [`${scenario.title}, ${name}: ${seen}`] : [],
      ),
    ),
  );
}
