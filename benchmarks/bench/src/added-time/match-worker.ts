import type { Round } from '../statistics.ts';
import { report, workerInput } from '../worker.ts';
import { burst, roles } from './contender.ts';
import type { Match, Role } from './contender.ts';
import { matches } from './matches.ts';
import type { MatchName } from './matches.ts';

export interface MatchInput {
  readonly match: MatchName;
  readonly rounds: number;
}

/** Operations that are started in one go: what one timing takes together. */
const BURST = 10_000;

/** Bursts of each contender before anything counts. */
const WARM_UP = 4;

/** Each is loaded where it is asked for only: urql's code does not warm up beside Apollo's. */
async function make(name: MatchName): Promise<Match> {
  const { client, answers } = matches[name];
  if (client === 'urql') return (await import('./urql.ts')).urqlMatch(answers);
  return (await import('./apollo.ts')).apolloMatch(answers);
}

/**
 * All in turn; who begins changes from round to round. Nothing is collected on purpose in between: a full
 * collection lets optimized code go whose objects have all died, and would be what is timed.
 */
async function timedRound(match: Match, number: number): Promise<Round> {
  const nanoseconds = { bare: 0, ours: 0, peer: 0 } satisfies Record<Role, number>;
  for (let turn = 0; turn < roles.length; turn += 1) {
    const role = roles[(number + turn) % roles.length] ?? 'bare';
    const began = performance.now();
    await burst(match[role], BURST);
    nanoseconds[role] = ((performance.now() - began) * 1_000_000) / BURST;
  }
  return nanoseconds;
}

async function main({ match: name, rounds: wanted }: MatchInput): Promise<void> {
  const match = await make(name);
  // Also lets the peers do what they do once, such as authExchange its initialisation.
  for (let turn = 0; turn < WARM_UP; turn += 1) {
    for (const role of roles) await burst(match[role], BURST);
  }
  const rounds: Round[] = [];
  for (let number = 0; number < wanted; number += 1) rounds.push(await timedRound(match, number));
  report(rounds);
}

await main(workerInput<MatchInput>());
