import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../model/failure.ts';
import { backoffDelay, costOf } from './backoff.ts';

const ALMOST_ONE = 1 - Number.EPSILON;
const DEFAULTS = { transient: 100, throttled: 1_000, locked: 250, factor: 2, cap: 20_000 };
const TRANSIENT: readonly FailureKind[] = ['network', 'timeout', 'server_error', 'unavailable'];

describe('own backoff', () => {
  it.each(TRANSIENT)('R1 %s: from 100 ms, full jitter, at least 1 ms', (kind) => {
    const longest = [1, 2, 3].map((retry) => backoffDelay(DEFAULTS, kind, retry, ALMOST_ONE));
    expect(longest.map(Math.round)).toEqual([100, 200, 400]);
    expect([1, 2, 3].map((retry) => backoffDelay(DEFAULTS, kind, retry, 0))).toEqual([1, 1, 1]);
  });

  it.each([
    ['rate_limited', 1_000],
    ['locked', 250],
  ] as const)('R1 %s: never below %i ms, up to half of it more', (kind, base) => {
    const delays = (chance: number): number[] =>
      [1, 2, 3].map((retry) => Math.round(backoffDelay(DEFAULTS, kind, retry, chance)));
    expect(delays(0)).toEqual([base, base * 2, base * 4]);
    expect(delays(ALMOST_ONE)).toEqual([base * 1.5, base * 3, base * 6]);
  });

  it('R1 the factor and the cap hold for each sort', () => {
    const own = { transient: 10, throttled: 30, locked: 20, factor: 3, cap: 100 };
    const delays = (kind: FailureKind): number[] =>
      [1, 2, 3, 4].map((retry) => Math.round(backoffDelay(own, kind, retry, 0)));
    expect(delays('rate_limited')).toEqual([30, 90, 100, 100]);
    expect(delays('locked')).toEqual([20, 60, 100, 100]);
    expect(Math.round(backoffDelay(own, 'network', 4, ALMOST_ONE))).toBe(100);
  });

  it('R8 R1 a base of 0 is no base, and still 1 ms', () => {
    const none = { ...DEFAULTS, transient: 0, throttled: 0, locked: 0 };
    for (const kind of ['network', 'rate_limited', 'locked'] as const) {
      expect(backoffDelay(none, kind, 3, 0.9)).toBe(1);
    }
  });

  it('R4 a limit costs as throttled, everything else as transient', () => {
    const kinds = ['rate_limited', 'locked', 'unknown', ...TRANSIENT] as const;
    expect(kinds.filter((kind) => costOf(kind) === 'throttled')).toEqual([
      'rate_limited',
      'locked',
    ]);
  });
});
