import { report, workerInput } from '../worker.ts';
import type { LoadMaker } from './load.ts';
import { groups, series } from './series.ts';
import type { SeriesName } from './series.ts';

export interface GrowthInput {
  readonly series: SeriesName;
}

/** Nanoseconds for each thing that a load of this size does. */
export interface Cost {
  readonly size: number;
  readonly each: number;
}

/** Milliseconds that one timing takes at least; small loads are repeated for so long. */
const SLICE = 4;

/** Timings of each size, in turn with the other sizes. */
const ROUNDS = 25;

async function makerOf(name: SeriesName): Promise<LoadMaker> {
  if (name === 'in-flight-apollo') return (await import('./apollo-load.ts')).apolloInFlight;
  if (name === 'in-flight-urql') return (await import('./urql-load.ts')).urqlInFlight;
  const core = await import('./core-loads.ts');
  if (name === 'in-flight-core') return core.coreInFlight;
  return name === 'errors' ? core.coreErrors : core.coreClosedScopes;
}

function timed(make: LoadMaker, size: number): number {
  const load = make(size);
  // Reading the clock costs as much as a small operation: it is read once in so many of them.
  const repeats = Math.max(1, Math.floor(100 / size));
  const began = performance.now();
  let now = began;
  let count = 0;
  do {
    for (let turn = 0; turn < repeats; turn += 1) count += load.run();
    now = performance.now();
  } while (now - began < SLICE);
  load.end();
  return ((now - began) * 1_000_000) / count;
}

/** The fastest of its timings: what else the machine does only ever adds. */
async function main({ series: name }: GrowthInput): Promise<void> {
  const make = await makerOf(name);
  const { sizes } = groups[series[name].group];
  const fastest = new Map<number, number>();
  for (let round = -2; round < ROUNDS; round += 1) {
    for (const size of sizes) {
      const each = timed(make, size);
      if (round >= 0) fastest.set(size, Math.min(each, fastest.get(size) ?? Infinity));
    }
  }
  report([...fastest].map(([size, each]): Cost => ({ size, each })));
}

await main(workerInput<GrowthInput>());
