import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, waitFor } from './decision.ts';
import type { Situation } from './decision.ts';
import { failures, policy, situation, situations } from './decision.fixture.ts';

const stopped = (reason: string): object => ({ type: 'deliver', stopped: reason });
const unauthenticated = { kind: 'unauthenticated', freshToken: true } as const;

describe('what next: a table', () => {
  const table: readonly [string, Parameters<typeof situation>[0], object][] = [
    ['R1 a transient failure is tried again', {}, { type: 'retry', wait: 50, cost: 'transient' }],
    [
      'R1 R4 a limit costs less and waits longer',
      { failure: { kind: 'rate_limited' } },
      { type: 'retry', wait: 1_250, cost: 'throttled' },
    ],
    [
      'R1 R4 so does a lock',
      { failure: { kind: 'locked' } },
      { type: 'retry', wait: 312.5, cost: 'throttled' },
    ],
    ['R1 the last attempt is the last', { attempts: 3 }, stopped('attempts')],
    ['R3 what cannot succeed is not', { failure: { retryable: false } }, stopped('not_retryable')],
    ['R3 unless `when` wants it', { failure: { retryable: false }, wanted: true }, {}],
    ['R3 nor what `when` does not want', { wanted: false }, stopped('declined')],
    ['R2 nor past the deadline', { remaining: 50 }, stopped('deadline')],
    ['R2 just within it', { remaining: 50.1 }, { type: 'retry' }],
    ['R4b with retry: false nothing is', { policy: { enabled: false } }, stopped('declined')],
    ['R4b an operation may say so itself', { options: { retry: false } }, stopped('declined')],
    [
      'R4b or ask for it',
      { policy: { enabled: false }, options: { retry: true } },
      { type: 'retry' },
    ],
    [
      'R6 never sent: retried, at the cost of any other',
      { failure: { kind: 'network', executed: false }, kind: 'mutation' },
      { type: 'retry', cost: 'transient' },
    ],
    [
      'R6 and counted as any other',
      { failure: { kind: 'network', executed: false }, attempts: 3 },
      stopped('attempts'),
    ],
    ['W3 a hint and its spread', { hint: 4_000 }, { type: 'retry', wait: 5_000 }],
    ['R8 W3 a hint of 0', { hint: 0, chance: 0 }, { type: 'retry', wait: 0 }],
    ['W4 a hint beyond maxWait', { hint: 30_001 }, stopped('wait_too_long')],
    ['W4 at maxWait', { hint: 30_000 }, { type: 'retry', wait: 35_000 }],
    ['W4 a hint beyond the deadline', { hint: 9, remaining: 9 }, stopped('wait_too_long')],
    ['F8 an abort', { failure: { kind: 'aborted' }, wanted: true }, stopped('aborted')],
    ['S1 once data has been delivered', { delivered: true }, stopped('delivered_data')],
    ['S2 but for subscriptions', { delivered: true, kind: 'subscription' }, { type: 'retry' }],
    ['F6 data beside it', { failure: { partial: true } }, stopped('delivered_data')],
    [
      'M2 data beside it on a mutation',
      { failure: { partial: true, executed: false }, kind: 'mutation' },
      stopped('unsafe_mutation'),
    ],
    ['M1 a mutation that may have run', { kind: 'mutation' }, stopped('unsafe_mutation')],
    [
      'M1 F9 one that has not',
      { kind: 'mutation', failure: { executed: false } },
      { type: 'retry' },
    ],
    ['M1 one that may run twice', { kind: 'mutation', options: { idempotent: true } }, {}],
    ['M1 one with a key', { kind: 'mutation', policy: { keyed: true } }, { type: 'retry' }],
    ['T1 T4 a fresh token', { failure: unauthenticated, token: 'renewable' }, { refresh: true }],
    ['T2 a newer token', { failure: unauthenticated, token: 'replaced' }, { refresh: false }],
    [
      'T4 rejected after a refresh',
      { failure: unauthenticated, token: 'spent' },
      stopped('not_retryable'),
    ],
    [
      'T8 no refresh to be had',
      { failure: unauthenticated, token: 'failed' },
      stopped('session_failed'),
    ],
    [
      'R4b R5 the replay needs neither retry nor attempts',
      {
        failure: unauthenticated,
        token: 'renewable',
        attempts: 9,
        policy: { enabled: false },
        remaining: 0.1,
      },
      { type: 'replay' },
    ],
    [
      'F6 an unauthenticated query with data is replayed',
      { failure: { ...unauthenticated, partial: true }, token: 'renewable' },
      { type: 'replay' },
    ],
    [
      'M2 such a mutation is not',
      { failure: { ...unauthenticated, partial: true }, token: 'renewable', kind: 'mutation' },
      stopped('unsafe_mutation'),
    ],
  ];

  it.each(table)('%s', (_, given, expected) => {
    expect(decide(situation(given))).toMatchObject(expected);
  });
});

