import type { Unsubscribe } from '../model/clock.ts';
import type { Readable } from '../model/readable.ts';
import { Listeners } from './listeners.ts';

interface Extras<T> {
  /** Whether a kept value is still true; one that is not is made anew. */
  readonly holds?: () => boolean;
  /** Whether two values show the same: the older one is kept then, since nothing has changed (W10). */
  readonly same?: (one: T, other: T) => boolean;
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
    const { holds, same } = this.#extras;
    if (this.#fresh && holds?.() !== false) return this.#value as T;
    const made = this.#make();
    this.#fresh = true;
    if (this.#value === undefined || same?.(this.#value, made) !== true) this.#value = made;
    return this.#value;
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

  /** Tells of a last change: what is shown afterwards is what there is once everything has ended (E3). */
  end(): void {
    this.changed();
    this.#listeners.clear();
  }
}
