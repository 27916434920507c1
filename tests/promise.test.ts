import { readFileSync } from 'node:fs';
import * as profiles from '@holdfast/profiles';
import { expect, it } from 'vitest';
import { stories } from '../benchmarks/storm/src/stories.ts';
import { scenarios } from '../examples/report/src/scenarios/all.ts';

const readme = read('README.md');
const startPage = read('docs/index.md');

function read(path: string): string {
  return readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
}

/** The cells of the first row of a page's table that begins with a text. */
function row(text: string, beginning: string): string[] {
  const line = text.split('\n').find((each) => each.startsWith(`| ${beginning}`));
  expect(line, `a row that begins with “${beginning}”`).toBeDefined();
  return (line ?? '')
    .split('|')
    .map((cell) => cell.trim())
    .slice(2, -1);
}

/** The promise in numbers is what the project has measured: who measures anew writes it anew. */
it.each([
  ['the README', readme],
  ['the start page of the site', startPage],
])('H1 M1 the numbers that %s opens with are those of the storms', (_, page) => {
  const [, story = ''] = read('docs/storms/README.md').split('\n## 500 for 10 s; four operations');
  const policies = ['Holdfast', 'RetryLink', 'exchange-retry'].map((policy) => row(story, policy));
  const begun = policies.map(([failed]) => Number(/\((.+) %\)/.exec(failed ?? '')?.[1]));
  expect(row(page, 'queries begun in these seconds')).toEqual(
    begun.map((share) => `${share.toFixed(0)} %`),
  );
  expect(row(page, 'requests that the API')).toEqual(policies.map(([, , , sent]) => sent));
  const { clients } = stories.find(({ title }) => title.startsWith('500 for 10 s; four'))!;
  expect(page).toContain(`${clients.toLocaleString('en')} clients`);
  const twice = policies.map(([, , ran]) => Number(ran).toLocaleString('en'));
  expect(row(page, 'mutations that ran twice')).toEqual(twice);
});

it('and its sizes those of the benchmarks', () => {
  const { sizes } = JSON.parse(read('docs/benchmarks.json')) as {
    readonly sizes: readonly { readonly title: string; readonly gzipped: number }[];
  };
  const gzipped = (beginning: string): number =>
    (sizes.find(({ title }) => title.startsWith(beginning))?.gzipped ?? Number.NaN) / 1_000;
  expect(row(readme, 'what an app has to load')).toEqual([
    `${gzipped('core + Apollo').toFixed(0)} KB`,
    `${gzipped('Apollo: RetryLink').toFixed(1)} KB`,
    `${gzipped('urql: ').toFixed(1)} KB`,
  ]);
});

it('and what it counts is there: troubles that are played, APIs that are known', () => {
  const known = Object.keys(profiles).length;
  expect(readme).toContain(`through ${scenarios.length} troubles`);
  expect(readme).toContain(`profiles of ${known} APIs and servers`);
  expect(readme).toContain(`[${known - 1} more](packages/profiles)`);
  expect(startPage).toContain(`title: ${known} APIs and servers are known`);
  expect(startPage).toContain(`and ${known - 4} more`);
});

it.each(['session', 'gate', 'outage', 'budget', 'mutations'])(
  'and the concept %s leads to all rules of its chapter',
  (concept) => {
    const [, letter = '', last] =
      /\b([A-Z])1 to \1(\d+)\b/u.exec(read(`docs/concepts/${concept}.md`)) ?? [];
    const rules = read('docs/behaviour.md').matchAll(new RegExp(`^- ${letter}(\\d+)`, 'gmu'));
    expect(Number(last)).toBe(Math.max(...Array.from(rules, ([, number]) => Number(number))));
  },
);
