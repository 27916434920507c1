import { Capacity } from './capacity.ts';
import type { Pace } from './capacity.ts';
import { inForce, revokedBefore } from './trouble.ts';
import type { Trouble } from './trouble.ts';
import type { Chance } from './chance.ts';

/** How a request was answered: an HTTP status, or 0 where there was no connection. */
export interface Answer {
  readonly status: number;
  /** Retry-After, seconds. */
  readonly retryAfter?: number;
}

export interface ServerOptions {
  /** Requests that are done in a second. */
  readonly rate: number;
  /** How many seconds of work may wait; what comes then gets a 503 at once. */
  readonly queue: number;
  /** Milliseconds after which the gateway answers 504, although the server will do the work. */
  readonly patience: number;
  readonly troubles: readonly Trouble[];
  readonly chance: Chance;
}

/** One way and back, without the work. Milliseconds. */
const ROUND_TRIP = { least: 30, spread: 40 };

const GOOD: Answer = { status: 200 };
const UNAVAILABLE: Answer = { status: 503 };
const GATEWAY_TIMEOUT: Answer = { status: 504 };
const REFUSED: Answer = { status: 0 };
const REJECTED: Answer = { status: 401 };

/**
 * An API behind a gateway: a queue, done in order at a steady pace. It goes on working for clients that
 * have given up, which is what keeps real servers down after the cause has gone.
 */
export class Server {
  readonly #options: ServerOptions;
  readonly #capacity: Capacity;
  /** How much may wait. */
  readonly #room: number;
  /** When everything that waits now will be done. */
  #busyUntil = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#capacity = new Capacity(pacesOf(options));
    this.#room = options.rate * options.queue;
  }

  /** How many requests wait, or are being done. */
  waiting(now: number): number {
    return this.#busyUntil > now ? this.#capacity.work(now, this.#busyUntil) : 0;
  }

  /**
   * Takes a request.
   *
   * @param issued when its token was issued; `undefined` for one without.
   * @returns what is answered, and when it arrives.
   */
  receive(
    now: number,
    issued: number | undefined,
  ): { readonly answer: Answer; readonly at: number } {
    const { troubles, chance, patience } = this.#options;
    const back = now + ROUND_TRIP.least + ROUND_TRIP.spread * chance();
    const outage = inForce(troubles, 'outage', now);
    if (outage?.says === 'nothing') return { answer: GATEWAY_TIMEOUT, at: back + patience };
    if (outage !== undefined) {
      return { answer: outage.says === 'refused' ? REFUSED : UNAVAILABLE, at: back };
    }
    const limit = inForce(troubles, 'limit', now);
    if (limit !== undefined) {
      const retryAfter = Math.ceil((limit.to - now) / 1_000);
      return { answer: { status: 429, retryAfter }, at: back };
    }
    const failing = inForce(troubles, 'failing', now);
    if (failing !== undefined && chance() < failing.share) return { answer: UNAVAILABLE, at: back };
    if (issued !== undefined && issued <= revokedBefore(troubles, now)) {
      return { answer: REJECTED, at: back };
    }
    return this.#queue(now, back);
  }

  #queue(now: number, back: number): { readonly answer: Answer; readonly at: number } {
    if (this.waiting(now) + 1 > this.#room) return { answer: UNAVAILABLE, at: back };
    this.#busyUntil = this.#capacity.finish(Math.max(now, this.#busyUntil), 1);
    const wait = this.#busyUntil - now;
    const { patience } = this.#options;
    return wait > patience
      ? { answer: GATEWAY_TIMEOUT, at: back + patience }
      : { answer: GOOD, at: back + wait };
  }
}

function pacesOf({ rate, troubles }: ServerOptions): Pace[] {
  const slow = troubles.filter((trouble) => trouble.type === 'slow');
  return [
    { from: 0, rate },
    ...slow.flatMap(({ from, to, share }) => [
      { from, rate: rate * share },
      { from: to, rate },
    ]),
  ];
}
