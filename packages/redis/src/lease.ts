import type { Store } from './store.ts';

/** The lease of a holder that has died is free after so many milliseconds. */
const LASTS = 5_000;
/**
 * The same where the token serves once. A holder that is silent may live and have the next one in its hands: whoever
 * asks with this one then ends the session (T15). Longer would be worse: those who wait go on without the lease after
 * 12 s (T14), all at once, and a holder that has died must have let go by then, however long its call has taken.
 */
const LASTS_ONCE = 8_000;
/** How often it is renewed. */
const RENEWED = 1_500;
/** Whoever waits asks again after so long, and sooner where it is told that the lease is free. */
const ASKED = 400;
/** One process keeps it for this long, one piece of work after another; then it is another's turn. */
const KEPT = 10_000;
/**
 * A token that serves once is not used without the store before this time has passed: two processes that both do
 * lose the session (T15). Below the 12 s after which the core goes on without a lease (T14).
 */
const ALONE = 10_000;
/**
 * How long a server that has just come up is left to those who know more than it does. Their clients try to connect
 * as seldom as every 5.2 s (ioredis 6).
 */
const GRACE = 6_000;
/** Between two tries to reach a server that cannot be asked. */
const RETRIED = 150;
/** Whoever waits no longer after so long has given up (T14), and is not merely needed no more. */
const GIVEN_UP = 11_000;
/** The lease is kept so long for what one brings who had given up: nothing tells when that has ended. */
const KEPT_LATE = 5_000;

/** What the lease needs of its share. */
export interface LeaseCore {
  readonly store: Store;
  /** The tokens serve once: using them twice ends the session. */
  servesOnce(): boolean;
  /** Why the server cannot be asked at present; `undefined` where it can. */
  trouble(): Error | undefined;
  /** A question has failed. */
  failed(fault: Error): void;
  /** What was brought under the lease is not stored yet; resolves once it is, or will not be. */
  saved(): Promise<void> | undefined;
  /** Resolves once something newer is known than now, or after so many milliseconds. */
  news(milliseconds: number): Promise<void>;
}

/** What comes of asking for the lease: its value, or why the work is done without it. */
interface Had {
  readonly held?: Held;
  readonly fault?: Error;
}

interface Held {
  readonly value: string;
  /** Milliseconds after which it is free again, unless it is renewed. */
  readonly lasts: number;
}

/** A piece of work that waits for its turn; it tells of a fault once it is done. */
type Turn = (fault: Error | undefined) => Promise<void>;

/** The place in line that one has kept who has given up. */
interface Place {
  readonly turn: Turn;
  /** Resolves when it is its turn. */
  readonly comes: Promise<void>;
}

/**
 * The lease: one piece of work at a time in this process, and in all of them while the server can be asked. It
 * makes sharing cheap; what makes it right is compare-and-set, so that a lease that is lost does no harm.
 */
export class Lease {
  readonly #core: LeaseCore;
  readonly #queue: Turn[] = [];
  /** Of those who have given up in this moment. */
  readonly #places: Place[] = [];
  #isRunning = false;
  /** Ends a wait before its time. */
  #wake: () => void = () => {};

  constructor(core: LeaseCore) {
    this.#core = core;
  }

