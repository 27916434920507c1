import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flooredJitter, fullJitter, grown, hintSpread } from './jitter.ts';

const ALMOST_ONE = 1 - Number.EPSILON;
const growth = { base: 100, factor: 2, cap: 20_000 };
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('growth', () => {
  it('R1 doubles, and stops at the cap', () => {
    const delays = [1, 2, 3, 4, 8, 9, 10, 50].map((retry) => grown(growth, retry));
    expect(delays).toEqual([100, 200, 400, 800, 12_800, 20_000, 20_000, 20_000]);
  });

  it('R8 W5 a base of 0 stays 0, however often', () => {
    for (const retry of [1, 2, 1_024, 1_025, 1e6]) {
      expect(grown({ base: 0, factor: 2, cap: 20_000 }, retry)).toBe(0);
    }
  });

  it('R8 a cap of 0 is a cap', () => {
    expect(grown({ base: 100, factor: 2, cap: 0 }, 1)).toBe(0);
  });
});

describe('jitter', () => {
  it('R1 full jitter reaches from 1 ms to just below the delay', () => {
    expect(fullJitter(growth, 1, 0)).toBe(1);
    expect(fullJitter(growth, 1, 0.001)).toBe(1);
    expect(fullJitter(growth, 1, 0.5)).toBe(50);
    expect(fullJitter(growth, 1, ALMOST_ONE)).toBeCloseTo(100, 6);
    expect(fullJitter(growth, 1, ALMOST_ONE)).toBeLessThanOrEqual(100);
  });

  it('R1 the cap comes before jitter', () => {
    expect(fullJitter(growth, 20, 0.25)).toBe(5_000);
    expect(flooredJitter({ ...growth, base: 1_000 }, 20, 0.5)).toBe(25_000);
  });

  it('R1 after a limit: never below the delay, up to half of it more', () => {
    const slow = { ...growth, base: 1_000 };
    expect(flooredJitter(slow, 1, 0)).toBe(1_000);
    expect(flooredJitter(slow, 2, 0.5)).toBe(2_500);
    expect(flooredJitter(slow, 1, ALMOST_ONE)).toBeLessThanOrEqual(1_500);
  });

  it('W3 a hint of h is spread by at most clamp(h/2, 1 s, 10 s)', () => {
    const widest = [0, 1_000, 2_000, 5_000, 20_000, 60_000].map((hint) => hintSpread(hint, 0.5));
    expect(widest).toEqual([500, 500, 500, 1_250, 5_000, 5_000]);
    expect(hintSpread(60_000, 0)).toBe(0);
  });

  it('R1 W5 every delay is a number from 1 ms to one and a half caps', () => {
    const numbers = fc.double({ min: 0, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(
        numbers,
        fc.double({ min: 1, max: 1e3, noNaN: true }),
        numbers,
        fc.integer({ min: 1, max: 1e6 }),
        chances,
        (base, factor, cap, retry, chance) => {
          for (const jitter of [fullJitter, flooredJitter]) {
            const delay = jitter({ base, factor, cap }, retry, chance);
            expect(delay).toBeGreaterThanOrEqual(1);
            expect(delay).toBeLessThanOrEqual(Math.max(1, cap * 1.5));
          }
        },
      ),
    );
  });

  it('W3 the spread never makes a wait shorter', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 8.64e15, noNaN: true }), chances, (hint, chance) => {
        const spread = hintSpread(hint, chance);
        expect(spread).toBeGreaterThanOrEqual(0);
        expect(spread).toBeLessThanOrEqual(10_000);
      }),
    );
  });
});
