import { describe, expect, it } from 'vitest';
import {
  countdown,
  duration,
  failureWords,
  laneLabel,
  outcomeWords,
  relative,
  shortened,
  summary,
} from './words.ts';

describe('words', () => {
  it.each([
    [0, '0 ms'],
    [120, '120 ms'],
    [994, '994 ms'],
    [999, '1.0 s'],
    [1_234, '1.2 s'],
    [59_960, '1 min'],
    [61_000, '1 min 1 s'],
    [3_600_000, '1 h 0 min'],
  ])('a duration of %s', (ms, words) => expect(duration(ms)).toBe(words));

  it.each([
    [-5, 'now'],
    [1, 'in 1 s'],
    [9_001, 'in 10 s'],
    [90_000, 'in 1 min 30 s'],
  ])('a countdown of %s', (ms, words) => expect(countdown(ms)).toBe(words));

  it.each([
    [0, '-0.0 s'],
    [12_340, '-12.3 s'],
  ])('%s ago', (ms, words) => expect(relative(ms)).toBe(words));

  it.each([
    [{ kind: 'rate_limited', status: 429 }, 'rate limited (429)'],
    [{ kind: 'network', code: 'ECONNREFUSED' }, 'network (ECONNREFUSED)'],
    [{ kind: 'server_error', status: 500, code: 'BROKEN' }, 'server error (500, BROKEN)'],
    [{ kind: 'timeout' }, 'timeout'],
    [{ kind: 'forbidden', partial: true }, 'forbidden beside data'],
    [{ kind: 'unknown', code: 'STOCK', partial: true }, 'unknown (STOCK) beside data'],
  ] as const)('a failure %j', (failure, words) => expect(failureWords(failure)).toBe(words));

  it.each([
    [{ kind: 'query', name: 'Me' }, 'Me'],
    [{ kind: 'mutation', name: 'Add' }, 'Add (mutation)'],
    [{ kind: 'query' }, 'unnamed query'],
    [{ kind: 'subscription', name: '' }, 'unnamed subscription'],
  ] as const)('an operation %j', (lane, words) => expect(laneLabel(lane)).toBe(words));

  it.each([
    [{}, 'under way'],
    [{ to: 1 }, 'over'],
    [{ to: 1, outcome: 'success' }, 'succeeded'],
    [{ to: 1, outcome: 'failure', failure: { kind: 'locked' } }, 'failed: locked'],
    [
      { to: 1, outcome: 'failure', failure: { kind: 'forbidden', partial: true } },
      'partly failed: forbidden beside data',
    ],
    [{ to: 1, outcome: 'cancelled' }, 'cancelled'],
  ] as const)('an outcome %j', (span, words) => expect(outcomeWords(span)).toBe(words));

  it('what is too long loses its middle, by whole characters', () => {
    expect(shortened('Orders', 6)).toBe('Orders');
    expect(shortened('OrdersOfTenant', 9)).toBe('Orde…nant');
    expect(shortened('😀😀😀😀😀😀', 5)).toBe('😀😀…😀😀');
  });

  it('a summary counts one as one', () => {
    const none = { repeats: 0, limits: 0, outages: 0, failures: 0 };
    expect(summary({ ...none, operations: 1, requests: 1, refreshes: 1 }, 30_000)).toBe(
      'In the last 30 s: 1 operation, 1 request, 1 token refresh, 0 given up.',
    );
    const many = { operations: 1200, requests: 1300, repeats: 2, refreshes: 0 };
    expect(summary({ ...many, limits: 1, outages: 2, failures: 3 }, 60_000)).toBe(
      'In the last 1 min: 1,200 operations, 1,300 requests (2 repeats), 0 token refreshes, 1 rate limit, 2 outages, 3 given up.',
    );
  });
});
