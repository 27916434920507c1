import type { Goal } from '../goal.ts';
import { showBytes, showNanoseconds, showRatio } from '../number-format.ts';
import type { Findings, Part, PartOptions } from '../part.ts';
import { addedRatios, median, spread } from '../statistics.ts';
import type { Spread } from '../statistics.ts';
import type { Table } from '../table.ts';
import { runWorker } from '../worker.ts';
import { allocationFlags } from './allocation.ts';
import type { Role } from './contender.ts';
import type { MatchInput, MatchReport, MatchRound } from './match-worker.ts';
import { matchNames, matches } from './matches.ts';
import type { MatchName } from './matches.ts';

/** Processes of each match: what the compiler made of it in one of them does not decide. */
const PROCESSES = 4;
const ROUNDS = 80;
const ALLOCATION_ROUNDS = 9;

/** Medians per operation, and what was added as a share of what the peers add. */
interface Outcome {
  readonly match: MatchName;
  readonly bare: number;
  readonly least: number;
  readonly ours: number;
  readonly peer: number;
  readonly ratio: Spread;
  /** The median ratio of each process. */
  readonly byProcess: readonly number[];
  readonly synchronous: Readonly<Record<Role, boolean>>;
}

const worker = new URL('./match-worker.ts', import.meta.url);

async function measured(
  match: MatchName,
  measure: MatchInput['measure'],
  sources: boolean,
): Promise<Outcome> {
  const isTime = measure === 'time';
  const reports: MatchReport[] = [];
  for (let process = 0; process < (isTime ? PROCESSES : 1); process += 1) {
    const rounds = isTime ? ROUNDS : ALLOCATION_ROUNDS;
    const input: MatchInput = { match, measure, rounds };
    const flags = isTime ? [] : allocationFlags;
    reports.push(await runWorker<MatchReport>(worker, { input, flags, sources }));
  }
  return outcome(match, reports);
}

function outcome(match: MatchName, reports: readonly MatchReport[]): Outcome {
  const rounds = reports.flatMap((report) => report.rounds);
  const over = (pick: (round: MatchRound) => number): number => median(rounds.map(pick));
  const always = (role: Role): boolean => reports.every((report) => report.synchronous[role]);
  return {
    match,
    bare: over(({ bare }) => bare),
    least: over(({ least, bare }) => least - bare),
    ours: over(({ ours, bare }) => ours - bare),
    peer: over(({ peer, bare }) => peer - bare),
    ratio: spread(addedRatios(rounds)),
    byProcess: reports.map((report) => median(addedRatios(report.rounds))),
    synchronous: {
      bare: always('bare'),
      least: always('least'),
      ours: always('ours'),
      peer: always('peer'),
    },
  };
}

function timeTable(outcomes: readonly Outcome[]): Table {
  const share = ({ median: middle, lower, upper }: Spread): string =>
    `${showRatio(middle)} (${showRatio(lower)} to ${showRatio(upper)})`;
  return {
    title: 'Added time per operation',
    notes: [
      'What an operation costs where nothing goes wrong: over a client that answers from memory, with a good token and all defaults. "The least" is one link or exchange that adds a header and hands results on, and does nothing else. Bare client, Holdfast and its peers take turns of a few milliseconds; "share" is the median, over all such rounds, of what Holdfast adds divided by what the peers add in the same round, with the quartiles.',
    ],
    head: [
      'client',
      'bare',
      'the least adds',
      'Holdfast adds',
      'peers add',
      'share',
      'synchronous',
    ],
    rows: outcomes.map(({ match, bare, least, ours, peer, ratio, synchronous }) => [
      matches[match].title,
      showNanoseconds(bare),
      showNanoseconds(least),
      showNanoseconds(ours),
      showNanoseconds(peer),
      share(ratio),
      passes(synchronous),
    ]),
  };
}

/** Whether results pass as the bare client's do. */
function passes({ bare, ours, peer }: Outcome['synchronous']): string {
  if (!bare) return 'none is';
  return `${ours ? 'Holdfast' : '**Holdfast is not**'}${peer ? ', peers' : ''}`;
}

function allocationTable(outcomes: readonly Outcome[]): Table {
  return {
    title: 'Allocated per operation',
    notes: [
      'Bytes on the heap: how far it grows over 1,000 operations with a young generation so large (`--min-semi-space-size=128`) that nothing is collected meanwhile, which is checked.',
    ],
    head: ['client', 'bare', 'the least adds', 'Holdfast adds', 'peers add', 'share'],
    rows: outcomes.map(({ match, bare, least, ours, peer, ratio }) => [
      matches[match].title,
      showBytes(bare),
      showBytes(least),
      showBytes(ours),
      showBytes(peer),
      showRatio(ratio.median),
    ]),
  };
}

function goals(outcomes: readonly Outcome[]): Goal[] {
  return outcomes.flatMap(({ match, least, ours, peer, ratio, synchronous }) => {
    const { title, limit, peers } = matches[match];
    if (limit === undefined) return [];
    const time: Goal = {
      title: `${title}: added time over that of ${peers}`,
      limit,
      measured: ratio.median,
      show: showRatio,
      why: `The least that signs an operation and sees its result comes to ${showRatio(least / peer)} by itself (${showNanoseconds(least)}). The other ${showNanoseconds(ours - least)} are what can be needed in bad weather and must be there before: a run with a deadline, an attempt that can be told from others and taken back, a look at the session, the gate and the network.`,
    };
    if (!synchronous.bare) return [time];
    const late: Goal = {
      title: `${title}: results that pass later than the bare client's`,
      limit: 0,
      measured: synchronous.ours ? 0 : 1,
      show: String,
    };
    return [time, late];
  });
}

async function run({ sources }: PartOptions): Promise<Findings> {
  const times: Outcome[] = [];
  const allocations: Outcome[] = [];
  for (const match of matchNames) times.push(await measured(match, 'time', sources));
  for (const match of matchNames) allocations.push(await measured(match, 'allocation', sources));
  return {
    tables: [timeTable(times), allocationTable(allocations)],
    goals: goals(times),
    plots: [],
    raw: { nanoseconds: times, bytes: allocations },
  };
}

export const addedTime: Part = { name: 'added-time', title: 'In good weather', run };