  run<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const begun = performance.now();
      const leave = (): void => {
        const place = this.#queue.indexOf(turn);
        if (place < 0) return;
        if (performance.now() - begun < GIVEN_UP) this.#queue.splice(place, 1);
        else this.#queue[place] = this.#keepPlace();
        this.#wake();
        reject(signal?.reason as Error);
      };
      const turn: Turn = async (fault) => {
        signal?.removeEventListener('abort', leave);
        try {
          const value = await work();
          if (fault === undefined) resolve(value);
          else reject(fault);
        } catch (error) {
          reject(error as Error);
        }
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#queue.push(turn);
      if (!this.#isRunning) void this.#serve();
    });
  }

  /**
   * Whoever has given up reads once more, and then uses the token without the lease (T14). Behind a holder that has
   * died and one whose call takes long, all of them give up in the same moment, and would all use it at once (T15):
   * so that read is answered once it is their turn after all, or there is something new, or the time is over.
   */
  async late(milliseconds: number): Promise<void> {
    const place = this.#places.shift();
    if (place === undefined) return;
    await Promise.race([place.comes, this.#core.news(milliseconds)]);
    this.#drop(place);
  }

  /** Another process has let go, or the server is there again. */
  wake(): void {
    this.#wake();
  }

  /** The place of one who gives up is that of whoever reads within this moment. */
  #keepPlace(): Turn {
    let come = (): void => {};
    const comes = new Promise<void>((resolve) => (come = resolve));
    const turn: Turn = async () => {
      if (this.#places.includes(place)) return;
      come();
      await this.#core.news(KEPT_LATE);
    };
    const place: Place = { turn, comes };
    this.#places.push(place);
    setTimeout(() => {
      const unread = this.#places.indexOf(place);
      if (unread < 0) return;
      this.#places.splice(unread, 1);
      this.#drop(place);
    }, 0);
    return turn;
  }

  #drop({ turn }: Place): void {
    const place = this.#queue.indexOf(turn);
    if (place < 0) return;
    this.#queue.splice(place, 1);
    this.#wake();
  }

  /** Never rejects: what fails here is told, and the work is done all the same. */
  async #serve(): Promise<void> {
    this.#isRunning = true;
    while (this.#queue.length > 0) {
      const { held, fault } = await this.#take();
      const begun = performance.now();
      const renewing = held === undefined ? undefined : this.#renewing(held);
      do {
        // Whoever has left meanwhile has been answered.
        await this.#queue.shift()?.(fault);
      } while (this.#queue.length > 0 && performance.now() - begun < KEPT);
      if (held !== undefined) void this.#letGo(held, renewing);
    }
    this.#isRunning = false;
  }

  /** Waits for the lease, as long as somebody here waits for it. */
  async #take(): Promise<Had> {
    const { store, servesOnce, trouble, failed } = this.#core;
    const begun = performance.now();
    while (this.#queue.length > 0) {
      const isCareful = servesOnce();
      let fault = trouble();
      if (fault === undefined) {
        try {
          const lasts = isCareful ? LASTS_ONCE : LASTS;
          const taken = await store.take(lasts, isCareful ? GRACE : undefined);
          if ('value' in taken) return { held: { value: taken.value, lasts } };
          // Not all at once: each of them asks.
          await this.#wait(Math.min(taken.after, ASKED) * (0.5 + Math.random() / 2));
          continue;
        } catch (error) {
          fault = error as Error;
          failed(fault);
        }
      }
      if (!isCareful || performance.now() - begun > ALONE) return { fault };
      await this.#wait(RETRIED * (0.5 + Math.random()));
    }
    return {};
  }

  #renewing({ value, lasts }: Held): ReturnType<typeof setInterval> {
    const renew = (): void => {
      this.#core.store.renew(value, lasts).then(
        (isHeld) => {
          if (!isHeld) clearInterval(timer);
        },
        // The next try may do better; if none does, another takes it, and compare-and-set keeps that right.
        () => undefined,
      );
    };
    const timer = setInterval(renew, RENEWED);
    unref(timer);
    return timer;
  }

  async #letGo(
    { value }: Held,
    renewing: ReturnType<typeof setInterval> | undefined,
  ): Promise<void> {
    // What was brought is not there yet: another that took the lease would use the token before it once more (T15).
    await this.#core.saved();
    clearInterval(renewing);
    // One that cannot be let go ends by itself.
    await this.#core.store.release(value).catch(() => undefined);
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#wake = (): void => {};
        resolve();
      };
      const timer = setTimeout(end, milliseconds);
      this.#wake = end;
    });
  }
}

/** Nobody's process waits for it (E3); where timers are numbers there is none that could. */
export function unref(timer: unknown): void {
  (timer as { unref?: () => void }).unref?.();
}
