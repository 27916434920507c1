import { property } from '../base/property.ts';
import { guarded } from '../base/readable.ts';
import { LAST_INSTANT, within } from '../base/time.ts';
import type { Alarms, Unsubscribe } from '../base/time.ts';
import { brings, checkedShared } from '../base/tokens.ts';
import type { Brought, ClosedReason, Share, ShareChange, SharedTokens } from '../base/tokens.ts';
import { abortReason } from '../platform.ts';
import type { RefreshOutcome } from './refresh.ts';

/** The lease is held for this long at most, and waited for so much longer that a holder can end (T14). */
const LEASE_HELD = 10_000;
const LEASE_AWAITED = 12_000;
/** What waits for a refresh goes on when the lease has been let go, or after so long where that takes its time. */
const LEASE_LEFT = 1_000;
/** A store that does not answer within this many milliseconds counts as broken. */
const STORE_PATIENCE = 5_000;
/** A store that refuses so often in a row is not one that siblings are writing to. */
const REPLACE_TRIES = 10;
/** The refresh token was used already: a sibling may have been faster (T7). */
const USED_UP =
  /^(?:invalid_grant|refresh_token_(?:not_found|already_used)|invalid_refresh_token)$/i;
/** A store that refuses new tokens and shows nothing newer is tried again this often in all. */
const STORE_TRIES = 3;
const EMPTY: SharedTokens = { generation: 0 };

/** What one refresh came to: what was adopted of a sibling, or what the call itself brought. */
export interface Refreshed extends RefreshOutcome {
  readonly adopted?: SharedTokens;
  /** The number under which the share has it, or may have it. */
  readonly generation?: number;
  /** The share has said that it has it. */
  readonly stored?: boolean;
}

/** What sharing needs of its instance. */
export interface SharingCore {
  readonly alarms: Alarms;
  complain(method: string, error: unknown): void;
  /** Siblings have stored this, or have closed a scope; from `join` to `leave`. */
  heard(value: SharedTokens | undefined): void;
  closedAfar(scope: string, until: number, reason: ClosedReason): void;
}

/**
 * A share that cannot harm the session: each call is bounded in time, what it answers is checked before it is
 * taken (X6), and what it throws is reported and counts as "nobody else is there".
 */
export class Sharing {
  readonly #share: Share;
  readonly #core: SharingCore;
  /** What was decided here last is stored, so that what comes after it follows on it. */
  stored = true;
  /** How many sign-outs were decided here that siblings have still to be told. */
  untold = 0;
  /** Settles when siblings can see what was decided here last. */
  #published: Promise<unknown> | undefined;
  /** How many sign-outs siblings have seen: another number means that one was missed. `undefined`: not known. */
  #signOuts: number | undefined;
  #leave: Unsubscribe | undefined;
  #joined = false;
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

  /**
   * Of several siblings that start at once, one stores its tokens; the others take those. Whatever has been
   * decided here meanwhile follows on them, and is not in them: they count no sign-out (T11b).
   */
  async begin(first: SharedTokens): Promise<SharedTokens> {
    const won = await this.#replace(0, first);
    return (won === false ? await this.newerThan(0) : undefined) ?? first;
  }

  /** Takes note of what siblings have stored; answers whether a sign-out had been missed. */
  follows({ signOuts }: SharedTokens): boolean {
    // A share that does not keep the number tells of none.
    const missed = !this.stored || (signOuts !== undefined && signOuts !== this.#signOuts);
    this.#signOuts = signOuts ?? this.#signOuts ?? 0;
    this.untold = 0;
    this.stored = true;
    return missed;
  }

  /**
   * Stores a sign-in or sign-out over whatever is there.
   *
   * @param least the generation is at least this one.
   * @param wanted whether this is still to be stored.
   * @returns the generation that it got.
   */
  publish(next: Brought, least: number, wanted: () => boolean): Promise<number | undefined> {
    const published = this.#publish(next, least, wanted);
    this.#published = published;
    return published;
  }

  async #publish(next: Brought, least: number, wanted: () => boolean): Promise<number | undefined> {
    this.stored = false;
    // A share may stay open for one that stores and never listens: one that has left must not (E3).
    const leave = this.#left ? this.#subscribe(() => {}) : undefined;
    try {
      for (let tried = 0; tried < REPLACE_TRIES && wanted(); tried++) {
        const before = await this.read();
        if (!wanted()) break;
        // What an application starts with is generation 1: a decision is always above that.
        const generation = Math.max(before.generation + 1, least, 2);
        const won = await this.#store(before, next, generation);
        if (won === false) continue;
        if (wanted()) this.stored = won === true;
        return generation;
      }
    } finally {
      leave?.();
    }
    return undefined;
  }

