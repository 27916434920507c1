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
