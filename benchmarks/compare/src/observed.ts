import type { RecordedRequest } from '@holdfast/testing';
import type { Outcome } from './outcome.ts';

/** What one round of a scenario left behind. */
export interface Seen {
  readonly outcomes: readonly Outcome[];
  readonly requests: readonly RecordedRequest[];
  /** After the token to start with. */
  readonly tokenCalls: number;
  /** How often each root field ran on the server. */
  readonly executions: Readonly<Record<string, number>>;
  /** Requests that came while the server had said not to. */
  readonly tooEarly: readonly RecordedRequest[];
  /** Requests that came after the caller had given up. */
  readonly afterwards: readonly RecordedRequest[];
}

/** What a scenario left behind in all its rounds, for its checks to judge. */
export interface Observed extends Seen {
  /** Errors that nobody caught: unhandled rejections, exceptions of timers. */
  readonly uncaught: number;
}

/** Several rounds as one. */
export function together(rounds: readonly Seen[], uncaught: number): Observed {
  const executions: Record<string, number> = {};
  for (const [field, times] of rounds.flatMap((round) => Object.entries(round.executions))) {
    executions[field] = (executions[field] ?? 0) + times;
  }
  return {
    outcomes: rounds.flatMap(({ outcomes }) => outcomes),
    requests: rounds.flatMap(({ requests }) => requests),
    tokenCalls: rounds.reduce((sum, { tokenCalls }) => sum + tokenCalls, 0),
    executions,
    tooEarly: rounds.flatMap(({ tooEarly }) => tooEarly),
    afterwards: rounds.flatMap(({ afterwards }) => afterwards),
    uncaught,
  };
}

/** What one check says. */
export interface Finding {
  readonly met: boolean;
  /** A few plain words without a number that differs from run to run; empty: nothing worth saying. */
  readonly seen: string;
  /** Not met, and what else was seen depends on chance: the other checks are left out. */
  readonly decides?: boolean;
}

/** An expectation of a scenario, the same for every stack. */
export type Check = (observed: Observed) => Finding;

/** How a stack came through a scenario. */
export interface Verdict {
  readonly met: boolean;
  readonly seen: string;
}

/** E4 is checked everywhere: nothing may be left unhandled. */
export function judge(checks: readonly Check[], observed: Observed): Verdict {
  const findings: Finding[] = [];
  for (const check of checks) {
    const finding = check(observed);
    findings.push(finding);
    if (finding.decides === true) break;
  }
  if (observed.uncaught > 0) findings.push({ met: false, seen: 'an error left unhandled' });
  const words = findings.map(({ seen }) => seen).filter((seen) => seen !== '');
  return { met: findings.every(({ met }) => met), seen: words.join(', ') };
}
