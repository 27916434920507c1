/** From an instant (virtual milliseconds) on, so many requests are done in a second. */
export interface Pace {
  readonly from: number;
  readonly rate: number;
}

/**
 * How much a server can do, now and later. Since it is known beforehand, the instant at which a queued
 * request will be done is known when it is queued, and a queue needs no events of its own.
 */
export class Capacity {
  readonly #paces: readonly Pace[];

  /** @param paces in order of time; the first begins at 0. */
  constructor(paces: readonly Pace[]) {
    this.#paces = paces;
  }

  /** The instant at which `work` requests are done that are begun at `start`. */
  finish(start: number, work: number): number {
    let left = work;
    for (const { from, to, rate } of this.#from(start)) {
      const done = ((to - from) * rate) / 1_000;
      if (done >= left) return from + (left / rate) * 1_000;
      left -= done;
    }
    return Infinity;
  }

  /** How many requests are done between two instants. */
  work(start: number, end: number): number {
    let work = 0;
    for (const { from, to, rate } of this.#from(start)) {
      if (from >= end) break;
      work += ((Math.min(to, end) - from) * rate) / 1_000;
    }
    return work;
  }

  *#from(start: number): Generator<Pace & { readonly to: number }> {
    for (const [index, { from, rate }] of this.#paces.entries()) {
      const to = this.#paces[index + 1]?.from ?? Infinity;
      if (to > start) yield { from: Math.max(from, start), to, rate };
    }
  }
}
