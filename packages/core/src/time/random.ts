/**
 * A random source that keeps its promise of [0, 1), whatever an application's own one answers (W5).
 * What it throws goes through, and so does a rejection: the caller knows which operation it concerns (R9).
 */
export function bounded(random: () => unknown): () => number | Promise<number> {
  return () => {
    const value = random();
    return value instanceof Promise ? value.then(inRange) : inRange(value);
  };
}

function inRange(value: unknown): number {
  return typeof value === 'number' && value >= 0 && value < 1 ? value : 0.5;
}

/** The platform's random numbers: for spreading load, not for secrets. */
export const platformRandom = (): number => Math.random();
