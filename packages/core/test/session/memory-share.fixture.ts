import type { Awaitable, Share, ShareChange, SharedTokens, Unsubscribe } from '../../src/index.ts';

/** What several instances agree in: compare-and-set in memory, answered a few jobs later, and a lease. */
export class MemoryShare implements Share {
  stored: SharedTokens | undefined;
  reads = 0;
  /** Those who wait for it come one after the other. */
  #lease: Promise<unknown> = Promise.resolve();
  readonly #listeners = new Set<(change: ShareChange) => void>();
  readonly #leases: boolean;

  constructor({ lease = true }: { lease?: boolean } = {}) {
    this.#leases = lease;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  async read(): Promise<SharedTokens | undefined> {
    this.reads++;
    await Promise.resolve();
    return this.stored;
  }

  async replace(expected: number, next: SharedTokens | undefined): Promise<boolean> {
    await Promise.resolve();
    if ((this.stored?.generation ?? 0) !== expected) return false;
    this.stored = next;
    for (const listener of this.#listeners) listener({ type: 'tokens', value: next });
    return true;
  }

  subscribe(listener: (change: ShareChange) => void): Unsubscribe {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  /** A holder that never lets go. */
  hold(): void {
    this.#lease = new Promise(() => {});
  }

  lease<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#leases) return work();
    const turn = this.#lease.then(work);
    this.#lease = turn.catch(() => undefined);
    return turn;
  }
}

/** The same store without one or the other of its methods, or with a method that misbehaves. */
export function shareWith(share: MemoryShare, methods: Partial<Share>): Share {
  return {
    read: (): Awaitable<SharedTokens | undefined> => share.read(),
    replace: (expected, next) => share.replace(expected, next),
    subscribe: (listener) => share.subscribe(listener),
    ...methods,
  };
}
