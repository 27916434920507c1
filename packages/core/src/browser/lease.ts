import { underLock } from './lock.ts';

/**
 * A holder of the lease lets go after 10 s. What is left of the 12 s after which a waiter goes on without
 * it (T14) is for the one token call that then serves them all. Milliseconds.
 */
const PATIENCE = 10_100;
/** Nobody waits longer than this for new tokens (T6). Milliseconds. */
const LONGEST = 30_000;

/**
 * Runs `work` under the lease. Behind a frozen holder all give up in the same moment, and would all use the
 * refresh token at once (T15): they line up anew at a reserve.
 */
export async function underLease<T>(
  locks: LockManager,
  name: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const lease = `${name}:lease`;
  const holding = holder(locks, lease);
  const turn = await underLock(locks, lease, { patience: PATIENCE, signal }, work);
  if (turn.had) return turn.result;
  const [first, last] = await Promise.all([holding, holder(locks, lease)]);
  // One holder after another is a slow server's doing: the next turn may be ours.
  const place = first !== undefined && first === last ? `${name}:reserve` : lease;
  const other = await underLock(locks, place, { patience: LONGEST, signal }, work);
  return other.had ? other.result : work();
}

/** The page that holds a lock; `undefined` where none does, or the browser does not say. */
async function holder(locks: LockManager, lock: string): Promise<string | undefined> {
  try {
    const { held = [] } = await locks.query();
    return held.find(({ name }) => name === lock)?.clientId;
  } catch {
    // A page without an origin has no locks: it takes no turns either.
    return undefined;
  }
}
