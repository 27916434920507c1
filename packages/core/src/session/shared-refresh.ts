import type { Clock } from '../model/clock.ts';
import { within } from '../time/within.ts';
import { unsettled } from './refresh-call.ts';
import type { Credentials } from './present.ts';
import type { CallOutcome } from './renewal.ts';
import { named } from './sharing.ts';
import type { Sharing } from './sharing.ts';

/** A store that refuses and shows nothing newer is tried again this often in all. */
const STORE_TRIES = 3;

export interface SharedRefresh {
  readonly sharing: Sharing;
  /** The newest generation known here. */
  readonly generation: number;
  /** Names the sign-in that new tokens belong to. */
  readonly signInOf: (credentials: Credentials) => string;
  readonly clock: Clock;
  /** Milliseconds for all of it: store, lease and call (T6). */
  readonly limit: number;
  /** Aborts when the session moves on. */
  readonly signal: AbortSignal;
}

/**
 * One try of a refresh among siblings (T14). Whoever holds the lease looks first whether a sibling was
 * faster; whoever loses the compare-and-set takes the winner's tokens. A refresh token is never used by
 * two at once while the lease works, and never twice in a row by one (T15).
 */
export async function refreshShared(
  parts: SharedRefresh,
  call: () => Promise<CallOutcome>,
): Promise<CallOutcome> {
  const { clock, limit, signal } = parts;
  const settled = await within(clock, limit, signal, () => tried(parts, call));
  if (settled.type === 'error') throw settled.error;
  return settled.type === 'value' ? settled.value : unsettled(settled.type === 'late', limit);
}

async function tried(parts: SharedRefresh, call: () => Promise<CallOutcome>): Promise<CallOutcome> {
  const { sharing, generation, signal } = parts;
  const early = await sharing.newerThan(generation);
  if (early !== undefined) return { type: 'adopted', adopted: early };
  return sharing.leased(async (): Promise<CallOutcome> => {
    const stored = await sharing.read();
    if (stored.generation > generation) return { type: 'adopted', adopted: stored };
    const outcome = await call();
    if (outcome.type === 'fresh') return kept(parts, stored.generation, outcome);
    // The loser of a race never clears the winner's tokens: it looks for them (T7).
    if (outcome.type === 'failed' && outcome.final) {
      const winner = await sharing.newerThan(generation);
      if (winner !== undefined) return { type: 'adopted', adopted: winner };
    }
    return outcome;
  }, signal);
}

/** Stores new tokens, or answers with the winner's. */
async function kept(
  { sharing, generation, signInOf }: SharedRefresh,
  read: number,
  outcome: Extract<CallOutcome, { type: 'fresh' }>,
): Promise<CallOutcome> {
  const { credentials } = outcome;
  const signedIn = signInOf(credentials);
  const next = { generation: Math.max(read, generation) + 1, ...credentials, ...named(signedIn) };
  let expected = read;
  for (let attempt = 1; attempt <= STORE_TRIES; attempt++) {
    const won = await sharing.replace(expected, next);
    if (won !== false) return { ...outcome, stored: next };
    const current = await sharing.read();
    if (current.generation > generation) return { type: 'adopted', adopted: current };
    // Nobody was faster: the store did not answer when it was read. What it holds is used up (T15).
    expected = current.generation;
  }
  return outcome;
}
