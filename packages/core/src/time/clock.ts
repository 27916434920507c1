import type { Cancel, Clock } from '../model/clock.ts';

/** The longest delay that a platform timer holds; anything longer fires at once (W5). */
const LONGEST_TIMER = 2_147_483_647;

/** Looked for each time: a test's fake timers may come after this module (P1). */
function monotonic(): number {
  const own = typeof performance === 'object' ? performance : undefined;
  return typeof own?.now === 'function' ? own.now() : Date.now();
}

/** Node's timers have `unref`; a browser's are numbers. */
function release(timer: unknown): void {
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
    (timer as { unref(): void }).unref();
  }
}

/**
 * A timer on any clock, in pieces that every platform's timers hold: an application's own clock may hand
 * `ms` on to `setTimeout` as it is (W5).
 */
export function startTimer(clock: Clock, ms: number, run: () => void, idle?: boolean): Cancel {
  let left = Math.max(0, ms);
  // What almost every wait is, and thousands may wait: nothing is kept for pieces that do not come.
  if (left <= LONGEST_TIMER) return clock.after(left, run, idle);
  let cancel: Cancel = () => {};
  const arm = (): void => {
    const piece = Math.min(left, LONGEST_TIMER);
    left -= piece;
    cancel = clock.after(piece, left > 0 ? arm : run, idle);
  };
  arm();
  return () => cancel();
}

/** By how much platforms end a timer early, in milliseconds: they round, each clock in its own way. */
const EARLIEST = 2;

/**
 * The platform's time. A wait longer than a platform timer holds is made of several, and one that the
 * platform ends a fraction early is waited to its end: a server's instant is never anticipated (W3, W5).
 * Beyond that a timer's ring is believed, whatever the clock says: a test that fakes timers may leave
 * `performance` as it is (P1).
 */
export const systemClock: Clock = {
  monotonic,
  wall: () => Date.now(),
  after(ms: number, run: () => void, idle = false): Cancel {
    const timer: PlatformTimer = {
      due: monotonic() + ms,
      left: Math.max(Math.ceil(ms), 0),
      run,
      idle,
      exact: ms <= EARLIEST,
      handle: undefined,
    };
    wind(timer);
    return () => clearTimeout(timer.handle);
  },
};

/** One object and one closure: every operation has a timer, and thousands may wait. */
interface PlatformTimer {
  readonly due: number;
  readonly run: () => void;
  readonly idle: boolean;
  /** Milliseconds that are not yet given to the platform. */
  left: number;
  /** A fraction that was missing has been waited for, or is not worth it. */
  exact: boolean;
  handle: ReturnType<typeof setTimeout> | undefined;
}

function wind(timer: PlatformTimer): void {
  const delay = Math.min(timer.left, LONGEST_TIMER);
  timer.left -= delay;
  // Not as an argument of its own: a page that wraps setTimeout may not hand that on.
  timer.handle = setTimeout(() => ring(timer), delay);
  if (timer.idle) release(timer.handle);
}

function ring(timer: PlatformTimer): void {
  const missing = timer.due - monotonic();
  if (timer.left === 0 && !timer.exact && missing > 0 && missing <= EARLIEST) {
    timer.exact = true;
    timer.left = Math.ceil(missing);
  }
  if (timer.left > 0) wind(timer);
  else timer.run();
}
