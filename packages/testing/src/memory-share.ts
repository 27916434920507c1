import type {
  Clock,
  ClosedReason,
  Share,
  ShareChange,
  SharedTokens,
  Unsubscribe,
} from '@holdfast/core';
import { requireOptions } from './options.ts';

/** What {@link createMemoryStore} takes. Times in milliseconds. */
export interface MemoryStoreOptions {
  /** Default: the system's. */
  readonly clock?: Clock | undefined;
  /**
   * How long a request, an answer or a change is under way: asked for each of them. What gets `Infinity` is
   * lost on its way. Default: 0 for all.
   */
  readonly latency?: (() => number) | undefined;
  /** Whoever asks gives up after so long without an answer. Default 250. */
  readonly timeout?: number | undefined;
  /** The lease of a holder that is cut off ends after so long. Default 5,000. */
  readonly lease?: number | undefined;
}

/** A share on a {@link MemoryStore}. */
export interface MemoryShare extends Required<Share> {
  read(): Promise<SharedTokens | undefined>;
  replace(expected: number, next: SharedTokens | undefined): Promise<boolean>;
  /** From now on nothing reaches the store and nothing comes back, until `connect`. */
  cut(): void;
  connect(): void;
}

/** A store in memory, on which shares are opened. */
export interface MemoryStore {
  /** What is stored. A test may put anything there. */
  stored: SharedTokens | undefined;
  /** A share as another process would have it. */
  open(): MemoryShare;
}

/**
 * A store in memory, for instances of one process: tests of an application, and simulations. With a test clock,
 * a `latency` and `cut` it is a network that is slow, loses messages and breaks.
 *
 * @example
 * const store = createMemoryStore();
 * const one = createResilience({ auth: { refresh }, share: store.open() });
 * const other = createResilience({ auth: { refresh }, share: store.open() });
 */
export function createMemoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  requireOptions(options, {
    clock: 'object',
    latency: 'function',
    timeout: 'number',
    lease: 'number',
  });
  return new Store(options);
}

