import { isPromiseLike } from './property.ts';
import type { Unsubscribe } from './time.ts';

/**
 * A value that changes, in the form that React's `useSyncExternalStore` takes: `get` answers the same
 * object until something changed.
 *
 * @example
 * const stop = resilience.limits.subscribe(() => show(resilience.limits.get()));
 */
export interface Readable<T> {
  get(): T;
  subscribe(listener: () => void): Unsubscribe;
}

/** Calls what others have written: what it throws, or rejects with where it is `async`, harms nobody (E1b, R9). */
export function guarded<T>(call: () => T, failed: (error: unknown) => void): T | undefined {
  try {
    const answer = call();
    if (isPromiseLike(answer)) answer.then(undefined, failed);
    return answer;
  } catch (error) {
    failed(error);
    return undefined;
  }
}

/** Listeners that cannot harm each other: one that throws is reported, and the others are still told (R9). */
export class Listeners<A extends readonly unknown[]> {
  readonly #listeners = new Set<(...values: A) => void>();
  readonly #report: (error: unknown, listener: (...values: A) => void) => void;

  constructor(report: (error: unknown, listener: (...values: A) => void) => void) {
    this.#report = report;
  }

  get size(): number {
    return this.#listeners.size;
  }

  has(listener: (...values: A) => void): boolean {
    return this.#listeners.has(listener);
  }

  add(listener: (...values: A) => void): Unsubscribe {
    // A wrapper of its own for each subscription: the same function may subscribe twice.
    const own = (...values: A): void => listener(...values);
    this.#listeners.add(own);
    return () => {
      this.#listeners.delete(own);
    };
  }

  tell(values: A): void {
    // Those who come meanwhile hear of the next change; those who have left hear of none.
    for (const listener of Array.from(this.#listeners)) {
      if (this.#listeners.has(listener)) this.tellOne(listener, values);
    }
  }

  /** Tells one, which need not be among these. */
  tellOne(listener: (...values: A) => void, values: A): void {
    guarded(
      () => listener(...values),
      (error) => this.#report(error, listener),
    );
  }

  clear(): void {
    this.#listeners.clear();
  }
}

/** Who hears of listeners that throw, and what they listen to. */
type StoreOwner = readonly [{ complain(callback: string, error: unknown): void }, name: string];

/** A `Readable` whose value is made when asked for, and kept until it is said to have changed (W10). */
export class Store<T> implements Readable<T> {
  readonly #make: () => T;
  readonly #same: (one: T, other: T) => boolean;
  readonly #listeners: Listeners<[]>;
  readonly #extra: { readonly watched?: () => void; readonly holds?: () => boolean };
  #value: T | undefined;
  #fresh = false;

  /**
   * @param same whether two values show the same: the older one is kept then, since nothing has changed.
   * @param extra `watched` is called when the first listener comes; `holds` says whether a value that
   *   nobody has changed is still true, as time alone may change what is shown.
   */
  constructor(
    make: () => T,
    same: (one: T, other: T) => boolean,
    [owner, name]: StoreOwner,
    extra: { readonly watched?: () => void; readonly holds?: () => boolean } = {},
  ) {
    this.#make = make;
    this.#same = same;
    this.#listeners = new Listeners((error) => owner.complain(`${name}.subscribe`, error));
    this.#extra = extra;
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  readonly get = (): T => {
    if (this.#fresh && this.#extra.holds?.() !== false) return this.#value as T;
    const made = this.#make();
    this.#fresh = true;
    if (this.#value === undefined || !this.#same(this.#value, made)) this.#value = made;
    return this.#value;
  };

  readonly subscribe = (listener: () => void): Unsubscribe => {
    const unsubscribe = this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#extra.watched?.();
    return unsubscribe;
  };

  changed(): void {
    this.#fresh = false;
    if (this.#listeners.size > 0) this.#listeners.tell([]);
  }

  /** Tells of a last change: what is shown afterwards is what there is once everything has ended (E3). */
  end(): void {
    this.changed();
    this.#listeners.clear();
  }
}

/** Whether two lists of plain records show the same. */
export function sameRecords(one: readonly object[], other: readonly object[]): boolean {
  return one.length === other.length && one.every((record, at) => sameRecord(record, other[at]));
}

export function sameRecord(one: object, other: object | undefined): boolean {
  const twin = other as Readonly<Record<string, unknown>> | undefined;
  return (
    twin !== undefined &&
    Object.keys(one).length === Object.keys(twin).length &&
    Object.entries(one).every(([key, value]) => twin[key] === value)
  );
}

/** The fields of a record that have a value. */
export function withValues<T extends object>(fields: T): WithValues<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as WithValues<T>;
}

type WithValues<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};
