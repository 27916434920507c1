import { createTestClock } from '@holdfast/testing/clock';
import type { TestClock } from '@holdfast/testing/clock';
import type { AuthOptions, Share } from '../../src/index.ts';
import { Harness } from '../harness.fixture.ts';
import type { Tokens } from '../../src/index.ts';

/** Tokens that have expired. */
const EXPIRED: { readonly tokens: Tokens } = {
  tokens: { accessToken: 't1', refreshToken: 'r1', expiresAt: 1 },
};

/** Several instances of one app. */
export function tabs(
  count: number,
  share: Share,
  auth: Partial<AuthOptions> = EXPIRED,
  clock: TestClock = createTestClock(),
): Harness[] {
  return Array.from({ length: count }, () => new Harness(auth, { clock, share }));
}

export function calls(instances: readonly Harness[]): number {
  return instances.reduce((sum, { refreshes }) => sum + refreshes.length, 0);
}

/** Lets all of them settle: they share a clock. */
export async function settle([first]: readonly Harness[]): Promise<void> {
  await first!.settle();
}
