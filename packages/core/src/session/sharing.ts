import { abortReason } from '../platform.ts';
import { isPromiseLike, property } from '../base/property.ts';
import { checkedShared } from '../base/tokens.ts';
import type { ClosedReason, Share, ShareChange, SharedTokens } from '../base/tokens.ts';
import type { Alarms, Unsubscribe } from '../base/time.ts';

/** The lease is held for this long at most, and waited for so much longer that a holder can end (T14). */
const LEASE_HELD = 10_000;
const LEASE_AWAITED = 12_000;
/** What waits for a refresh goes on when the lease has been let go, or after so long where that takes its time. */
const LEASE_LEFT = 1_000;
/** A store that does not answer within this many milliseconds counts as broken. */
const STORE_PATIENCE = 5_000;
/** A store that refuses so often in a row is not one that siblings are writing to. */
const REPLACE_TRIES = 10;
/** A store that refuses new tokens and shows nothing newer is tried again this often in all. */
const STORE_TRIES = 3;
const EMPTY: SharedTokens = { generation: 0 };

/** What became of something that had only so long. */
export type Settled<T> =
  | { readonly type: 'value'; readonly value: T }
  | { readonly type: 'error'; readonly error: unknown }
  | { readonly type: 'late' }
  | { readonly type: 'aborted' };

/**
 * Waits for `work` for `ms` milliseconds at most, and no longer than `signal` allows. Never rejects; what
 * `work` does after its time is nobody's concern, and raises no unhandled rejection.
 */
export function within<T>(
  alarms: Alarms,
  ms: number,
  signal: AbortSignal | undefined,
  work: () => T | PromiseLike<T>,
): Promise<Settled<T>> {
  return new Promise((resolve) => {
    const settle = (outcome: Settled<T>): void => {
      cancel();
      signal?.removeEventListener('abort', aborted);
      resolve(outcome);
    };
    const aborted = (): void => settle({ type: 'aborted' });
    const cancel = alarms.after(ms, () => settle({ type: 'late' }));
    signal?.addEventListener('abort', aborted);
    if (signal?.aborted === true) return aborted();
    try {
      Promise.resolve(work()).then(
        (value) => settle({ type: 'value', value }),
        (error: unknown) => settle({ type: 'error', error }),
      );
    } catch (error) {
      settle({ type: 'error', error });
    }
  });
}

/** What one refresh came to among siblings: what was adopted, or what the call itself brought. */
export type Shared<T> =
  | { readonly adopted: SharedTokens }
  | { readonly own: T; readonly generation?: number; readonly stored?: boolean };

/** What sharing needs of its instance. */
export interface SharingCore {
  readonly alarms: Alarms;
  complain(method: string, error: unknown): void;
  /** Siblings did this; from `join` to `leave`. */
  heard(change: ShareChange): void;
}

/**
 * A share that cannot harm the session: each call is bounded in time, what it answers is checked before it is
 * taken (X6), and what it throws is reported and counts as "nobody else is there".
 */
export class Sharing {
  readonly #share: Share;
  readonly #core: SharingCore;
  #leave: Unsubscribe | undefined;
  #left = false;

  constructor(share: Share, core: SharingCore) {
    this.#share = share;
    this.#core = core;
  }