const SYSTEM: Clock = {
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

class Store implements MemoryStore {
  stored: SharedTokens | undefined;
  readonly clock: Clock;
  readonly latency: () => number;
  readonly timeout: number;
  readonly lease: number;
  readonly closed: Map<string, { readonly until: number; readonly reason: ClosedReason }> =
    new Map();
  /** Those that hear of changes. */
  readonly hearers: Set<Opened> = new Set();
  /** Who has the lease, and behind it those who wait. */
  readonly #line: (() => void)[] = [];

  constructor({
    clock = SYSTEM,
    latency = () => 0,
    timeout = 250,
    lease = 5_000,
  }: MemoryStoreOptions) {
    this.clock = clock;
    this.latency = latency;
    this.timeout = timeout;
    this.lease = lease;
  }

  open(): MemoryShare {
    return new Opened(this);
  }

  replace(expected: number, next: SharedTokens | undefined, by: Opened): boolean {
    if ((this.stored?.generation ?? 0) !== expected) return false;
    // Signed out, and not empty: an empty store would let in whoever comes late.
    this.stored = next ?? { generation: expected + 1 };
    this.#tell({ type: 'tokens', value: this.stored }, by);
    return true;
  }

  close(scope: string, until: number, reason: ClosedReason, by: Opened): void {
    if ((this.closed.get(scope)?.until ?? 0) >= until) return;
    this.closed.set(scope, { until, reason });
    this.#tell({ type: 'closed', scope, until, reason }, by);
  }

  /** Calls `begin` once nobody else holds the lease; answers what leaves the line, or lets go. */
  queue(begin: () => void): Unsubscribe {
    this.#line.push(begin);
    if (this.#line.length === 1) begin();
    return () => {
      const place = this.#line.indexOf(begin);
      if (place < 0) return;
      this.#line.splice(place, 1);
      if (place === 0) this.#line[0]?.();
    };
  }

  #tell(change: ShareChange, by: Opened): void {
    for (const one of this.hearers) if (one !== by) one.hear(change);
  }
}

class Opened implements MemoryShare {
  readonly #store: Store;
  readonly #listeners = new Set<(change: ShareChange) => void>();
  /** What lets go of the leases that are held here. */
  readonly #held = new Set<Unsubscribe>();
  #isCut = false;

  constructor(store: Store) {
    this.#store = store;
  }

  read(): Promise<SharedTokens | undefined> {
    return this.#ask(() => structuredClone(this.#store.stored));
  }

  replace(expected: number, next: SharedTokens | undefined): Promise<boolean> {
    const value = structuredClone(next);
    return this.#ask(() => this.#store.replace(expected, value, this));
  }

  async lease<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const leave = await this.#turn(signal);
    try {
      return await work();
    } finally {
      leave();
    }
  }

  closeUntil(scope: string, instant: number, reason: ClosedReason): Promise<void> {
    return this.#ask(() => this.#store.close(scope, instant, reason, this));
  }

  subscribe(listener: (change: ShareChange) => void): Unsubscribe {
    const own = (change: ShareChange): void => listener(change);
    this.#listeners.add(own);
    this.#store.hearers.add(this);
    this.#catchUp();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.#store.hearers.delete(this);
    };
  }

  hear(change: ShareChange): void {
    const told = structuredClone(change);
    this.#carry(() => {
      for (const listener of this.#listeners) listener(told);
    });
  }

  cut(): void {
    this.#isCut = true;
    // Nobody hears this holder any more: what it holds ends by itself.
    for (const leave of this.#held) this.#store.clock.after(this.#store.lease, leave);
  }

  connect(): void {
    this.#isCut = false;
    this.#catchUp();
  }

  /** What was told before anybody here listened, or while the line was cut. */
  #catchUp(): void {
    this.#carry(() => {
      const { stored, closed } = this.#store;
      if (stored !== undefined) this.hear({ type: 'tokens', value: stored });
      for (const [scope, { until, reason }] of closed) {
        if (until > this.#store.clock.wall()) this.hear({ type: 'closed', scope, until, reason });
      }
    });
  }

  /** Waits for the lease; answers what lets it go. */
  #turn(signal: AbortSignal | undefined): Promise<Unsubscribe> {
    const { clock, lease } = this.#store;
    return new Promise((resolve, reject) => {
      let leave: Unsubscribe = () => {};
      const end = (): void => {
        leave();
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', end, { once: true });
      const letGo = (): void => {
        this.#held.delete(leave);
        if (!this.#carry(leave)) clock.after(lease, leave);
      };
      const begin = (): void => {
        signal?.removeEventListener('abort', end);
        this.#held.add(leave);
        // Whoever does not hear that it has the lease does nothing with it.
        if (!this.#carry(() => resolve(letGo))) clock.after(lease, leave);
      };
      const ask = (): void => {
        if (signal?.aborted === true) return;
        leave = this.#store.queue(() => queueMicrotask(begin));
      };
      // A request that was lost is sent again, as any client does that waits for something.
      const send = (): void => {
        if (signal?.aborted !== true && !this.#carry(ask)) clock.after(this.#store.timeout, send);
      };
      send();
    });
  }

  /** A question to the store; fails where the answer does not come in time. */
  #ask<T>(question: () => T): Promise<T> {
    const { clock, timeout } = this.#store;
    return new Promise((resolve, reject) => {
      const late = clock.after(timeout, () => {
        reject(new Error(`The store did not answer within ${timeout} ms.`));
      });
      this.#carry(() => {
        const answer = question();
        this.#carry(() => {
          late();
          resolve(answer);
        });
      });
    });
  }

  /** Something on its way; answers whether it will arrive. */
  #carry(arrive: () => void): boolean {
    const latency = this.#isCut ? Infinity : this.#store.latency();
    if (latency === Infinity) return false;
    if (latency <= 0) queueMicrotask(arrive);
    else this.#store.clock.after(latency, arrive);
    return true;
  }
}
