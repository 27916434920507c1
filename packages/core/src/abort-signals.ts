import type { Cancel } from './model/clock.ts';

/** Who hears of each signal's abort: the operations of all instances that share it. */
const hearers = new WeakMap<AbortSignal, Hearers>();

/** One listener on a signal, however many operations wait for it: platforms warn of more than ten (E2b). */
class Hearers {
  readonly #signal: AbortSignal;
  readonly #waiting = new Set<() => void>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener('abort', this.#tell);
  }

  add(aborted: () => void): Cancel {
    this.#waiting.add(aborted);
    return () => {
      if (this.#waiting.delete(aborted) && this.#waiting.size === 0) this.#end();
    };
  }

  readonly #tell = (): void => {
    this.#end();
    const waiting = [...this.#waiting];
    for (const aborted of waiting) if (this.#waiting.delete(aborted)) aborted();
  };

  #end(): void {
    hearers.delete(this.#signal);
    this.#signal.removeEventListener('abort', this.#tell);
  }
}

/**
 * Hears of a signal's abort. `aborted` must not throw: others are told after it.
 *
 * @returns what ends the hearing.
 */
export function onAbort(signal: AbortSignal, aborted: () => void): Cancel {
  let shared = hearers.get(signal);
  if (shared === undefined) {
    shared = new Hearers(signal);
    hearers.set(signal, shared);
  }
  return shared.add(aborted);
}
