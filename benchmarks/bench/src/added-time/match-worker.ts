import { Bench } from 'tinybench';
import type { Round } from '../statistics.ts';
import { report, workerInput } from '../worker.ts';
import { allocatedPerOperation } from './allocation.ts';
import { isSynchronous, roles, runOneByOne } from './contender.ts';
import type { Match, Role } from './contender.ts';
import { matches } from './matches.ts';
import type { MatchName } from './matches.ts';

export interface MatchInput {
  readonly match: MatchName;
  readonly measure: 'time' | 'allocation';
  readonly rounds: number;
}

/** A round of all roles. */
export interface MatchRound extends Round {
  readonly least: number;
}

/** What one process found; nanoseconds, or bytes, per operation. */
export interface MatchReport {
  readonly rounds: readonly MatchRound[];
  readonly synchronous: Readonly<Record<Role, boolean>>;
}

/** Each is loaded where it is asked for only: urql's code does not warm up beside Apollo's. */
async function make(name: MatchName): Promise<Match> {
  if (name === 'urql-exchanges') return (await import('./urql.ts')).urqlExchanges();
  if (name === 'urql-client') return (await import('./urql.ts')).urqlClient();
  const apollo = await import('./apollo.ts');
  if (name === 'apollo-client') return apollo.apolloClient();
  if (name === 'apollo-link') return apollo.apolloLink();
  return apollo.apolloLinkWithResponse();
}

/** Operations of each contender before anything counts. */
const WARM_UP = 20_000;

/** All in turn, each for a few milliseconds; who begins changes from round to round. */
async function timedRound(
  match: Match,
  { batch, turn }: { readonly batch: number; readonly turn: number },
  number: number,
): Promise<MatchRound> {
  const bench = new Bench({ time: turn, iterations: 4, warmup: false, throws: true });
  const first = number % roles.length;
  for (const role of [...roles.slice(first), ...roles.slice(0, first)]) {
    bench.add(role, () => runOneByOne(match[role], batch), { async: true });
  }
  await bench.run();
  const perOperation = (role: Role): number => {
    const result = bench.getTask(role)?.result;
    if (result?.state !== 'completed') throw new Error(`${role} was not measured.`);
    // The median within the slice: one interruption by another process does not move it.
    return (result.latency.p50 * 1_000_000) / batch;
  };
  return {
    bare: perOperation('bare'),
    least: perOperation('least'),
    ours: perOperation('ours'),
    peer: perOperation('peer'),
  };
}

async function allocationRound(match: Match): Promise<MatchRound> {
  return {
    bare: await allocatedPerOperation(match.bare),
    least: await allocatedPerOperation(match.least),
    ours: await allocatedPerOperation(match.ours),
    peer: await allocatedPerOperation(match.peer),
  };
}

async function main({ match: name, measure, rounds: count }: MatchInput): Promise<void> {
  const match = await make(name);
  // Also lets the peers do what they do once, such as authExchange its initialisation.
  for (let turn = 0; turn < 4; turn += 1) {
    for (const role of roles) await runOneByOne(match[role], WARM_UP / 4);
  }
  const rounds: MatchRound[] = [];
  for (let number = 0; number < count; number += 1) {
    rounds.push(
      measure === 'time'
        ? await timedRound(match, matches[name], number)
        : await allocationRound(match),
    );
  }
  const synchronous = {
    bare: await isSynchronous(match.bare),
    least: await isSynchronous(match.least),
    ours: await isSynchronous(match.ours),
    peer: await isSynchronous(match.peer),
  };
  report({ rounds, synchronous } satisfies MatchReport);
}

await main(workerInput<MatchInput>());
