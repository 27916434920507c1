import type { Cancel } from '@holdfast/core';

/** Milliseconds in which changes gather: nobody reads faster, and each picture costs. */
const GATHERING = 100;

/**
 * Runs in a moment, with the next frame that is drawn, where frames are drawn. A hidden page draws none,
 * and needs none.
 */
export function soon(run: () => void): Cancel {
  let frame: number | undefined;
  const timer = setTimeout(() => {
    if (typeof requestAnimationFrame === 'function') frame = requestAnimationFrame(run);
    else run();
  }, GATHERING);
  return () => {
    clearTimeout(timer);
    if (frame !== undefined) cancelAnimationFrame(frame);
  };
}
