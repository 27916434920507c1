import type { Cancel, Clock, Unsubscribe } from '@holdfast/core';

/** One for each clock: all countdowns of a page share one timer. */
const tickers = new WeakMap<Clock, Ticker>();

export function tickerOf(clock: Clock): Ticker {
  const known = tickers.get(clock);
  if (known !== undefined) return known;
  const made = new Ticker(clock);
  tickers.set(clock, made);
  return made;
}

interface Watcher {
  readonly until: number;
  readonly tick: () => void;
}

/**
 * Ticks once a second while somebody counts down, at the instants at which the nearest deadline has whole
 * seconds left; there is no timer while nobody does (V1).
 */
export class Ticker {
  readonly #clock: Clock;
  readonly #watchers = new Set<Watcher>();
  #timer: Cancel | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param until epoch milliseconds. */
  watch(until: number, tick: () => void): Unsubscribe {
    const watcher = { until, tick };
    this.#watchers.add(watcher);
    this.#arm();
    return () => {
      this.#watchers.delete(watcher);
      this.#arm();
    };
  }

  /** Whole seconds that are left, counted up; 0 once the deadline has passed. */
  secondsUntil(until: number): number {
    return Math.max(0, Math.ceil((until - this.#clock.wall()) / 1_000));
  }

  #arm(): void {
    this.#timer?.();
    this.#timer = undefined;
    const now = this.#clock.wall();
    let nearest = Infinity;
    for (const { until } of this.#watchers) {
      if (until > now && until < nearest) nearest = until;
    }
    if (nearest === Infinity) return;
    // Idle: a countdown keeps no process alive.
    this.#timer = this.#clock.after((nearest - now) % 1_000 || 1_000, () => this.#tick(), true);
  }

  #tick(): void {
    this.#arm();
    for (const watcher of Array.from(this.#watchers)) {
      if (this.#watchers.has(watcher)) watcher.tick();
    }
  }
}
