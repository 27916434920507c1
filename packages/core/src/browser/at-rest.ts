import { stampedOf } from './message.ts';
import type { Stamped } from './message.ts';

/** What is used of a storage: any `Storage` fits, such as `localStorage`. */
export interface TokenStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * The tokens in the application's storage. One that throws or holds something else costs what outlives
 * the tabs, and no operation; the fault is kept until somebody can tell of it.
 */
export class AtRest {
  /** Each tab has its own: it may have missed what the others decided, and must be told. */
  readonly ofOneTab: boolean;
  readonly #storage: TokenStorage;
  readonly #key: string;
  #fault: Error | undefined;

  constructor(storage: TokenStorage, key: string) {
    this.ofOneTab = isSessionStorage(storage);
    this.#storage = storage;
    this.#key = key;
  }

  read(): Stamped | undefined {
    try {
      const text = this.#storage.getItem(this.#key);
      return text === null ? undefined : this.#parse(text);
    } catch (error) {
      this.#fault = faulty('could not be read', error);
      return undefined;
    }
  }

  write(value: Stamped): void {
    try {
      this.#storage.setItem(this.#key, JSON.stringify(value));
    } catch (error) {
      this.#fault = faulty('could not be written', error);
      this.#forget();
    }
  }

  /** What this storage's event in another tab tells of; `undefined` where that is nothing of ours. */
  heard({ key, newValue, storageArea }: StorageEvent): Stamped | undefined {
    const ours = storageArea === this.#storage && key === this.#key && newValue !== null;
    return ours ? this.#parse(newValue) : undefined;
  }

  /** Throws the last fault, once. */
  tell(): void {
    const fault = this.#fault;
    this.#fault = undefined;
    if (fault !== undefined) throw fault;
  }

  #parse(text: string): Stamped | undefined {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      // Not repeated: a parser quotes what it could not read, and that may be part of a token (F11).
    }
    const stamped = stampedOf(value);
    if (stamped === undefined) this.#fault = faulty('holds something else than tokens', undefined);
    return stamped;
  }

  /** What has been replaced must not come back: a server that rotates would take it for stolen (T15). */
  #forget(): void {
    try {
      this.#storage.removeItem(this.#key);
    } catch {
      // A storage that lets nothing be written may let nothing be removed; the fault is known already.
    }
  }
}

function isSessionStorage(storage: TokenStorage): boolean {
  try {
    return storage === globalThis.sessionStorage;
  } catch {
    // A page that may not look at its own session storage was not given it either.
    return false;
  }
}

function faulty(what: string, cause: unknown): Error {
  return new Error(
    `browserShare: the storage ${what}; the tokens are shared in memory, and are gone with the last tab.`,
    { cause },
  );
}
