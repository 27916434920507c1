import type { FleetMeasures } from './fleet.ts';
import type { Measures } from './measures.ts';
import { BROKEN_NAME, normalLoad } from './stories.ts';
import type { Story } from './stories.ts';

/** One thing that Holdfast should reach in a story, and what it reached. */
export interface Goal {
  readonly text: string;
  readonly wanted: string;
  readonly measured: string;
  readonly met: boolean;
}

/**
 * The goals of a story.
 *
 * @param tanStack what came of it with TanStack Query's policy, where a goal speaks of that.
 */
export function goalsOf(story: Story, measures: Measures, tanStack: () => Measures): Goal[] {
  const { goals, clients } = story;
  const { query, mutation, failedNames, twice, early } = measures;
  const all = [atMost('mutations run twice', twice, 0)];
  const add = (text: string, value: number, most: number | undefined, show = plain): void => {
    if (most !== undefined) all.push(atMost(text, value, most, show));
  };
  add('queries failed', query.share, goals.queries, percent);
  add('mutations failed', mutation.share, goals.mutations, percent);
  if (goals.better === true) {
    const theirs = tanStack().query.share;
    const wanted = `< ${percent(theirs)}, TanStack Query`;
    all.push({ ...atMost('queries failed', query.share, theirs, percent), wanted });
  }
  if (goals.spared === true) {
    const others = [...failedNames].filter(([name]) => name !== BROKEN_NAME);
    const count = others.reduce((sum, [, failed]) => sum + failed, 0);
    all.push(atMost('other operations failed', count, 0));
  }
  add('requests an operation', measures.requestsPerOperation, goals.requests, twoDigits);
  add('normal loads in the busiest second', peakOf(story, measures), goals.peak, twoDigits);
  add('requests before the instant told', early, goals.early);
  add('token calls a client', measures.tokenCalls / clients, goals.tokenCalls, twoDigits);
  return all;
}

/** Of this many instances one may make a token call of its own: messages were lost on their way. */
const ONE_OF = 1_000;

/** The goals of a fleet. */
export function fleetGoals(measures: FleetMeasures): Goal[] {
  const { instances, operations, requests, cold, renewed, early, failed, open } = measures;
  const calls = Math.max(2, instances / ONE_OF);
  return [
    atMost('token calls from cold', cold, calls),
    atMost('token calls for a dead token', renewed, calls),
    atMost('requests an operation', requests / operations, 1.4, twoDigits),
    atMost('requests before the instant told', early, 0),
    atMost('operations failed', failed, 0),
    atMost('operations never answered', open, 0),
  ];
}

/** Requests in the busiest second, in normal loads. */
export function peakOf(story: Story, measures: Measures): number {
  return measures.busiestSecond / normalLoad(story);
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function plain(value: number): string {
  return String(value);
}

function twoDigits(value: number): string {
  return value.toFixed(2);
}

function atMost(
  text: string,
  value: number,
  most: number,
  show: (value: number) => string = plain,
): Goal {
  return { text, wanted: `≤ ${show(most)}`, measured: show(value), met: value <= most };
}
