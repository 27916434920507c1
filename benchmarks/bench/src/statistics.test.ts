import { describe, expect, it } from 'vitest';
import { addedRatios, median, quantile, spread } from './statistics.ts';

describe('quantile', () => {
  it('is the middle of an odd number of values, in whatever order they stand', () => {
    expect(median([9, 1, 5])).toBe(5);
  });

  it('lies between the two in the middle of an even number', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('lies between neighbours in proportion', () => {
    expect(quantile([10, 20, 30, 40, 50], 0.25)).toBe(20);
    expect(quantile([0, 100], 0.25)).toBe(25);
  });

  it('leaves its values as they are', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).toEqual([3, 1, 2]);
  });

  it('may be infinite, and is never NaN', () => {
    expect(median([1, Infinity, Infinity])).toBe(Infinity);
    expect(median([1, 3, Infinity])).toBe(3);
    expect(() => median([1, Number.NaN])).toThrow('NaN');
    expect(() => median([])).toThrow('no numbers');
  });
});

describe('spread', () => {
  it('is not moved by one value that is far off', () => {
    expect(spread([1, 2, 3, 4, 1_000_000])).toEqual({ median: 3, lower: 2, upper: 4, count: 5 });
  });
});

describe('addedRatios', () => {
  it('compares what was added, not what it was added to', () => {
    expect(addedRatios([{ bare: 100, ours: 110, peer: 140 }])).toEqual([0.25]);
  });

  it('compares within a round: a slow moment of the machine concerns all three', () => {
    const rounds = [
      { bare: 1, ours: 2, peer: 5 },
      { bare: 10, ours: 20, peer: 50 },
    ];
    expect(addedRatios(rounds)).toEqual([0.25, 0.25]);
  });

  it('counts a round in which the peer cost nothing against us', () => {
    expect(addedRatios([{ bare: 5, ours: 4, peer: 5 }])).toEqual([Infinity]);
  });

  it('is negative where ours was faster than the bare client', () => {
    expect(addedRatios([{ bare: 10, ours: 9, peer: 14 }])).toEqual([-0.25]);
  });
});
