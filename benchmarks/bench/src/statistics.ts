/** The middle of some numbers, and where half of them lie. */
export interface Spread {
  readonly median: number;
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/**
 * The value below which the given share of the numbers lies, between neighbours in proportion.
 *
 * @param share from 0 to 1.
 * @throws RangeError where there is no number, or one that is none.
 */
export function quantile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new RangeError('A quantile of no numbers was asked for.');
  if (values.some(Number.isNaN)) throw new RangeError('A quantile of NaN was asked for.');
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  // Infinity minus itself is no number. Packages reckon with it all the same, and come to NaN beside one infinity.
  return below === above ? below : below + (above - below) * (position - Math.floor(position));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Median and quartiles. */
export function spread(values: readonly number[]): Spread {
  return {
    median: median(values),
    lower: quantile(values, 0.25),
    upper: quantile(values, 0.75),
    count: values.length,
  };
}

/** What one round measured of the bare client, of Holdfast and of its peer, in one unit. */
export interface Round {
  readonly bare: number;
  readonly ours: number;
  readonly peer: number;
}

/**
 * What ours adds to the bare client as a share of what the peer adds, round by round. The three of a
 * round ran within milliseconds of each other, so what else the machine did concerned them alike.
 *
 * A round in which the peer added nothing says that noise was larger than the thing measured: it counts
 * against us, as infinity.
 */
export function addedRatios(rounds: readonly Round[]): number[] {
  return rounds.map(({ bare, ours, peer }) =>
    peer > bare ? (ours - bare) / (peer - bare) : Infinity,
  );
}