  /**
   * One refresh among siblings (T14). Whoever holds the lease looks first whether a sibling was faster;
   * whoever loses the compare-and-set takes the winner's tokens. A refresh token is never used by two at
   * once while the lease works, and never twice in a row by one (T15).
   *
   * @param known the newest generation known here.
   * @param call the token call; bounded by itself.
   * @throws where `signal` aborts during the wait for the lease.
   */
  async refresh(
    known: number,
    signal: AbortSignal,
    call: () => Promise<RefreshOutcome>,
  ): Promise<Refreshed> {
    const early = await this.newerThan(known);
    if (early !== undefined) return { adopted: early };
    return this.#leased(async () => {
      let before = await this.read();
      if (before.generation > known) return { adopted: before };
      const outcome = await call();
      // Whoever has the lease next must see what has ended this call, or would use its refresh token again (T15).
      if (signal.aborted) await this.#published;
      const { next, failure } = outcome;
      if (next !== undefined && brings(next)) {
        const generation = known + 1;
        for (let tried = 0; tried < STORE_TRIES; tried++) {
          const won = await this.#store(before, next, generation);
          if (won !== false) return { ...outcome, generation, stored: won === true };
          before = await this.read();
          if (before.generation > known) return { adopted: before };
          // Nobody was faster: the store did not answer when it was read. What it holds is used up (T15).
        }
      }
      // The loser of a race never clears the winner's tokens: it looks for them (T7).
      const winner = USED_UP.test(failure?.code ?? '') ? await this.newerThan(known) : undefined;
      return winner === undefined ? outcome : { adopted: winner };
    }, signal);
  }

  /** Tells the siblings that a scope is closed until an instant, epoch milliseconds (W9). */
  tellClosed(scope: string, instant: number, reason: ClosedReason): void {
    void this.#bounded('share.closeUntil', () => this.#share.closeUntil?.(scope, instant, reason));
  }

  /** Hears what siblings do, from the first call on until `leave`, after which nobody joins any more. */
  join(): void {
    if (this.#joined) return;
    this.#joined = true;
    this.#leave = this.#subscribe((change) => this.#hear(change));
  }

  leave(): void {
    this.#left = true;
    this.#leave?.();
  }

  /**
   * Compare-and-set, with the number of sign-outs that there have been with it. What is stored over a sign-in
   * that was not heard of takes the place of another user's. A broken store answers `undefined`.
   */
  async #store(
    { generation: expected, signOuts: seen = 0 }: SharedTokens,
    next: Brought,
    generation: number,
  ): Promise<boolean | undefined> {
    const { untold } = this;
    const unheard = this.#signOuts !== undefined && this.#signOuts !== seen;
    const signOuts = seen + (untold || Number(unheard));
    const whole = { ...next, generation, ...(signOuts > 0 && { signOuts }) };
    const won = await this.#replace(expected, whole);
    if (won !== true) return won;
    this.untold = Math.max(0, this.untold - untold);
    this.#signOuts = signOuts;
    return true;
  }

  #replace(expected: number, next: SharedTokens): Promise<boolean | undefined> {
    return this.#bounded('share.replace', () => this.#share.replace(expected, next));
  }

  /** Runs `work` under the lease if it can be had in time, else without: compare-and-set keeps it right. */
  async #leased<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const share = this.#share;
    const { alarms } = this.#core;
    if (share.lease === undefined) return work();
    const waiting = new AbortController();
    let released: PromiseLike<unknown> | undefined;
    let done = (): void => {};
    const worked = new Promise<void>((resolve) => (done = resolve));
    const granting = (goOn: () => void): void => {
      const hold = (): Promise<unknown> => {
        goOn();
        return within(alarms, LEASE_HELD, undefined, () => worked);
      };
      const failed = (error: unknown): void => {
        // A wait that was taken back may say so.
        if (error !== waiting.signal.reason) this.#core.complain('share.lease', error);
        goOn();
      };
      released = guarded(() => share.lease?.(hold, waiting.signal), failed);
    };
    // Nobody waits any more: what the lease still brings is not wanted.
    const quit = (): void => waiting.abort(abortReason('AbortError'));
    signal.addEventListener('abort', quit);
    const granted = await within(alarms, LEASE_AWAITED, signal, () => new Promise<void>(granting));
    quit();
    try {
      if (granted.type === 'aborted') throw signal.reason;
      return await work();
    } finally {
      done();
      const held = granted.type === 'value' ? released : undefined;
      await within(alarms, LEASE_LEFT, undefined, () => held);
    }
  }

  /** X6: what a sibling says is checked before it is taken. */
  #hear(change: unknown): void {
    const said = (key: string): unknown => property(change, key);
    const scope = said('scope');
    const until = said('until');
    const reason = said('reason') === 'outage' ? 'outage' : 'rate_limit';
    if (said('type') === 'tokens') this.#core.heard(checkedShared(said('value')));
    else if (typeof scope === 'string' && typeof until === 'number' && until <= LAST_INSTANT) {
      this.#core.closedAfar(scope, until, reason);
    }
  }

  /** What ends it never throws: a share that fails there must not keep the instance from ending (E3). */
  #subscribe(heard: (change: ShareChange) => void): Unsubscribe {
    const failed = (error: unknown): void => this.#core.complain('share.subscribe', error);
    const stop = guarded(() => this.#share.subscribe?.(heard), failed);
    return () => guarded(() => stop?.(), failed);
  }

  async #bounded<T>(method: string, call: () => T | PromiseLike<T>): Promise<T | undefined> {
    const settled = await within(this.#core.alarms, STORE_PATIENCE, undefined, call);
    if (settled.type === 'value') return settled.value;
    const silent = new Error(`${method} did not answer`);
    this.#core.complain(method, settled.type === 'error' ? settled.error : silent);
    return undefined;
  }
}
