import type { Cancel, Clock } from '../model/clock.ts';

/** The longest delay that a platform timer holds; anything longer fires at once (W5). */
const LONGEST_TIMER = 2_147_483_647;

const monotonic =
  typeof performance === 'object' && typeof performance.now === 'function'
    ? (): number => performance.now()
    : (): number => Date.now();

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

/**
 * The platform's time. A wait longer than a platform timer holds is made of several, and one that the
 * platform ends a fraction early is waited to its end: a server's instant is never anticipated (W3, W5).
 */
export const systemClock: Clock = {
  monotonic,
  wall: () => Date.now(),
  after(ms: number, run: () => void, idle = false): Cancel {
    const timer: PlatformTimer = { due: monotonic() + ms, run, idle, handle: undefined };
    wind(timer, ms);
    return () => clearTimeout(timer.handle);
  },
};

/** One object and one closure: every operation has a timer, and thousands may wait. */
interface PlatformTimer {
  readonly due: number;
  readonly run: () => void;
  readonly idle: boolean;
  handle: ReturnType<typeof setTimeout> | undefined;
}

function wind(timer: PlatformTimer, left: number): void {
  const delay = Math.min(Math.max(Math.ceil(left), 0), LONGEST_TIMER);
  // Not as an argument of its own: a page that wraps setTimeout may not hand that on.
  timer.handle = setTimeout(() => ring(timer), delay);
  if (timer.idle) release(timer.handle);
}

function ring(timer: PlatformTimer): void {
  const left = timer.due - monotonic();
  if (left > 0) wind(timer, left);
  else timer.run();
}
