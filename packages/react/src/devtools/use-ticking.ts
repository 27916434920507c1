import type { Cancel, Clock } from '@holdfast/core';
import { useEffect, useReducer } from 'react';

type Time = Pick<Clock, 'wall' | 'after'>;

/** For what is shown without an instance, and so without its clock. */
export const pageTime: Time = {
  wall: () => Date.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Milliseconds between two pictures of something that moves; for those who want little motion, a second. */
const STEP = 250;
const CALM_STEP = 1000;

/** Renders again and again while something that is shown moves with time. No timer runs otherwise (E3). */
export function useTicking(runs: boolean, time: Time): void {
  const [, step] = useReducer((steps: number) => steps + 1, 0);
  useEffect(() => {
    if (!runs) return undefined;
    const calm = globalThis.matchMedia?.('(prefers-reduced-motion: reduce)').matches === true;
    let cancel: Cancel;
    const arm = (): void => {
      cancel = time.after(calm ? CALM_STEP : STEP, tick, true);
    };
    const tick = (): void => {
      arm();
      step();
    };
    arm();
    return () => cancel();
  }, [runs, time]);
}
