import { check, format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { answered } from './checks.ts';
import { comparison, summary } from './document.ts';
import type { Measurement } from './document.ts';
import type { Verdict } from './observed.ts';
import { unmet } from './result.ts';
import type { Scenario } from './scenario.ts';
import type { Stack } from './stack.ts';
import { cell, table } from './table.ts';

const good: Verdict = { met: true, seen: '1 token call' };
const bad: Verdict = { met: false, seen: '2 token calls' };

function stack(name: string, holdfast: boolean): Stack {
  return {
    name,
    contents: `what ${name} is`,
    holdfast,
    readsAnswers: true,
    start: () => {
      throw new Error('Nothing is played here.');
    },
  };
}

function scenario(title: string): Scenario {
  return {
    title,
    rules: ['T1'],
    story: `The story of ${title}.`,
    checks: [answered],
    play: () => Promise.resolve([]),
  };
}

const [one, two] = [stack('Holdfast, Apollo', true), stack('Holdfast, urql', true)];
const peer = stack('Peer', false);
const [first, second, third] = [scenario('First'), scenario('Second'), scenario('Third')];

function measured(ofTwo: Verdict): Measurement {
  const stacks = [one, two, peer];
  return {
    stacks,
    versions: [{ name: '@apollo/client', version: '4.3.8' }],
    date: '2026-11-22',
    chapters: [
      {
        chapter: { title: 'Tokens', scenarios: [first, second, third], stacks },
        results: [
          { scenario: first, verdicts: new Map([[one, good] as const, [two, ofTwo], [peer, bad]]) },
          {
            scenario: second,
            verdicts: new Map([[one, good] as const, [two, good], [peer, good]]),
          },
          { scenario: third, verdicts: new Map([[one, good] as const, [two, good]]) },
        ],
      },
    ],
  };
}

describe('a table', () => {
  it('has a row for each scenario, and keeps bars out of its cells', () => {
    expect(table(['', 'a'], [['x|y', 'z']])).toBe('| | a |\n| - | - |\n| x\\|y | z |');
  });

  it.each([
    [good, '✓ 1 token call'],
    [bad, '✗ 2 token calls'],
    [{ met: true, seen: '' }, '✓'],
    [undefined, '–'],
  ])('has a cell for %o', (verdict, text) => {
    expect(cell(verdict)).toBe(text);
  });
});

describe('the comparison', () => {
  it('says what was seen, in numbers and cell by cell', () => {
    const text = comparison(measured(good));
    expect(text).toContain('The same 3 troubles');
    expect(text).toContain('| First | ✓ 1 token call | ✓ 1 token call | ✗ 2 token calls |');
    expect(text).toContain('| Third | ✓ 1 token call | ✓ 1 token call | – |');
    expect(text).toContain('| all | 3 of 3 | 3 of 3 | 1 of 2 |');
    expect(text).toContain('- **First** (T1). The story of First.');
    expect(text).toContain('@apollo/client 4.3.8');
  });

  it('says where Holdfast is no better, and where it is worse', () => {
    expect(comparison(measured(good))).toContain('no better than anybody in 2: “Second”, “Third”');
    expect(comparison(measured(good))).toContain('There is no scenario in which Holdfast misses');
    const worse = measured(good);
    const [chapter] = worse.chapters;
    const verdicts = new Map([[one, bad] as const, [two, good], [peer, good]]);
    const results = [{ scenario: first, verdicts }];
    const text = comparison({ ...worse, chapters: [{ chapter: chapter!.chapter, results }] });
    expect(text).toContain('Holdfast misses what another stack meets in 1: “First”');
  });

  it('names what Holdfast missed, and nothing that a peer missed', () => {
    expect(unmet(measured(good).chapters)).toEqual([]);
    expect(unmet(measured(bad).chapters)).toEqual(['First, Holdfast, urql: 2 token calls']);
  });

  it('is Markdown that prettier leaves as it is', async () => {
    const options = { ...(await resolveConfig('docs/comparison.md')), parser: 'markdown' };
    const text = await format(comparison(measured(good)), options);
    expect(await check(text, options)).toBe(true);
  });
});

describe('the summary for the README', () => {
  it('has the scores of those that read answers', () => {
    const text = summary(measured(bad));
    expect(text).toContain('| all | 3 of 3 | 2 of 3 | 1 of 2 |');
    expect(text).toContain('How many of 3 troubles');
    expect(text).not.toContain('First');
  });
});
