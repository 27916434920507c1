import * as properties from 'fast-check';

/**
 * fast-check, for the tests of this repository: in `npm test` a property is tried with the same cases every
 * time, so that what was green stays green until something is changed. `npm run explore` tries new ones, and
 * many more of them; what it finds is written into the test as an example.
 */
export * from 'fast-check';

/** How many times as many cases as a test asks for; set by `npm run explore`. */
const more = Number(process.env['HOLDFAST_EXPLORE'] ?? 0);

/** What a property is tried with where `npm test` tries it. */
const SEED = 20_261_130;

type Options<Ts> = properties.Parameters<Ts>;

/** As fast-check's, but for the cases: a test's own `seed` and `numRuns` are those of `npm test`. */
export function assert<Ts>(property: properties.IProperty<Ts>, options?: Options<Ts>): void;
export function assert<Ts>(
  property: properties.IAsyncProperty<Ts>,
  options?: Options<Ts>,
): Promise<void>;
export function assert<Ts>(
  property: properties.IRawProperty<Ts>,
  options: Options<Ts> = {},
): Promise<void> | void {
  if (!(more > 0)) return properties.assert(property, { seed: SEED, ...options });
  const { numRuns = 100 } = options;
  return properties.assert(property, { ...options, seed: Date.now(), numRuns: numRuns * more });
}
