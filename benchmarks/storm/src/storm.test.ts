import { describe, expect, it } from 'vitest';
import { playFleet, TITLE } from './fleet.ts';
import { fleetGoals, goalsOf } from './goals.ts';
import { chapters, page, pictures, scores, table } from './page.ts';
import { holdfast } from './policies/holdfast.ts';
import { exchangeRetry, retryLink, tanStackQuery } from './policies/others.ts';
import { play, policies } from './results.ts';
import { storm } from './storm.ts';
import { stories } from './stories.ts';
import type { Story } from './stories.ts';

/** Chance makes a wave of few clients higher than one of many. */
const FEW = 1.1;

function withFew(story: Story): Story {
  const { peak } = story.goals;
  const goals = peak === undefined ? story.goals : { ...story.goals, peak: peak * FEW };
  return { ...story, goals, clients: Math.ceil(story.clients * 0.15) };
}

describe('with the core and its defaults', () => {
  it.each(stories.map(withFew))('M1 R4 H2 H3 H5 W3 W7 T6 goals are met: $title', async (story) => {
    const own = await storm(story, holdfast, 1);
    const theirs = await storm(story, tanStackQuery, 1);
    const missed = goalsOf(story, own, () => theirs).filter(({ met }) => !met);
    expect(missed).toEqual([]);
  });
});

it('T1 T14 W9 E4 a fleet on one store that loses messages meets its goals, and has the same numbers for the same seed', async () => {
  const measures = await playFleet(300, 1);
  expect(fleetGoals(measures).filter(({ met }) => !met)).toEqual([]);
  expect(await playFleet(300, 1)).toEqual(measures);
});

it('shows what retrying mutations does', async () => {
  const [busy] = stories;
  if (busy === undefined) throw new Error('There are no stories.');
  const few = { ...busy, clients: 20 };
  for (const policy of [retryLink, exchangeRetry]) {
    expect((await storm(few, policy, 1)).twice).toBeGreaterThan(0);
  }
});

it('has the same numbers for the same seed, and others for another', async () => {
  const few = stories.map((story) => ({ ...story, clients: 2 }));
  for (const policy of policies) {
    const played = async (seed: number): Promise<string> => {
      const rows = [];
      for (const story of few) {
        const measures = await storm(story, policy, seed);
        rows.push({ ...measures, median: measures.wait(0.5), second: measures.busiestSecond });
      }
      return JSON.stringify(rows);
    };
    const [one, same, other] = [await played(1), await played(1), await played(2)];
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  }
});

describe('the page', () => {
  it('shows every story, policy and picture, and knows every number', async () => {
    const results = await play(0.004, 1, () => {});
    const text = page(results, { seed: 7, version: '1.2.3', date: '2026-01-31' });
    expect(text).toContain('@holdfast/core 1.2.3 and seed 7');
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
    for (const { title } of stories) expect(text).toContain(`\n## ${title}\n`);
    expect(text).toContain(`\n## ${TITLE}\n`);
    for (const { source } of policies) expect(text).toContain(source);
    const drawn = pictures(results);
    for (const [name, svg] of Object.entries(drawn)) {
      expect(text).toContain(`](${name})`);
      expect(svg).toContain('prefers-color-scheme:dark');
      expect(svg).toContain('>Holdfast</text>');
      expect(svg).not.toMatch(/NaN|undefined/);
    }
    expect(scores(results).length).toBeGreaterThan(stories.length);
  });

  it('has tables of those stories alone that were asked for', async () => {
    const results = await play(0.004, 1, () => {}, ['fleet', 'burst']);
    const text = chapters(results);
    expect(text.match(/^## .*$/gmu)).toHaveLength(2);
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
    expect(new Set(scores(results).map(({ id }) => id))).toEqual(new Set(['burst', 'fleet']));
  });

  it('lines up the columns of a table', () => {
    expect(table(['a', 'long'], [['longer', 'b']])).toBe(
      '| a      | long |\n| ------ | ---- |\n| longer | b    |',
    );
  });
});
