import type { Clock, Unsubscribe } from '../model/clock.ts';
import type { Share, ShareChange, SharedTokens } from '../model/tokens.ts';
import type { Note } from '../observe/notes.ts';
import { isPromiseLike } from '../time/promise-like.ts';
import { within } from '../time/within.ts';
import { sharedChange, sharedValue } from './shared-value.ts';
import { copied, FIRST_SIGN_IN } from './token.ts';

/** The lease is held for this long at most, and waited for so much longer that a holder can end (T14). */
const LEASE_HELD = 10_000;
const LEASE_AWAITED = 12_000;
/** A store that does not answer within this many milliseconds counts as broken. */
const STORE_PATIENCE = 5_000;
/** A store that refuses so often in a row is not one that siblings are writing to. */
const REPLACE_TRIES = 10;
const EMPTY: SharedTokens = { generation: 0 };

/** How a share is told of a sign-in. */
export function named(signedIn: string): Pick<SharedTokens, 'signedIn'> {
  return signedIn === FIRST_SIGN_IN ? {} : { signedIn };
}

/**
 * A share that cannot harm the session: each call is bounded in time, and what it throws is reported and
 * counts as "nobody else is there".
 */
export class Sharing {
  readonly #share: Share;
  readonly #clock: Clock;
  readonly #report: (method: string, error: unknown) => void;
  readonly #heard: (change: ShareChange) => void;
  readonly #note: Note;
  #leave: Unsubscribe | undefined;
  #left = false;

  /** @param heard what siblings did, from `join` to `leave`. */
  constructor(
    share: Share,
    clock: Clock,
    report: (method: string, error: unknown) => void,
    heard: (change: ShareChange) => void,
    note: Note,
  ) {
    this.#share = share;
    this.#clock = clock;
    this.#report = report;
    this.#heard = heard;
    this.#note = note;
  }

  /** What is stored; generation 0 where nothing is, or nobody answers. */
  async read(): Promise<SharedTokens> {
    const stored = await this.#bounded('share.read', () => this.#share.read());
    return sharedValue(stored, this.#note) ?? EMPTY;
  }

  /** What is stored, where it is newer than a generation. */
  async newerThan(generation: number): Promise<SharedTokens | undefined> {
    const stored = await this.read();
    return stored.generation > generation ? stored : undefined;
  }

  /** Stores `next` if `expected` is still stored. A broken store answers `undefined`. */
  replace(expected: number, next: SharedTokens): Promise<boolean | undefined> {
    return this.#bounded('share.replace', () => this.#share.replace(expected, copyOf(next)));
  }

  /**
   * Stores a sign-in or sign-out over whatever is there.
   *
   * @param least the generation is at least this one.
   * @param wanted whether this is still to be stored.
   * @returns the generation that it got, if it was stored.
   */
  async publish(
    next: Omit<SharedTokens, 'generation'>,
    least: number,
    wanted: () => boolean,
  ): Promise<number | undefined> {
    // A share may stay open for one that stores and never listens: one that has left must not (E3).
    const leave = this.#left ? this.#subscribe(() => {}) : undefined;
    try {
      for (let tried = 0; tried < REPLACE_TRIES && wanted(); tried++) {
        const stored = await this.read();
        if (!wanted()) return undefined;
        // What an application starts with is generation 1: a decision is always above that.
        const generation = Math.max(stored.generation + 1, least, 2);
        const won = await this.replace(stored.generation, { ...next, generation });
        if (won !== false) return generation;
      }
      return undefined;
    } finally {
      leave?.();
    }
  }

  /**
   * Runs `work` under the lease if it can be had in time, else without: compare-and-set keeps it right.
   *
   * @param signal ends the wait for it; the promise then rejects.
   */
  leased<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const share = this.#share;
    if (share.lease === undefined) return work();
    return new Promise((resolve, reject) => {
      const waiting = new AbortController();
      let begun = false;
      const moved = (): void => {
        end();
        reject(signal.reason);
      };
      /** Nobody waits any more: what the lease still brings is not wanted. */
      const end = (): void => {
        begun = true;
        cancel();
        signal.removeEventListener('abort', moved);
        waiting.abort();
      };
      const begin = (): Promise<void> => {
        if (begun) return Promise.resolve();
        end();
        const done = work().then(resolve, reject);
        return within(this.#clock, LEASE_HELD, undefined, () => done).then(() => {});
      };
      const cancel = this.#clock.after(LEASE_AWAITED, () => void begin());
      const withoutLease = (error: unknown): void => {
        // What ends because the wait for it was ended from here is no failure.
        if (!begun || !isAbort(error)) this.#report('share.lease', error);
        void begin();
      };
      signal.addEventListener('abort', moved);
      if (signal.aborted) return moved();
      try {
        share.lease?.(begin, waiting.signal).then(() => {}, withoutLease);
      } catch (error) {
        withoutLease(error);
      }
    });
  }

  /** Tells the siblings that a scope is closed until an instant, epoch milliseconds (W9). */
  tellClosed(scope: string, instant: number): void {
    if (this.#share.closeUntil === undefined) return;
    void this.#bounded('share.closeUntil', () => this.#share.closeUntil?.(scope, instant));
  }

  /** Hears what siblings do, from the first call on until `leave`. */
  join(): void {
    if (this.#leave !== undefined) return;
    this.#leave = (): void => {};
    this.#leave = this.#subscribe(this.#heard);
  }

  leave(): void {
    this.#left = true;
    this.#leave?.();
    this.#leave = (): void => {};
  }

  /** What ends it never throws: a share that fails there must not keep the instance from ending (E3). */
  #subscribe(heard: (change: ShareChange) => void): Unsubscribe {
    const told = (given: unknown): void => {
      const change = sharedChange(given, this.#note);
      if (change !== undefined) heard(change);
    };
    const stop = this.#subscription(() => this.#share.subscribe?.(told));
    return () => this.#subscription(() => stop?.());
  }

  #subscription<T>(call: () => T): T | undefined {
    const failed = (error: unknown): void => this.#report('share.subscribe', error);
    try {
      const answer = call();
      if (isPromiseLike<unknown>(answer)) answer.then(undefined, failed);
      return answer;
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  async #bounded<T>(method: string, call: () => T | PromiseLike<T>): Promise<T | undefined> {
    const settled = await within(this.#clock, STORE_PATIENCE, undefined, call);
    if (settled.type === 'value') return settled.value;
    this.#report(
      method,
      settled.type === 'error' ? settled.error : new Error(`${method} did not answer`),
    );
    return undefined;
  }
}

/** What a share is given is its own: whatever it does to it, the session's tokens stay what they are (T18). */
function copyOf(value: SharedTokens): SharedTokens {
  return value.tokens === undefined ? { ...value } : { ...value, tokens: copied(value.tokens) };
}

function isAbort(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'name' in error && error.name === 'AbortError'
  );
}
