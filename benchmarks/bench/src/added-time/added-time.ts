import type { Goal } from '../goal.ts';
import { showNanoseconds, showRatio } from '../number-format.ts';
import type { Findings, Part, PartOptions } from '../part.ts';
import { addedRatios, median, spread } from '../statistics.ts';
import type { Round, Spread } from '../statistics.ts';
import type { Table } from '../table.ts';
import { runWorker } from '../worker.ts';
import type { MatchInput } from './match-worker.ts';
import { matchNames, matches } from './matches.ts';
import type { MatchName } from './matches.ts';

const ROUNDS = 60;

/** Medians per operation, and what was added as a share of what the peers add. */
interface Outcome {
  readonly match: MatchName;
  readonly bare: number;
  readonly ours: number;
  readonly peer: number;
  readonly ratio: Spread;
}

const worker = new URL('./match-worker.ts', import.meta.url);

async function measured(match: MatchName, sources: boolean): Promise<Outcome> {
  const input: MatchInput = { match, rounds: ROUNDS };
  const rounds = await runWorker<Round[]>(worker, { input, sources });
  const over = (pick: (round: Round) => number): number => median(rounds.map(pick));
  return {
    match,
    bare: over(({ bare }) => bare),
    ours: over(({ ours, bare }) => ours - bare),
    peer: over(({ peer, bare }) => peer - bare),
    ratio: spread(addedRatios(rounds)),
  };
}

function timeTable(outcomes: readonly Outcome[]): Table {
  const share = ({ median: middle, lower, upper }: Spread): string =>
    `${showRatio(middle)} (${showRatio(lower)} to ${showRatio(upper)})`;
  return {
    title: 'Added time per operation',
    notes: [
      `What an operation costs where nothing goes wrong: at the link and at the exchanges, over a client that answers from memory, with a good token and all defaults. 10,000 operations start in one go. Where each is answered in the same call, Holdfast and the bare client have one in flight at a time; Apollo’s trio defers each of them, and so has all. The bare client, Holdfast and the peers take turns in one process; "share" is the median, over ${ROUNDS} rounds, of what Holdfast adds divided by what the peers add in the same round, with the quartiles.`,
    ],
    head: ['client', 'peers', 'bare', 'Holdfast adds', 'peers add', 'share'],
    rows: outcomes.map(({ match, bare, ours, peer, ratio }) => [
      matches[match].title,
      matches[match].peers,
      showNanoseconds(bare),
      showNanoseconds(ours),
      showNanoseconds(peer),
      share(ratio),
    ]),
  };
}

async function run({ sources }: PartOptions): Promise<Findings> {
  const outcomes: Outcome[] = [];
  for (const match of matchNames) outcomes.push(await measured(match, sources));
  const goals = outcomes.flatMap(({ match, ratio }): Goal[] => {
    const { title, peers, goal } = matches[match];
    if (goal === undefined) return [];
    const name = `${title}: added time over that of ${peers}`;
    return [{ title: name, measured: ratio.median, ...goal, show: showRatio }];
  });
  return { tables: [timeTable(outcomes)], goals, raw: outcomes };
}

export const addedTime: Part = { name: 'added-time', title: 'In good weather', run };
