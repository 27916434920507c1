/** How delays grow. Times in milliseconds. */
export interface Growth {
  readonly base: number;
  readonly factor: number;
  /** The largest delay, before jitter. */
  readonly cap: number;
}

/** The delay before retry number `retry` (1 for the first), without jitter. */
export function grown(growth: Growth, retry: number): number {
  const { base, factor, cap } = growth;
  // 0 times a factor that has grown to Infinity is no number.
  return base === 0 ? 0 : Math.min(cap, base * factor ** (retry - 1));
}

/**
 * Full jitter: anywhere between nothing and the grown delay, at least 1 ms (R1).
 *
 * @param chance a number in [0, 1).
 */
export function fullJitter(growth: Growth, retry: number, chance: number): number {
  return Math.max(1, grown(growth, retry) * chance);
}

/** Never below the grown delay, and up to half of it more (R1): for limits, where earlier is harmful. */
export function flooredJitter(growth: Growth, retry: number, chance: number): number {
  const delay = grown(growth, retry);
  return Math.max(1, delay + (delay / 2) * chance);
}

/** What is added to a server's hint, so that clients told the same instant do not return in it (W3). */
export function hintSpread(hint: number, chance: number): number {
  return Math.min(Math.max(hint / 2, 1_000), 10_000) * chance;
}
