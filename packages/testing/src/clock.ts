import type { Cancel, Clock } from '@holdfast/core';
import { requireOptions } from './options.ts';

/** The longest wait that a real `setTimeout` takes: 2^31-1 ms. Beyond it timers fire at once (W5). */
const LONGEST_DELAY = 2 ** 31 - 1;

/** The present second: tokens and dates that a test makes with `Date.now()` are not far off. */
const presentSecond = (): number => Math.floor(Date.now() / 1_000) * 1_000;

/** Timers that one call runs before it is taken for an endless loop. */
const RUNAWAY = 100_000;

/** What {@link createTestClock} takes. */
export interface TestClockOptions {
  /** Epoch milliseconds that the wall clock starts at. Default: the present, in whole seconds. */
  readonly wall?: number;
  /** Milliseconds that the monotonic clock starts at. Default 0. */
  readonly monotonic?: number;
  /**
   * `false` accepts delays that no correct caller asks for (NaN, negative, Infinity, above 2^31-1) and
   * treats them as `setTimeout` does: due at once. Default `true`: they throw a `RangeError`.
   */
  readonly strict?: boolean;
}

/** A clock that stands still until a test moves it. */
export interface TestClock extends Clock {
  /**
   * Moves time by `ms` milliseconds, synchronously. Each timer that falls due runs at its own instant,
   * in order; timers that they start run too where they are due by then. What a timer throws is thrown
   * here, with time standing at that timer.
   */
  advance(ms: number): void;
  /**
   * As `advance`, and lets promise jobs settle before the first timer, after each timer and at the end,
   * so that `await`s between two timers need no care. Does not wait for the network.
   */
  advanceAsync(ms: number): Promise<void>;
  /** Moves time to the next timer and runs it; answers whether there was one. */
  runNext(): boolean;
  /** The wall clock jumps to an instant (epoch ms) and goes on from there; the monotonic one does not notice. */
  setWall(epochMs: number): void;
  /** How many timers wait, idle ones included. */
  readonly pending: number;
  /** The instants on the monotonic clock at which timers are due, earliest first. */
  readonly timers: readonly number[];
  /** Milliseconds until the next timer; `undefined` where none waits. */
  readonly nextDelay: number | undefined;
}

interface Timer {
  readonly due: number;
  readonly run: () => void;
}

function requireDelay(ms: number, what: string): void {
  if (ms >= 0 && ms <= LONGEST_DELAY) return;
  throw new RangeError(
    `${what} was given ${String(ms)} ms; a number from 0 to 2147483647 is allowed.`,
  );
}

function requireDistance(ms: number, what: string): void {
  if (ms >= 0 && ms < Infinity) return;
  throw new RangeError(
    `${what} was given ${String(ms)}; a finite number of milliseconds, 0 or more, is allowed.`,
  );
}

/** A turn of the event loop: `setImmediate` in Node, a zero timer in a browser. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
}

async function settle(): Promise<void> {
  for (let job = 0; job < 16; job += 1) await Promise.resolve();
  await turn();
}

/**
 * A clock whose time is moved by the test: `monotonic` and `wall` answer what the test set, and timers
 * run when the test advances past them. It uses nothing of Node, so it serves in a browser as well
 * (`@holdfast/testing/clock` leaves the servers out).
 *
 * @throws TypeError for an option that is none, or of another kind.
 *
 * @example
 * const clock = createTestClock();
 * const resilience = createResilience({ clock, random: () => 0.5 });
 * // … start an operation that has to wait …
 * await clock.advanceAsync(1_000);
 */
export function createTestClock(options: TestClockOptions = {}): TestClock {
  requireOptions(options, {
    wall: 'finite number',
    monotonic: 'finite number',
    strict: 'flag',
  });
  const strict = options.strict ?? true;
  let now = options.monotonic ?? 0;
  let wallOffset = (options.wall ?? presentSecond()) - now;
  /** Kept in the order in which they run: by due instant, then by age. */
  const waiting: Timer[] = [];

  function after(ms: number, run: () => void): Cancel {
    if (strict) requireDelay(ms, 'A timer of the test clock');
    const delay = ms >= 0 && ms <= LONGEST_DELAY ? ms : 0;
    const timer: Timer = { due: now + delay, run };
    const later = waiting.findIndex((other) => other.due > timer.due);
    waiting.splice(later === -1 ? waiting.length : later, 0, timer);
    return () => {
      const index = waiting.indexOf(timer);
      if (index !== -1) waiting.splice(index, 1);
    };
  }

  /** Runs the next timer where it is due by `limit`. */
  function step(limit: number): boolean {
    const next = waiting[0];
    if (next === undefined || next.due > limit) return false;
    waiting.shift();
    now = Math.max(now, next.due);
    next.run();
    return true;
  }

  function* steps(ms: number): Generator<void, void, void> {
    const target = now + ms;
    let ran = 0;
    while (step(target)) {
      ran += 1;
      if (ran >= RUNAWAY) {
        throw new Error(
          `The test clock ran ${RUNAWAY} timers within ${ms} ms; something starts a timer again and again without time passing.`,
        );
      }
      yield;
    }
    now = Math.max(now, target);
  }

  return {
    monotonic: () => now,
    wall: () => now + wallOffset,
    after,
    advance(ms) {
      requireDistance(ms, 'advance');
      Array.from(steps(ms));
    },
    async advanceAsync(ms) {
      requireDistance(ms, 'advanceAsync');
      await settle();
      // What settles before the first timer may start timers of its own: the steps look again each time.
      for (const _ of steps(ms)) await settle();
      await settle();
    },
    runNext: () => step(Infinity),
    setWall(epochMs) {
      if (!Number.isFinite(epochMs)) {
        throw new RangeError(
          `setWall was given ${String(epochMs)}; epoch milliseconds are allowed.`,
        );
      }
      wallOffset = epochMs - now;
    },
    get pending() {
      return waiting.length;
    },
    get timers() {
      return waiting.map((timer) => timer.due);
    },
    get nextDelay() {
      const next = waiting[0];
      return next === undefined ? undefined : Math.max(0, next.due - now);
    },
  };
}
