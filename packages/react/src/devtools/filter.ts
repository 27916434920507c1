import type { ActivityState, OperationInfo } from '@holdfast/core';
import type { History, Lane, Second } from './history.ts';

type Named = Pick<OperationInfo, 'kind'> & { readonly name?: string | undefined };

/** Whether an operation is meant: each word is a part of its name or kind, whatever the case. */
export function isMeant({ name = '', kind }: Named, words: string): boolean {
  const own = `${name} ${kind}`.toLowerCase();
  return wordsOf(words).every((word) => own.includes(word));
}

/** What of the waiting operations is meant. */
export function meantActivity(activity: ActivityState, words: string): ActivityState {
  return wordsOf(words).length === 0 ? activity : activity.filter((each) => isMeant(each, words));
}

/**
 * The history of the operations that are meant. What concerns all of them, as tokens and limits do, stays.
 * Its numbers are those of the operations that are kept, where those of the whole are exact.
 */
export function meantHistory(history: History, words: string): History {
  if (wordsOf(words).length === 0) return history;
  const lanes = history.lanes.filter((lane) => isMeant(lane, words));
  const failures = history.failures.filter((failure) => isMeant(failure, words));
  return { ...history, lanes, failures, seconds: secondsOf(lanes, failures) };
}

function wordsOf(words: string): readonly string[] {
  return words.toLowerCase().split(/\s+/u).filter(Boolean);
}

type Counted = 'operations' | 'requests' | 'repeats' | 'failures';

function secondsOf(lanes: readonly Lane[], failures: History['failures']): readonly Second[] {
  const seconds = new Map<number, Second>();
  const count = (at: number, what: Counted): void => {
    const from = Math.floor(at / 1_000) * 1_000;
    const none = { from, operations: 0, requests: 0, repeats: 0, failures: 0 };
    const known = seconds.get(from) ?? none;
    seconds.set(from, { ...known, [what]: known[what] + 1 });
  };
  for (const { from, spans } of lanes) {
    count(from, 'operations');
    for (const span of spans.filter(({ kind }) => kind === 'attempt')) {
      count(span.from, 'requests');
      if ((span.attempt ?? 1) > 1) count(span.from, 'repeats');
    }
  }
  for (const { at } of failures) count(at, 'failures');
  return [...seconds.values()].sort((one, other) => one.from - other.from);
}
