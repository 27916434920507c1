/** Ends what it was returned for. Calling it again, or too late, does nothing. */
export type Cancel = () => void;

/** Ends a subscription. */
export type Unsubscribe = () => void;

/** A value now, or later. */
export type Awaitable<T> = T | Promise<T>;

/**
 * The only source of time. Every wait, expiry and deadline of an instance goes through it, so a test
 * that hands in a clock of its own needs no sleeping.
 */
export interface Clock {
  /** Milliseconds that never go back and do not follow the wall clock. Its zero is arbitrary. */
  monotonic(): number;
  /** Epoch milliseconds. */
  wall(): number;
  /**
   * Runs `run` once, `ms` milliseconds from now, unless cancelled.
   *
   * @param idle `true` for a timer that must not keep a Node process alive.
   */
  after(ms: number, run: () => void, idle?: boolean): Cancel;
}
