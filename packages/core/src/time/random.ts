/**
 * A random source that keeps its promise of [0, 1), whatever an application's own one answers (W5).
 * What it throws goes through: the caller knows which operation it concerns (R9).
 */
export function bounded(random: () => number): () => number {
  return () => {
    const value = random();
    return value >= 0 && value < 1 ? value : 0.5;
  };
}

/** The platform's random numbers: for spreading load, not for secrets. */
export const platformRandom = (): number => Math.random();
