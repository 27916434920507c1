import fc from 'fast-check';

/** One thing that happens. Indices choose among what there is at that moment. */
export type Happening =
  | { readonly type: 'run'; readonly kind: 'query' | 'mutation'; readonly auth: boolean }
  | { readonly type: 'answer'; readonly index: number; readonly how: Answer }
  | { readonly type: 'cancel' | 'abort'; readonly index: number }
  | { readonly type: 'refreshed'; readonly how: 'tokens' | 'nothing' | 'transient' | 'final' }
  | { readonly type: 'advance'; readonly ms: number }
  | { readonly type: 'jobs'; readonly count: number }
  | { readonly type: 'revoke' | 'expire' | 'sign in' | 'sign out' | 'ask' | 'dispose' };
export type Answer = 'by token' | 'partial' | 'unavailable' | 'lost' | 'never sent';

const ANSWERS: Answer[] = ['by token', 'by token', 'partial', 'unavailable', 'lost', 'never sent'];
const index = fc.nat({ max: 20 });
const just = <T>(value: T): fc.Arbitrary<T> => fc.constant(value);

export const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      type: just('run' as const),
      kind: fc.constantFrom('query' as const, 'query' as const, 'mutation' as const),
      auth: fc.oneof({ weight: 5, arbitrary: just(true) }, { weight: 1, arbitrary: just(false) }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      type: just('answer' as const),
      index,
      how: fc.constantFrom(...ANSWERS),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constantFrom('cancel', 'abort'), index }) },
  {
    weight: 5,
    arbitrary: fc.record({
      type: just('refreshed' as const),
      how: fc.constantFrom('tokens', 'tokens', 'tokens', 'nothing', 'transient', 'final'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: just('advance' as const),
      ms: fc.constantFrom(0, 1, 50, 200, 1_000, 5_000, 10_000, 12_000, 31_000),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ type: just('jobs' as const), count: fc.integer({ min: 1, max: 8 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constantFrom('revoke', 'revoke', 'expire', 'sign in', 'sign in', 'sign out', 'ask'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: just('dispose' as const) }) },
) as fc.Arbitrary<Happening>;
