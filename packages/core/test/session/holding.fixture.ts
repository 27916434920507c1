import type { AuthOptions, Profile } from '../../src/index.ts';
import { GOOD, Harness, NOW } from '../harness.fixture.ts';

export interface Plan {
  /** Milliseconds from now. */
  readonly expiresIn?: number;
  readonly auth?: Partial<AuthOptions>;
  readonly chance?: number;
  readonly profile?: Profile;
  readonly accessToken?: string;
}

/** An instance that has just been given its tokens: what is measured is measured from now (T10). */
export function holding({
  expiresIn,
  auth,
  chance = 0,
  profile,
  accessToken = 't1',
}: Plan): Harness {
  const expiresAt = expiresIn === undefined ? {} : { expiresAt: NOW + expiresIn };
  const harness = new Harness(
    { ...auth },
    { random: () => chance, ...(profile === undefined ? {} : { profile }) },
  );
  harness.resilience.session.signIn({ accessToken, ...expiresAt });
  harness.serve = (sent) => sent.answer(GOOD);
  return harness;
}

/** What an operation meets at an instant: `serves`, `ahead` (serves, and a refresh runs), `waits`. */
export async function at(ms: number, plan: Plan): Promise<string> {
  const harness = holding(plan);
  await harness.clock.advanceAsync(ms);
  const { settled } = harness.run();
  await harness.settle();
  if (settled === 0) return 'waits';
  return harness.refreshes.length === 1 ? 'ahead' : 'serves';
}

export const MINUTE: number = 60_000;
export const HOUR: number = 60 * MINUTE;
