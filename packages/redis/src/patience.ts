/** A wait is counted in so many parts. */
const PARTS = 10;
/** A part that rings later than so many times its length was not late by a timer's own coarseness. */
const ON_TIME = 1.2;
/** However little of it counts, a wait lasts no longer than this, or than what was asked for. Milliseconds. */
const LONGEST = 4_000;

/**
 * Calls `over` after so many milliseconds in which an answer could have come, and been heard. A process that has no
 * processor, or is busy with something else, hears neither its timers nor its sockets, and on a machine where many
 * begin at once whoever answers has no more of it. So the wait is counted in parts: one that rings late counts as
 * much less than its length as it was late, and the wait ends only after one more turn of the event loop, which
 * reads what has come.
 *
 * @returns ends the wait.
 */
export function patience(milliseconds: number, over: () => void): () => void {
  const part = Math.max(1, milliseconds / PARTS);
  let left = milliseconds;
  let longest = Math.max(milliseconds, LONGEST);
  let timer: ReturnType<typeof setTimeout>;
  const wait = (): void => {
    const length = Math.min(part, left);
    const begun = performance.now();
    timer = setTimeout(() => {
      // At least its length: fake timers may leave the clock alone.
      const took = Math.max(performance.now() - begun, length);
      longest -= took;
      left -= took <= length * ON_TIME ? took : length ** 2 / took;
      // What a fraction leaves over is waited for no more.
      if (left >= 1 && longest > 0) wait();
      else timer = setTimeout(over, 1);
    }, length);
  };
  wait();
  return () => clearTimeout(timer);
}
