import type { Unsubscribe } from '../model/clock.ts';
import type { Readable } from '../model/readable.ts';
import { Listeners } from './listeners.ts';

interface Extras<T> {
  /** Whether a kept value is still true; one that is not is made anew. */
  readonly holds?: (value: T) => boolean;
  /** Called when the first listener comes. */
  readonly watched?: () => void;
}

/** A `Readable` whose value is made when asked for, and kept until it is said to have changed. */
export class Board<T> implements Readable<T> {
  readonly #make: () => T;
  readonly #listeners: Listeners<[]>;
  readonly #extras: Extras<T>;
  #value: T | undefined;
  #fresh = false;

  constructor(make: () => T, report: (error: unknown) => void, extras: Extras<T> = {}) {
    this.#make = make;
    this.#listeners = new Listeners(report);
    this.#extras = extras;
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  readonly get = (): T => {
    const { holds } = this.#extras;
    if (!this.#fresh || holds?.(this.#value as T) === false) {
      this.#value = this.#make();
      this.#fresh = true;
    }
    return this.#value as T;
  };

  readonly subscribe = (listener: () => void): Unsubscribe => {
    const unsubscribe = this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#extras.watched?.();
    return unsubscribe;
  };

  changed(): void {
    this.#fresh = false;
    this.#listeners.tell();
  }

  clear(): void {
    this.#listeners.clear();
  }
}
