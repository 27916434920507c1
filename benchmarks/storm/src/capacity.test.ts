import { expect, it } from 'vitest';
import { Capacity } from './capacity.ts';

/** 100 a second, from 1 s to 3 s only 10, from 5 s to 6 s none. */
const capacity = new Capacity([
  { from: 0, rate: 100 },
  { from: 1_000, rate: 10 },
  { from: 3_000, rate: 100 },
  { from: 5_000, rate: 0 },
  { from: 6_000, rate: 100 },
]);

it.each([
  [0, 1, 10],
  [500, 50, 1_000],
  [500, 51, 1_100],
  [900, 30, 3_000],
  [900, 31, 3_010],
  [4_990, 2, 6_010],
  [5_500, 1, 6_010],
])('begun at %i ms, %i requests are done at %i ms', (start, work, end) => {
  expect(capacity.finish(start, work)).toBeCloseTo(end, 6);
  expect(capacity.work(start, end)).toBeCloseTo(work, 6);
});

it('does any amount at once where it is endless', () => {
  const endless = new Capacity([{ from: 0, rate: Infinity }]);
  expect(endless.finish(70, 1_000_000)).toBe(70);
});
