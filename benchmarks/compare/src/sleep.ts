import { AsyncLocalStorage } from 'node:async_hooks';

/** By how many milliseconds the wall clock of a run is ahead. */
const clocks = new AsyncLocalStorage<{ ahead: number }>();

const now = Date.now;

/** Runs something with a wall clock of its own, so that a computer's sleep disturbs no other run. */
export function withOwnWallClock<T>(run: () => Promise<T>): Promise<T> {
  // Everybody reads it from here, and only a run that has slept reads something else.
  Date.now = () => now() + (clocks.getStore()?.ahead ?? 0);
  return clocks.run({ ahead: 0 }, run);
}

/**
 * The computer of this run sleeps for so many milliseconds, which take no time: its wall clock goes on, its
 * monotonic clock and its timers stand still.
 *
 * @throws Error outside a run.
 */
export function sleepFor(ms: number): void {
  const clock = clocks.getStore();
  if (clock === undefined) throw new Error('Only a computer with its own wall clock can sleep.');
  clock.ahead += ms;
}