  /** What is stored; generation 0 where nothing is, or nobody answers, or what it answers is nonsense. */
  async read(): Promise<SharedTokens> {
    return checkedShared(await this.#bounded('share.read', () => this.#share.read())) ?? EMPTY;
  }

  /** What is stored, where it is newer than a generation. */
  async newerThan(generation: number): Promise<SharedTokens | undefined> {
    const stored = await this.read();
    return stored.generation > generation ? stored : undefined;
  }

  /** Stores `next` if `expected` is still stored. A broken store answers `undefined`. */
  replace(expected: number, next: SharedTokens): Promise<boolean | undefined> {
    return this.#bounded('share.replace', () => this.#share.replace(expected, next));
  }

  /**
   * Stores a sign-in or sign-out over whatever is there.
   *
   * @param least the generation is at least this one.
   * @param wanted whether this is still to be stored.
   * @returns the generation that it got; `stored` is `false` where the share did not say that it has it.
   */
  async publish(
    next: (stored: SharedTokens) => Omit<SharedTokens, 'generation'>,
    least: number,
    wanted: () => boolean,
  ): Promise<{ readonly generation?: number; readonly stored: boolean }> {
    // A share may stay open for one that stores and never listens: one that has left must not (E3).
    const leave = this.#left ? this.#subscribe(() => {}) : undefined;
    try {
      for (let tried = 0; tried < REPLACE_TRIES && wanted(); tried++) {
        const stored = await this.read();
        if (!wanted()) break;
        // What an application starts with is generation 1: a decision is always above that.
        const generation = Math.max(stored.generation + 1, least, 2);
        const won = await this.replace(stored.generation, { ...next(stored), generation });
        if (won !== false) return { generation, stored: won === true };
      }
      return { stored: false };
    } finally {
      leave?.();
    }
  }

  /**
   * One refresh among siblings (T14). Whoever holds the lease looks first whether a sibling was faster;
   * whoever loses the compare-and-set takes the winner's tokens. A refresh token is never used by two at
   * once while the lease works, and never twice in a row by one (T15).
   *
   * @param generation the newest one known here.
   * @param call the token call; bounded by itself.
   * @param stored what it brought that is to be stored; `undefined`: nothing.
   * @param outdated it was refused for a refresh token that may be used up (T7).
   * @throws where `signal` aborts during the wait for the lease.
   */
  async refresh<T>(
    generation: number,
    signal: AbortSignal,
    call: () => Promise<T>,
    stored: (outcome: T, before: SharedTokens) => Omit<SharedTokens, 'generation'> | undefined,
    outdated: (outcome: T) => boolean,
  ): Promise<Shared<T>> {
    const early = await this.newerThan(generation);
    if (early !== undefined) return { adopted: early };
    return this.#leased(async (): Promise<Shared<T>> => {
      const before = await this.read();
      if (before.generation > generation) return { adopted: before };
      const own = await call();
      const next = stored(own, before);
      if (next !== undefined) return this.#kept(before.generation, generation, next, own);
      // The loser of a race never clears the winner's tokens: it looks for them (T7).
      const winner = outdated(own) ? await this.newerThan(generation) : undefined;
      return winner === undefined ? { own } : { adopted: winner };
    }, signal);
  }

  /** Tells the siblings that a scope is closed until an instant, epoch milliseconds (W9). */
  tellClosed(scope: string, instant: number, reason: ClosedReason): void {
    if (this.#share.closeUntil === undefined) return;
    void this.#bounded('share.closeUntil', () => this.#share.closeUntil?.(scope, instant, reason));
  }

  /** Hears what siblings do, from the first call on until `leave`. */
  join(): void {
    if (this.#leave !== undefined || this.#left) return;
    this.#leave = (): void => {};
    this.#leave = this.#subscribe((change) => {
      const checked = checkedChange(change);
      if (checked !== undefined) this.#core.heard(checked);
    });
  }

  leave(): void {
    this.#left = true;
    this.#leave?.();
    this.#leave = (): void => {};
  }

  /** Stores new tokens, or answers with the winner's. */
  async #kept<T>(
    read: number,
    known: number,
    tokens: Omit<SharedTokens, 'generation'>,
    own: T,
  ): Promise<Shared<T>> {
    const next = { ...tokens, generation: Math.max(read, known) + 1 };
    let expected = read;
    for (let attempt = 1; attempt <= STORE_TRIES; attempt++) {
      const won = await this.replace(expected, next);
      if (won !== false) return { own, generation: next.generation, stored: won === true };
      const current = await this.read();
      if (current.generation > known) return { adopted: current };
      // Nobody was faster: the store did not answer when it was read. What it holds is used up (T15).
      expected = current.generation;
    }
    return { own };
  }

  /** Runs `work` under the lease if it can be had in time, else without: compare-and-set keeps it right. */
  #leased<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const share = this.#share;
    if (share.lease === undefined) return work();
    return new Promise((resolve, reject) => {
      const waiting = new AbortController();
      let begun = false;
      let released: PromiseLike<unknown> = Promise.resolve();
      const afterwards = (go: () => void): void => {
        void within(this.#core.alarms, LEASE_LEFT, undefined, () => released).then(go);
      };
      const moved = (): void => {
        end();
        reject(signal.reason);
      };
      /** Nobody waits any more: what the lease still brings is not wanted. */
      const end = (): void => {
        begun = true;
        cancel();
        signal.removeEventListener('abort', moved);
        waiting.abort(abortReason('AbortError', 'The lease is wanted no more.'));
      };
      const begin = (): Promise<void> => {
        if (begun) return Promise.resolve();
        end();
        const done = work();
        done.then(
          (value) => afterwards(() => resolve(value)),
          (error: unknown) => afterwards(() => reject(error)),
        );
        return within(this.#core.alarms, LEASE_HELD, undefined, () => done).then(() => {});
      };
      const alone = (): void => {
        released = Promise.resolve();
        void begin();
      };
      const cancel = this.#core.alarms.after(LEASE_AWAITED, alone);
      const withoutLease = (error: unknown): void => {
        // A wait that was taken back may say so.
        if (!begun || error !== waiting.signal.reason) this.#core.complain('share.lease', error);
        if (!begun) alone();
      };
      signal.addEventListener('abort', moved);
      if (signal.aborted) return moved();
      try {
        released = share.lease?.(begin, waiting.signal) ?? released;
        released.then(() => {}, withoutLease);
      } catch (error) {
        withoutLease(error);
      }
    });
  }

  /** What ends it never throws: a share that fails there must not keep the instance from ending (E3). */
  #subscribe(heard: (change: ShareChange) => void): Unsubscribe {
    const stop = this.#guarded(() => this.#share.subscribe?.(heard));
    return () => this.#guarded(() => (stop as Unsubscribe | undefined)?.());
  }

  #guarded(call: () => unknown): unknown {
    const failed = (error: unknown): void => this.#core.complain('share.subscribe', error);
    try {
      const answer = call();
      if (isPromiseLike(answer)) answer.then(undefined, failed);
      return answer;
    } catch (error) {
      return failed(error);
    }
  }

  async #bounded<T>(method: string, call: () => T | PromiseLike<T>): Promise<T | undefined> {
    const settled = await within(this.#core.alarms, STORE_PATIENCE, undefined, call);
    if (settled.type === 'value') return settled.value;
    const silent = new Error(`${method} did not answer`);
    this.#core.complain(method, settled.type === 'error' ? settled.error : silent);
    return undefined;
  }
}

/** X6: what a sibling says is checked before it is taken. */
function checkedChange(change: unknown): ShareChange | undefined {
  if (property(change, 'type') === 'tokens') {
    const value = checkedShared(property(change, 'value'));
    return value === undefined ? undefined : { type: 'tokens', value };
  }
  const scope = property(change, 'scope');
  const until = property(change, 'until');
  if (property(change, 'type') !== 'closed' || typeof scope !== 'string') return undefined;
  if (typeof until !== 'number' || !(until <= 8.64e15)) return undefined;
  const reason = property(change, 'reason') === 'outage' ? 'outage' : 'rate_limit';
  return { type: 'closed', scope, until, reason };
}