describe('what next: for every situation', () => {
  const always = (check: (given: Situation) => void): void =>
    fc.assert(fc.property(situations, check), { numRuns: 2_000 });

  it('M1 M2 a mutation that may have run is never repeated under `safe`', () => {
    always((given) => {
      const { options, failure, policy: own } = given;
      const harmless = options?.idempotent === true || own.keyed || failure.executed === false;
      if (given.kind !== 'mutation' || own.mutations !== 'safe') return;
      if (harmless && !failure.partial) return;
      expect(decide(given).type).toBe('deliver');
    });
  });

  it('M1 `never` repeats a mutation for nothing but a token', () => {
    always((given) => {
      if (given.kind !== 'mutation' || given.policy.mutations !== 'never') return;
      if (given.options?.idempotent === true) return;
      expect(decide(given).type).not.toBe('retry');
    });
  });

  it('M2 S1 F6 what came with data is never tried again, and never under a mutation', () => {
    always((given) => {
      const { kind, delivered, failure } = given;
      const final =
        (failure.partial && kind === 'mutation') || (delivered && kind !== 'subscription');
      const allowed = final ? ['deliver'] : ['deliver', 'replay'];
      if (!final && !failure.partial) return;
      expect(allowed).toContain(decide(given).type);
    });
  });

  it('W3 W4 no wait is shorter than its hint, and no hint beyond maxWait is slept', () => {
    always((given) => {
      const decision = decide(given);
      if (decision.type !== 'retry' || given.hint === undefined) return;
      expect(decision.wait).toBeGreaterThanOrEqual(given.hint);
      expect(decision.wait).toBeLessThanOrEqual(given.hint + 10_000);
      expect(given.hint).toBeLessThanOrEqual(given.policy.maxWait);
    });
  });

  it('R2 W5 no wait passes the deadline, and each is a number that is not negative', () => {
    always((given) => {
      const decision = decide(given);
      if (decision.type !== 'retry') return;
      expect(decision.wait).toBeLessThan(given.remaining);
      expect(decision.wait).toBeGreaterThanOrEqual(0);
    });
  });

  it('R1 without a hint at least 1 ms, and after a limit never below the base', () => {
    always((given) => {
      if (given.hint !== undefined) return;
      const wait = waitFor(given);
      expect(wait).toBeGreaterThanOrEqual(1);
      const { backoff } = given.policy;
      if (given.failure.kind === 'rate_limited') {
        expect(wait).toBeGreaterThanOrEqual(Math.min(backoff.throttled, backoff.cap));
      }
    });
  });

  it('R1 R6 attempts end, those that were never sent among them', () => {
    always((given) => {
      if (decide(given).type === 'retry') {
        expect(given.attempts).toBeLessThan(given.policy.attempts);
      }
    });
  });

  it('R4b with retry: false nothing but a replay', () => {
    always((given) => {
      if ((given.options?.retry ?? given.policy.enabled) || given.kind === undefined) return;
      expect(decide(given).type).not.toBe('retry');
    });
  });

  it('F8 an abort is final', () => {
    fc.assert(
      fc.property(situations, failures, (given, failure) => {
        const decision = decide({ ...given, failure: { ...failure, kind: 'aborted' } });
        expect(decision).toEqual(stopped('aborted'));
      }),
    );
  });

  it('R9 is a function of values: asked twice it answers the same, and changes nothing', () => {
    always((given) => {
      const frozen = Object.freeze({ ...given, policy: Object.freeze({ ...given.policy }) });
      expect(decide(frozen)).toEqual(decide(frozen));
    });
    expect(policy.attempts).toBe(3);
  });
});
