import * as fc from '../../../tests/properties.ts';

/** What an operation is. Names are few, so that several operations are the same one (H1). */
export interface Plan {
  readonly kind: 'query' | 'mutation';
  readonly name: 'A' | 'B' | 'C';
  readonly auth: boolean;
  readonly idempotent: boolean;
  readonly retry: boolean | undefined;
  readonly timeout: number | undefined;
  readonly scope: 'one' | 'two';
}

/** How an attempt is answered: as the server's state has it, or in a way of its own. */
export type Answer =
  | 'as it is'
  | 'partial'
  | 'unavailable'
  | 'lost'
  | 'never sent'
  | 'limited'
  | 'limited, without a hint'
  | 'not found'
  | 'forbidden, executed';

/** One thing that happens. Indices choose among what there is at that moment. */
export type Happening =
  | { readonly type: 'run'; readonly plan: Plan }
  | { readonly type: 'answer'; readonly index: number; readonly how: Answer }
  | { readonly type: 'cancel' | 'abort'; readonly index: number }
  | {
      readonly type: 'refreshed';
      readonly how: 'tokens' | 'nothing' | 'transient' | 'limited' | 'odd' | 'final';
    }
  | { readonly type: 'advance'; readonly ms: number }
  | { readonly type: 'jobs'; readonly count: number }
  | {
      readonly type:
        | 'down'
        | 'up'
        | 'revoke'
        | 'expire'
        | 'renew'
        | 'sign out'
        | 'switch user'
        | 'ask'
        | 'offline'
        | 'online'
        | 'dispose';
    };

const index = fc.nat({ max: 20 });
const just = <T>(value: T): fc.Arbitrary<T> => fc.constant(value);
/** Mostly the first. */
const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { weight: 5, arbitrary: just(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...others) },
  );

const plan: fc.Arbitrary<Plan> = fc.record({
  kind: fc.constantFrom('query', 'query', 'mutation'),
  name: fc.constantFrom('A', 'B', 'C'),
  auth: mostly(true, false),
  idempotent: mostly(false, true),
  retry: mostly<boolean | undefined>(undefined, false),
  timeout: mostly<number | undefined>(undefined, 3_000, 20_000),
  scope: mostly<'one' | 'two'>('one', 'two'),
});

export const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ type: just('run' as const), plan }) },
  {
    weight: 10,
    arbitrary: fc.record({
      type: just('answer' as const),
      index,
      how: fc.constantFrom<Answer>(
        'as it is',
        'as it is',
        'as it is',
        'as it is',
        'partial',
        'unavailable',
        'lost',
        'never sent',
        'limited',
        'limited, without a hint',
        'not found',
        'forbidden, executed',
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('cancel', 'abort'), index }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: just('refreshed' as const),
      how: fc.constantFrom(
        'tokens',
        'tokens',
        'tokens',
        'nothing',
        'transient',
        'transient',
        'limited',
        'odd',
        'final',
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      type: just('advance' as const),
      ms: fc.constantFrom(0, 1, 50, 200, 500, 1_000, 2_000, 5_000, 8_000, 12_000, 16_000, 31_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ type: just('jobs' as const), count: fc.integer({ min: 1, max: 8 }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ type: fc.constantFrom('down', 'down', 'up') }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom(
        'revoke',
        'revoke',
        'expire',
        'renew',
        'sign out',
        'switch user',
        'switch user',
        'ask',
      ),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constantFrom('offline', 'online', 'online') }) },
  { weight: 1, arbitrary: fc.record({ type: just('dispose' as const) }) },
) as fc.Arbitrary<Happening>;
