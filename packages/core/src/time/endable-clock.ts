import type { Cancel, Clock } from '../model/clock.ts';

/** A clock whose timers can all be taken away at once; after that it sets none. */
export interface EndableClock extends Clock {
  end(): void;
}

/**
 * For work that nobody can end in another way, such as a store that does not answer: what waited for one
 * of its timers waits on, but nothing of it is left in the process's event loop (E3).
 */
export function endable(clock: Clock): EndableClock {
  const timers = new Set<Cancel>();
  let over = false;
  return {
    monotonic: () => clock.monotonic(),
    wall: () => clock.wall(),
    after(ms, run, idle) {
      if (over) return () => {};
      const stop = clock.after(
        ms,
        () => {
          timers.delete(cancel);
          run();
        },
        idle,
      );
      const cancel = (): void => {
        timers.delete(cancel);
        stop();
      };
      timers.add(cancel);
      return cancel;
    },
    end() {
      over = true;
      for (const cancel of timers) cancel();
    },
  };
}
