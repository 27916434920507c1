import { setImmediate } from 'node:timers/promises';
import type { Cancel, Clock } from '@holdfast/core';

interface Entry {
  /** Virtual milliseconds. */
  readonly at: number;
  /** Entries of one instant run in the order in which they were made. */
  readonly order: number;
  run: (() => void) | undefined;
}

/** What the wall clock shows at instant 0. */
const EPOCH = Date.UTC(2026, 0, 1);
/** Cancelled entries stay in the heap until they are this many, and most of it. */
const SWEEP = 4_096;

/**
 * Virtual time for everybody in a storm: a binary heap of what is to happen, and the `Clock` that
 * instances of the core are given. It stands still while something happens.
 */
export class Timeline implements Clock {
  #now = 0;
  #made = 0;
  #cancelled = 0;
  #promised = false;
  #heap: Entry[] = [];

  monotonic(): number {
    return this.#now;
  }

  /** Whole milliseconds, as every platform's wall clock shows. */
  wall(): number {
    return EPOCH + Math.floor(this.#now);
  }

  after(ms: number, run: () => void): Cancel {
    const entry: Entry = { at: this.#now + ms, order: this.#made++, run };
    this.#push(entry);
    return () => {
      if (entry.run === undefined) return;
      entry.run = undefined;
      this.#cancelled++;
      if (this.#cancelled > SWEEP && this.#cancelled * 2 > this.#heap.length) this.#sweep();
    };
  }

  /**
   * Says that something of now goes on in promises: they are let finish before time moves. It costs a
   * turn of the event loop, and so it is not done at every instant.
   */
  promised(): void {
    this.#promised = true;
  }

  /** Lets happen what is due until `end`, or everything there is. */
  async run(end: number = Infinity): Promise<void> {
    for (;;) {
      const next = this.#heap[0];
      const idle = next === undefined || next.at > this.#now;
      if (this.#promised && idle) {
        this.#promised = false;
        await setImmediate();
      } else if (next === undefined || next.at > end) {
        break;
      } else {
        this.#pop();
        this.#happen(next);
      }
    }
    if (end !== Infinity) this.#now = Math.max(this.#now, end);
  }

  #happen(entry: Entry): void {
    const { run } = entry;
    if (run === undefined) {
      this.#cancelled--;
      return;
    }
    entry.run = undefined;
    this.#now = entry.at;
    run();
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || before(parent, entry)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last !== undefined && heap.length > 0) this.#sink(last, 0);
  }

  /** Puts an entry where it belongs, from a place downwards. */
  #sink(entry: Entry, place: number): void {
    const heap = this.#heap;
    let index = place;
    for (;;) {
      const left = heap[index * 2 + 1];
      const right = heap[index * 2 + 2];
      if (left === undefined) break;
      const further = right !== undefined && before(right, left);
      const child = further ? right : left;
      if (before(entry, child)) break;
      heap[index] = child;
      index = index * 2 + (further ? 2 : 1);
    }
    heap[index] = entry;
  }

  #sweep(): void {
    this.#heap = this.#heap.filter((entry) => entry.run !== undefined);
    this.#cancelled = 0;
    for (let index = (this.#heap.length >> 1) - 1; index >= 0; index--) {
      const entry = this.#heap[index];
      if (entry !== undefined) this.#sink(entry, index);
    }
  }
}

function before(one: Entry, other: Entry): boolean {
  return one.at === other.at ? one.order < other.order : one.at < other.at;
}
