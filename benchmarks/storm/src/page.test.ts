import { beforeAll, describe, expect, it } from 'vitest';
import { charts } from './charts.ts';
import { goals, surprises } from './goals.ts';
import { page } from './page.ts';
import { draw } from './picture.ts';
import { play } from './results.ts';
import type { Results } from './results.ts';
import { QUICK } from './scenarios.ts';
import { table } from './table.ts';

describe('a quick run', () => {
  let results: Results;

  beforeAll(async () => {
    results = await play(QUICK, 20_260, () => {});
  }, 180_000);

  it('R4 W3 W7 T1 misses no goal but those that are known to be missed', () => {
    expect(surprises(goals(results))).toEqual([]);
  });

  it('has a page that shows every picture and knows every number', () => {
    const text = page(results, goals(results), { seed: 1, version: '1.2.3', date: '2026-01-31' });
    for (const name of Object.keys(charts(results))) expect(text).toContain(`](${name}.svg)`);
    expect(text).not.toMatch(/undefined|NaN|Infinity|\[object/);
    expect(text).toContain('@holdfast/core 1.2.3 and seed 1');
  });

  it('draws pictures with titles, names of axes, a legend, and colours for dark pages', () => {
    for (const chart of Object.values(charts(results))) {
      const svg = draw(chart);
      expect(svg).toContain('prefers-color-scheme:dark');
      for (const text of [chart.title, chart.x.name, chart.y.name, 'Holdfast']) {
        expect(svg).toContain(`>${text}</text>`);
      }
      expect(svg).not.toMatch(/NaN|undefined/);
    }
  });
});

it('lines up the columns of a table', () => {
  expect(table(['a', 'long'], [['longer', 'b']])).toBe(
    '| a      | long |\n| ------ | ---- |\n| longer | b    |',
  );
});
