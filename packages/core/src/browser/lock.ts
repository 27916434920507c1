/** Whether the lock was had; then with what the work came to. */
type Turn<T> = { readonly had: true; readonly result: T } | { readonly had: false };

/**
 * Runs `work` under a Web Lock, if that can be had within `patience` milliseconds; else the request is
 * taken back. A lock is never stolen.
 *
 * @param signal takes the request back, too; the promise then rejects with its reason.
 */
export async function underLock<T>(
  locks: LockManager,
  name: string,
  { patience, signal }: { readonly patience: number; readonly signal?: AbortSignal | undefined },
  work: () => Promise<T>,
): Promise<Turn<T>> {
  signal?.throwIfAborted();
  const request = new AbortController();
  const giveUp = (): void => request.abort();
  const timer = setTimeout(giveUp, patience);
  signal?.addEventListener('abort', giveUp);
  let had = false;
  try {
    const result = await locks.request(name, { signal: request.signal }, () => {
      had = true;
      clearTimeout(timer);
      return work();
    });
    return { had: true, result };
  } catch (error) {
    // A browser that has no locks for this page (an opaque origin) is one without locks.
    const none = error instanceof Error && error.name === 'SecurityError';
    if (had || !(request.signal.aborted || none)) throw error;
    signal?.throwIfAborted();
    return { had: false };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', giveUp);
  }
}

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
  const holding = holders(locks, lease);
  const turn = await underLock(locks, lease, { patience: PATIENCE, signal }, work);
  if (turn.had) return turn.result;
  const [[first], [last]] = await Promise.all([holding, holders(locks, lease)]);
  // One holder after another is a slow server's doing: the next turn may be ours.
  const place = first !== undefined && first === last ? `${name}:reserve` : lease;
  const other = await underLock(locks, place, { patience: LONGEST, signal }, work);
  return other.had ? other.result : work();
}

/** Who holds a lock, by the page's id; nobody where the browser does not say. */
async function holders(locks: LockManager, lock: string): Promise<unknown[]> {
  try {
    const { held = [] } = await locks.query();
    return held.filter(({ name }) => name === lock).map(({ clientId }) => clientId);
  } catch {
    // A page without an origin has no locks: it takes no turns either.
    return [];
  }
}

/** That a page is there, for others to see. */
export interface Presence {
  /** Whether nobody else is; `false` where the browser does not say. */
  readonly alone: Promise<boolean>;
  /** To be called when it goes, or is put away: a page that holds a lock is not kept for "back". */
  readonly leave: () => void;
}

/** Holds a lock that any number of pages hold beside each other: a page that is frozen holds it as well. */
export function presence(locks: LockManager | undefined, name: string): Presence {
  let leave = (): void => {};
  const left = new Promise<void>((resolve) => void (leave = resolve));
  const alone = new Promise<boolean>((resolve) => {
    // Of two that come at once the later one sees both: each looks when it is to be seen itself.
    const here = async (): Promise<void> => {
      resolve((await holders(locks as LockManager, name)).length === 1);
      await left;
    };
    if (locks === undefined) return resolve(false);
    locks.request(name, { mode: 'shared' }, here).catch(() => resolve(false));
  });
  return { alone, leave };
}
