import fc from 'fast-check';
import type { RetryPolicy, Situation } from './decision.ts';
import { kinds } from './failure/kinds.ts';
import type { Failure } from './model/failure.ts';
import { ownFailure } from './model/own-failure.ts';

/** The defaults of BEHAVIOUR.md. */
export const policy: RetryPolicy = {
  enabled: true,
  attempts: 3,
  backoff: { transient: 100, throttled: 1_000, locked: 250, factor: 2, cap: 20_000 },
  mutations: 'safe',
  keyed: false,
  maxWait: 30_000,
};

const failed: Failure = ownFailure({
  kind: 'server_error',
  source: 'http',
  message: '',
  advice: '',
  retryable: true,
});

type Given = Partial<Omit<Situation, 'policy' | 'failure'>> & {
  readonly policy?: Partial<RetryPolicy>;
  readonly failure?: Partial<Failure>;
};

/** The first failure of a query, in the middle of its chances; and what is different about it. */
export function situation(given: Given): Situation {
  return {
    kind: 'query',
    options: undefined,
    attempts: 1,
    delivered: false,
    token: 'none',
    wanted: undefined,
    hint: undefined,
    remaining: 60_000,
    chance: 0.5,
    ...given,
    policy: { ...policy, ...given.policy },
    failure: { ...failed, ...given.failure },
  };
}

const maybe = fc.constantFrom(undefined, true, false);
const ms = fc.double({ min: 0, max: 1e6, noNaN: true });

/** Any failure, sensible or not. */
export const failures: fc.Arbitrary<Failure> = fc
  .record({
    kind: fc.constantFrom(...kinds),
    partial: fc.boolean(),
    executed: fc.constantFrom(undefined, false as const),
    retryable: fc.boolean(),
    freshToken: fc.boolean(),
  })
  .map((given) => ({ ...failed, ...given }));

/** Any situation, sensible or not. */
export const situations: fc.Arbitrary<Situation> = fc.record({
  kind: fc.constantFrom('query', 'mutation', 'subscription'),
  options: fc.option(
    fc.record(
      { retry: fc.boolean(), idempotent: fc.boolean(), auth: fc.boolean() },
      { requiredKeys: [] },
    ),
    { nil: undefined },
  ),
  policy: fc.record({
    enabled: fc.boolean(),
    attempts: fc.integer({ min: 1, max: 5 }),
    backoff: fc.record({
      transient: ms,
      throttled: ms,
      locked: ms,
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      cap: ms,
    }),
    mutations: fc.constantFrom('safe', 'never', 'always'),
    keyed: fc.boolean(),
    maxWait: fc.oneof(ms, fc.constant(Infinity)),
  }),
  failure: failures,
  attempts: fc.integer({ min: 0, max: 6 }),
  delivered: fc.boolean(),
  token: fc.constantFrom('none', 'replaced', 'renewable', 'spent', 'refused', 'failed'),
  wanted: maybe,
  hint: fc.option(fc.double({ min: 0, max: 8.64e15, noNaN: true }), { nil: undefined }),
  remaining: fc.oneof(fc.double({ min: -1e3, max: 1e6, noNaN: true }), fc.constant(Infinity)),
  chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});
