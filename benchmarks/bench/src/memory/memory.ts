import type { Goal } from '../goal.ts';
import { showCount } from '../number-format.ts';
import type { Findings, Part, PartOptions } from '../part.ts';
import { median } from '../statistics.ts';
import { runWorker } from '../worker.ts';
import { crowdNames, crowds } from './crowds.ts';
import type { CrowdName } from './crowds.ts';
import type { MemoryInput } from './memory-worker.ts';

const MANY = 10_000;
const INSTANCES = 1_000;
const ROUNDS = 3;

/** Bytes each. */
const wanted = { wanted: 600, aim: 400 };

const worker = new URL('./memory-worker.ts', import.meta.url);

const showExactBytes = (value: number): string => `${showCount(Math.round(value))} B`;

async function run({ sources }: PartOptions): Promise<Findings> {
  const held: { crowd: CrowdName; count: number; bytes: number }[] = [];
  for (const crowd of crowdNames) {
    const count = crowd === 'instance' ? INSTANCES : MANY;
    const input: MemoryInput = { crowd, count, rounds: ROUNDS };
    const flags = ['--expose-gc'];
    const bytes = median(await runWorker<number[]>(worker, { input, flags, sources }));
    held.push({ crowd, count, bytes });
  }
  const table = {
    title: 'Held on the heap',
    notes: [
      'Growth of the heap after full collections, divided by the number. At the core, over a transport and a receiver that hold nothing: what is counted is the core’s alone, its timers included. An instance has a token and has run one operation.',
    ],
    head: ['what', 'of so many', 'bytes each'],
    rows: held.map(({ crowd, count, bytes }) => [
      crowds[crowd].title,
      showCount(count),
      showExactBytes(bytes),
    ]),
  };
  const goals = held.flatMap(({ crowd, bytes }): Goal[] => {
    // Nobody has said how much an instance may hold.
    if (crowd === 'instance') return [];
    const title = `${showCount(MANY)} operations, bytes each: ${crowds[crowd].title}`;
    return [{ title, measured: bytes, ...wanted, show: showExactBytes }];
  });
  return { tables: [table], goals, raw: held };
}

export const memory: Part = { name: 'memory', title: 'What waits, and what is in flight', run };
