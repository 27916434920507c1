import { startFaultServer } from '@holdfast/testing';
import type { FaultServerOptions } from '@holdfast/testing';
import { judge, together } from './observed.ts';
import type { Check, Seen, Verdict } from './observed.ts';
import type { Outcome } from './outcome.ts';
import { withOwnWallClock } from './sleep.ts';
import type { Setting, Stack } from './stack.ts';
import { pause, Stage } from './stage.ts';
import { countingUncaught } from './uncaught.ts';

/** A trouble, and what is expected of everybody who meets it. */
export interface Scenario {
  readonly title: string;
  /** Rules of docs/behaviour.md that the expectation stands on. */
  readonly rules: readonly string[];
  /** What happens, what is expected and why. Markdown. */
  readonly story: string;
  /** Beside tokens that are checked and answered with UNAUTHENTICATED under HTTP 200. */
  readonly server?: FaultServerOptions;
  readonly setting?: Pick<
    Setting,
    'attemptTimeout' | 'refreshTimeout' | 'longestHint' | 'throwing'
  >;
  readonly checks: readonly Check[];
  /** Nothing to see for a stack that reads no answers: it takes no part. */
  readonly onlyAnswersTell?: true;
  /** So much at once that other runs beside it would slow it down until nothing happens. */
  readonly alone?: true;
  /** How often it is played, each time on a stage of its own. Default 1. */
  readonly rounds?: number;
  /** @param round from 0. */
  play(stage: Stage, round: number): Promise<readonly Outcome[]>;
}

/** Long enough for the last stray error and the last stray request of an operation that has settled. */
const AFTERMATH = 100;

/** One scenario on one stack. */
export function run(scenario: Scenario, stack: Stack): Promise<Verdict> {
  return countingUncaught(async (uncaught) => {
    const rounds = Array.from({ length: scenario.rounds ?? 1 }, (_, round) =>
      playRound(scenario, stack, round),
    );
    return judge(scenario.checks, together(await Promise.all(rounds), uncaught()));
  });
}

/** With a server of its own. */
function playRound(scenario: Scenario, stack: Stack, round: number): Promise<Seen> {
  return withOwnWallClock(() => playOnStage(scenario, stack, round));
}

async function playOnStage(scenario: Scenario, stack: Stack, round: number): Promise<Seen> {
  const server = await startFaultServer({ auth: true, ...scenario.server });
  const stage = new Stage(server, (application) =>
    stack.start({ url: server.url, application, ...scenario.setting }),
  );
  try {
    const outcomes = await scenario.play(stage, round);
    await pause(AFTERMATH);
    return stage.observe(outcomes);
  } finally {
    await stage.end();
  }
}
