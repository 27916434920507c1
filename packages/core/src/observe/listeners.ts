import type { Unsubscribe } from '../model/clock.ts';

/** Listeners that cannot harm each other: one that throws is reported, and the others are still told. */
export class Listeners<A extends readonly unknown[]> {
  readonly #listeners = new Set<(...values: A) => void>();
  readonly #report: (error: unknown) => void;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  get size(): number {
    return this.#listeners.size;
  }

  add(listener: (...values: A) => void): Unsubscribe {
    // A wrapper of its own for each subscription: the same function may subscribe twice.
    const own = (...values: A): void => listener(...values);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  tell(...values: A): void {
    // Those who come meanwhile hear of the next change; those who have left hear of none.
    for (const listener of Array.from(this.#listeners)) {
      if (!this.#listeners.has(listener)) continue;
      try {
        listener(...values);
      } catch (error) {
        this.#report(error);
      }
    }
  }

  clear(): void {
    this.#listeners.clear();
  }
}
