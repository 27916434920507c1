import type { Verdict } from './observed.ts';
import type { ChapterResult } from './result.ts';
import { run } from './scenario.ts';
import type { Scenario } from './scenario.ts';
import type { Chapter } from './scenarios/all.ts';
import type { Stack } from './stack.ts';
import { pause } from './stage.ts';

interface Run {
  readonly scenario: Scenario;
  readonly stack: Stack;
}

/** So many at once: they wait most of the time. */
const AT_ONCE = 24;

/** Milliseconds by which a timer may be late in a process that keeps up. */
const LATE = 20;

/** So many timers in a row have to be in time, and so many are tried at most. */
const IN_TIME = 3;
const TRIES = 40;

/** Plays every scenario on every stack that takes part, each with a server of its own, several at once. */
export async function play(
  chapters: readonly Chapter[],
  ended: (done: number, of: number) => void,
): Promise<ChapterResult[]> {
  const runs = chapters.flatMap(runsOf);
  const verdicts = new Map<Scenario, Map<Stack, Verdict>>();
  const waiting = runs.filter(({ scenario }) => scenario.alone !== true).values();
  let done = 0;
  let started: Promise<void> = Promise.resolve();
  const playOne = async ({ scenario, stack }: Run): Promise<void> => {
    started = started.then(calm);
    await started;
    const verdict = await run(scenario, stack);
    const known = verdicts.get(scenario) ?? new Map<Stack, Verdict>();
    verdicts.set(scenario, known.set(stack, verdict));
    done += 1;
    ended(done, runs.length);
  };
  const worker = async (): Promise<void> => {
    for (const one of waiting) await playOne(one);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  for (const one of runs.filter(({ scenario }) => scenario.alone === true)) await playOne(one);
  return chapters.map((chapter) => ({
    chapter,
    results: chapter.scenarios.map((scenario) => ({
      scenario,
      verdicts: verdicts.get(scenario) ?? new Map<Stack, Verdict>(),
    })),
  }));
}

/**
 * Settles when the process keeps up, or a busy machine leaves no hope of that. One run begins at a time, so
 * that a hundred queries at once delay nobody else: what is late here would look like a slow stack.
 */
async function calm(): Promise<void> {
  let inTime = 0;
  for (let tries = 0; inTime < IN_TIME && tries < TRIES; tries += 1) {
    const began = performance.now();
    await pause(LATE);
    inTime = performance.now() - began < 2 * LATE ? inTime + 1 : 0;
  }
}

function runsOf({ scenarios, stacks }: Chapter): Run[] {
  return scenarios.flatMap((scenario) =>
    stacks
      .filter(({ readsAnswers }) => readsAnswers || scenario.onlyAnswersTell !== true)
      .map((stack) => ({ scenario, stack })),
  );
}
