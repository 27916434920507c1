/** A wait is counted in so many parts. */
const PARTS = 10;
/** A part that rings later than so many times its length was not late by a timer's own coarseness. */
const ON_TIME = 1.2;

/**
 * Calls `over` after so many milliseconds in which an answer could have been heard. A process that has no processor,
 * or is busy with something else, hears neither its timers nor its sockets: what it missed meanwhile may lie there
 * for long, and is no fault of whoever answers. So the wait is counted in parts, each at hardly more than its own
 * length however late it rings, and ends only after one more turn of the event loop, which reads what has come.
 *
 * @returns ends the wait.
 */
export function patience(milliseconds: number, over: () => void): () => void {
  const part = Math.max(1, milliseconds / PARTS);
  let left = milliseconds;
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): void => {
    const length = Math.min(part, left);
    const begun = performance.now();
    timer = setTimeout(() => {
      // At least its length: fake timers may leave the clock alone.
      const took = Math.max(performance.now() - begun, length);
      left -= Math.min(took, length * ON_TIME);
      if (left > 0) wait();
      else timer = setTimeout(over, 1);
    }, length);
  };
  wait();
  return () => clearTimeout(timer);
}
