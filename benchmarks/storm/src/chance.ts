/** Numbers in [0, 1) that a seed decides. */
export type Chance = () => number;

/**
 * A stream of its own for each part of a storm, so that what one client draws changes nothing for the
 * others, and every policy meets the same operations at the same instants. (Mulberry32, whose 32 bits
 * of state are enough for the few thousand numbers that one part draws.)
 *
 * @param parts whole numbers that name the stream: the seed, a purpose, a client.
 */
export function chance(...parts: readonly number[]): Chance {
  let state = 0x9e3779b9;
  for (const part of parts) state = mixed(state ^ Math.imul(part + 1, 0x85ebca6b));
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    return mixed(state) / 2 ** 32;
  };
}

/** An instant that a steady stream of events comes after, on average `mean` later (Poisson). */
export function gap(mean: number, draw: Chance): number {
  return -Math.log(1 - draw()) * mean;
}

function mixed(value: number): number {
  let word = Math.imul(value ^ (value >>> 15), value | 1);
  word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
  return (word ^ (word >>> 14)) >>> 0;
}
