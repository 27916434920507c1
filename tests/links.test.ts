import { existsSync, globSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { pages, pageText, root } from './samples/samples.ts';

/** A page without its code, in which brackets mean something else. */
function prose(text: string): string {
  return text.replaceAll(/^( *)```[\s\S]*?^ *```$/gmu, '');
}

/** Where a page leads within the repository: targets of links and pictures, as they are written. */
function targets(text: string): string[] {
  const links = prose(text).matchAll(/\]\(<?([^)\s>]+)>?(?:\s+"[^"]*")?\)|^\[[^\]]+\]: (\S+)/gmu);
  return [...links]
    .map(([, inline, defined]) => inline ?? defined ?? '')
    .filter((target) => !/^[a-z][a-z+.-]*:/u.test(target));
}

/** The anchors of a page, as GitHub makes them out of its headings. */
function anchors(text: string): Set<string> {
  const found = new Map<string, number>();
  for (const [, heading = ''] of prose(text).matchAll(/^#{1,6} +(.+?) *#*$/gmu)) {
    const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/gu, '$1').toLowerCase();
    const slug = shown.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/gu, '-');
    const times = found.get(slug) ?? 0;
    found.set(slug, times + 1);
    if (times > 0) found.set(`${slug}-${times}`, 1);
  }
  return new Set(found.keys());
}

/** What is wrong with a link; `undefined` where it leads somewhere. */
function fault(page: string, target: string): string | undefined {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), decodeURI(path)));
  const absolute = join(root, file);
  if (!existsSync(absolute)) return `${page}: nothing is at ${target}`;
  if (anchor === undefined) return undefined;
  const shown = statSync(absolute).isDirectory() ? join(file, 'README.md') : file;
  if (!pages.includes(shown)) return `${page}: ${target} has an anchor, and is no page`;
  return anchors(pageText(shown)).has(anchor)
    ? undefined
    : `${page}: ${target} has no such heading`;
}

it('every link between the pages leads to a file that is there, and to a heading that it has', () => {
  const links = pages.flatMap((page) => targets(pageText(page)).map((target) => [page, target]));
  expect(links.length).toBeGreaterThan(100);
  const faults = links.map(([page = '', target = '']) => fault(page, target));
  expect(faults.filter((one) => one !== undefined)).toEqual([]);
});

it('dead links and dead headings are found', () => {
  const text = [
    '# A `Name`, and (more)',
    '[there](README.md) [gone](gone.md) [`code`](packages/core#tabs-of-one-app)',
    '[over two',
    'lines](packages/core#nothing) ![picture](gone.svg) <!-- -->',
    '```ts',
    'list[0](gone);',
    '```',
    '[elsewhere](https://example.com/#gone)',
    '## Again',
    '## Again',
  ].join('\n');
  expect(targets(text).map((target) => fault('README.md', target))).toEqual([
    undefined,
    'README.md: nothing is at gone.md',
    undefined,
    'README.md: packages/core#nothing has no such heading',
    'README.md: nothing is at gone.svg',
  ]);
  expect([...anchors(text)]).toEqual(['a-name-and-more', 'again', 'again-1']);
});

/** Where the sources are that a page speaks of by their paths, or by their names alone. */
const sources = globSync('{,{packages,examples,tests,scripts,benchmarks,docs}/**/}*.{ts,tsx,mjs}', {
  cwd: root,
  exclude: ['**/node_modules/**', '**/dist/**'],
});

it.each(['docs/architecture.md', 'CONTRIBUTING.md'])(
  'the files that %s names are there',
  (page) => {
    const named = pageText(page).matchAll(/(?<![\w@./-])[\w./-]+\.(?:ts|tsx|mjs)\b/gu);
    const gone = Array.from(named, ([name]) => name).filter(
      (name) => !sources.some((source) => `/${source}`.endsWith(`/${name}`)),
    );
    expect(gone).toEqual([]);
  },
);
