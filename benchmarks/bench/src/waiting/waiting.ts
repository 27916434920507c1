import type { Goal } from '../goal.ts';
import { showBytes, showCount, showMilliseconds, showRatio } from '../number-format.ts';
import type { Findings, Part, PartOptions } from '../part.ts';
import { drawPlot } from '../plot.ts';
import type { Plot } from '../plot.ts';
import { growthExponent, median, steepestStep } from '../statistics.ts';
import type { Table } from '../table.ts';
import { runWorker } from '../worker.ts';
import { crowdNames, crowds } from './cases.ts';
import type { CrowdName } from './cases.ts';
import type { Waited, WaitingInput } from './waiting-worker.ts';

const MANY = 10_000;

/** How often each number is let go. The least counts: what else the machine does only ever adds. */
const sizes = { 1_000: 3, 10_000: 3, 100_000: 2 } as const;
const growing: readonly CrowdName[] = ['core-refresh', 'core-gate'];

/** Time may grow a little faster than work before it is said not to be linear: caches end. */
const LINEAR = 1.15;

const worker = new URL('./waiting-worker.ts', import.meta.url);

interface Held {
  readonly crowd: CrowdName;
  readonly waited: readonly Waited[];
}

function countsOf(crowd: CrowdName): number[] {
  if (!growing.includes(crowd)) return [MANY, MANY];
  return Object.entries(sizes).flatMap(([size, times]) => Array<number>(times).fill(Number(size)));
}

function at(waited: readonly Waited[], count: number): { bytes: number; releaseMs?: number } {
  const those = waited.filter((entry) => entry.count === count);
  const releases = those.flatMap(({ releaseMs }) => (releaseMs === undefined ? [] : [releaseMs]));
  return {
    bytes: median(those.map(({ bytes }) => bytes)),
    ...(releases.length > 0 && { releaseMs: Math.min(...releases) }),
  };
}

function heldTable(held: readonly Held[]): Table {
  const bare = (client: string): number => {
    const found = held.find(({ crowd }) => crowd === `${client}-bare`);
    return found === undefined ? 0 : at(found.waited, MANY).bytes;
  };
  return {
    title: `Memory held by ${showCount(MANY)} waiting operations`,
    notes: [
      'Growth of the heap, after a full collection, once all of them wait; per operation. At the core, over a transport and a receiver that hold nothing: what is counted is the core’s alone, its timers included. For the clients, "beyond bare" leaves out what the client itself holds for an operation under way. "All gone after" is the processor time until the last has ended, over a transport that answers in a microtask; the least of several.',
    ],
    head: ['who waits for what', 'each', 'beyond bare', 'all gone after'],
    rows: held.map(({ crowd, waited }) => {
      const { bytes, releaseMs } = at(waited, MANY);
      const [client = ''] = crowd.split('-');
      return [
        crowds[crowd],
        showBytes(bytes),
        client === 'core' || crowd.endsWith('bare') ? '' : showBytes(bytes - bare(client)),
        releaseMs === undefined ? '' : showMilliseconds(releaseMs),
      ];
    }),
  };
}

interface Release {
  readonly crowd: CrowdName;
  readonly points: readonly { readonly size: number; readonly cost: number }[];
  readonly exponent: number;
  readonly steepest: number;
}

function releaseOf({ crowd, waited }: Held): Release {
  const points = Object.keys(sizes).map((size) => ({
    size: Number(size),
    cost: at(waited, Number(size)).releaseMs ?? Number.NaN,
  }));
  return { crowd, points, exponent: growthExponent(points), steepest: steepestStep(points) };
}

function releaseTable(releases: readonly Release[]): Table {
  return {
    title: 'Time to let all that wait go',
    notes: [
      'Processor time, at the core. The exponents say how the time grows with their number, over all sizes and in the steepest step between two: 1 is linear, 2 quadratic.',
    ],
    head: [
      'what they waited for',
      ...Object.keys(sizes).map((size) => showCount(Number(size))),
      'exponent',
      'steepest',
    ],
    rows: releases.map(({ crowd, points, exponent, steepest }) => [
      crowds[crowd],
      ...points.map(({ cost }) => showMilliseconds(cost)),
      showRatio(exponent),
      showRatio(steepest),
    ]),
  };
}

function releasePlot(releases: readonly Release[]): Plot {
  return drawPlot({
    name: 'release',
    title: 'Time to let all that wait go, per operation',
    across: 'operations that wait',
    lines: releases.map(({ crowd, points }) => ({
      title: crowds[crowd],
      points: points.map(({ size, cost }) => ({ x: size, nanoseconds: (cost * 1_000_000) / size })),
    })),
  });
}

async function run({ sources }: PartOptions): Promise<Findings> {
  const held: Held[] = [];
  for (const crowd of crowdNames) {
    const input: WaitingInput = { crowd, counts: countsOf(crowd) };
    const flags = ['--expose-gc'];
    held.push({ crowd, waited: await runWorker<Waited[]>(worker, { input, flags, sources }) });
  }
  const ofCore = held.filter(({ crowd }) => growing.includes(crowd));
  const releases = ofCore.map(releaseOf);
  const goals: Goal[] = [
    ...ofCore.map(({ crowd, waited }) => ({
      title: `${crowds[crowd]}: held by each of ${showCount(MANY)} that wait`,
      limit: 1_024,
      measured: at(waited, MANY).bytes,
      show: showBytes,
      why: 'each has its deadline with a timer of the platform, its entry in what is shown as waiting, its place in the line, and the state of a run: what it was asked, how often it was sent, whom to tell.',
    })),
    ...releases.map(({ crowd, steepest }) => ({
      title: `${crowds[crowd]}: steepest growth of the time to let all go (1 is linear)`,
      limit: LINEAR,
      measured: steepest,
      show: showRatio,
    })),
  ];
  return {
    tables: [heldTable(held), releaseTable(releases)],
    goals,
    plots: [releasePlot(releases)],
    raw: { held, releases },
  };
}

export const waiting: Part = { name: 'waiting', title: 'Operations that wait', run };
