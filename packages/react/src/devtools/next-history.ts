import type { ResilienceEvent } from '@holdfast/core';
import { appended, KEPT, KEPT_OPERATIONS, mended, withLast } from './history.ts';
import type {
  ClosureSpan,
  GenerationStart,
  History,
  HistoryEvent,
  RefreshSpan,
  Second,
} from './history.ts';
import { broughtData, nextLanes } from './lanes.ts';

/**
 * The history after one more event: a pure function, whose cost and result are bounded (X4). Never throws,
 * and takes events in any order: one that does not fit changes nothing.
 *
 * @param keep How many operations to keep. Default 300.
 *
 * @example
 * const history = events.reduce((before, event) => nextHistory(before, event), emptyHistory);
 */
export function nextHistory(
  history: History,
  event: HistoryEvent,
  keep: number = KEPT_OPERATIONS,
): History {
  if (!Number.isFinite(event.at)) return history;
  if ('operation' in event) return withOperation(history, event, keep);
  const { at } = event;
  switch (event.type) {
    case 'refresh_started': {
      const refreshes = endRefresh(history.refreshes, at, { outcome: 'cancelled' });
      return { ...history, refreshes: appended(refreshes, { from: at }, KEPT.refreshes) };
    }
    case 'refresh_failed': {
      const { failure } = event;
      const refreshes = endRefresh(history.refreshes, at, { outcome: 'failure', failure });
      return { ...history, refreshes };
    }
    case 'refresh_succeeded':
    case 'session_moved': {
      const { generation } = event;
      const refreshes = endRefresh(history.refreshes, at, { outcome: 'success', generation });
      const generations = moved(history.generations, { generation, from: at });
      return { ...history, refreshes, generations };
    }
    case 'signed_in':
    case 'signed_out': {
      const refreshes = overtaken(history.refreshes, at, event.generation);
      const start = { generation: event.generation, from: at };
      const next = event.type === 'signed_in' ? start : { ...start, signedOut: true };
      return { ...history, refreshes, generations: moved(history.generations, next) };
    }
    case 'scope_closed':
      return { ...history, closures: closed(history.closures, event) };
    case 'scope_opened':
      return { ...history, closures: opened(history.closures, event.scope, at) };
    default:
      return history;
  }
}

function withOperation(
  history: History,
  event: Extract<ResilienceEvent, { readonly operation: number }>,
  keep: number,
): History {
  const lanes = nextLanes(history.lanes, event, keep);
  const { at, operation, kind, name } = event;
  switch (event.type) {
    case 'operation_started':
      return { ...history, lanes, seconds: counted(history.seconds, at, { operations: 1 }) };
    case 'attempt_started': {
      const { generation, attempt } = event;
      const start = { generation, from: at };
      const generations = generation > 0 ? moved(history.generations, start) : history.generations;
      const seconds = counted(history.seconds, at, { requests: 1, repeats: attempt > 1 ? 1 : 0 });
      return { ...history, lanes, generations, seconds };
    }
    case 'gave_up': {
      const { attempt: attempts, failure, advice, stopped } = event;
      const given = { at, operation, kind, name, attempts, failure, advice, stopped };
      const failures = appended(history.failures, given, KEPT.failures);
      return {
        ...history,
        lanes,
        failures,
        seconds: counted(history.seconds, at, { failures: broughtData(event) ? 0 : 1 }),
      };
    }
    default:
      return lanes === history.lanes ? history : { ...history, lanes };
  }
}

function endRefresh(
  refreshes: readonly RefreshSpan[],
  at: number,
  end: Pick<RefreshSpan, 'outcome' | 'generation' | 'failure'>,
): readonly RefreshSpan[] {
  const last = refreshes.at(-1);
  if (last === undefined || last.to !== undefined) return refreshes;
  return withLast(refreshes, { ...last, ...end, to: Math.max(at, last.from) });
}

/** A refresh that a sign-in or sign-out overtook, even where that was noted before it was told of (T11). */
function overtaken(
  refreshes: readonly RefreshSpan[],
  at: number,
  generation: number,
): readonly RefreshSpan[] {
  const last = refreshes.at(-1);
  if (last?.to === undefined || last.generation !== generation) {
    return endRefresh(refreshes, at, { outcome: 'cancelled' });
  }
  return withLast(refreshes, { from: last.from, to: last.to, outcome: 'cancelled' });
}

/** Tokens are only replaced by newer ones: what tells of older or the same says nothing new. */
function moved(
  generations: readonly GenerationStart[],
  next: GenerationStart,
): readonly GenerationStart[] {
  const last = generations.at(-1);
  if (last !== undefined && next.generation <= last.generation) return generations;
  const from = Math.max(next.from, last?.from ?? next.from);
  return appended(generations, { ...next, from }, KEPT.generations);
}

function closed(
  closures: readonly ClosureSpan[],
  { scope, reason, at, until }: ResilienceEvent & { readonly type: 'scope_closed' },
): readonly ClosureSpan[] {
  const twin = closures.findLast((closure) => closure.scope === scope);
  const isOpen = twin === undefined || twin.to !== undefined || (twin.until ?? at) < at;
  if (reason === 'outage') {
    if (!isOpen && twin.reason === reason) return closures;
    return appended(opened(closures, scope, at), { scope, reason, from: at }, KEPT.closures);
  }
  const end = Number.isFinite(until) ? Math.max(until, at) : at;
  // One that is closed already stays closed for longer; one that opened by itself is another.
  if (!isOpen && twin.reason === reason) {
    const longer = Math.max(twin.until ?? end, end);
    return mended(
      closures,
      (closure) => closure === twin,
      () => ({ ...twin, until: longer }),
    );
  }
  const next = { scope, reason, from: at, until: end };
  return appended(opened(closures, scope, at), next, KEPT.closures);
}

function opened(
  closures: readonly ClosureSpan[],
  scope: string,
  at: number,
): readonly ClosureSpan[] {
  return mended(
    closures,
    (closure) => closure.scope === scope && closure.to === undefined,
    (closure) => ({
      ...closure,
      to: Math.max(closure.from, Math.min(at, closure.until ?? Infinity)),
    }),
  );
}

/** Counts into the second of an instant. */
function counted(
  seconds: readonly Second[],
  at: number,
  more: Partial<Omit<Second, 'from'>>,
): readonly Second[] {
  const from = Math.floor(at / 1000) * 1000;
  const last = seconds.at(-1);
  // A clock that was set back: what lies ahead of it now is not the past.
  if (last !== undefined && last.from > from) {
    return counted(
      seconds.filter((second) => second.from <= from),
      at,
      more,
    );
  }
  const { operations, requests, repeats, failures } =
    last?.from === from ? last : { operations: 0, requests: 0, repeats: 0, failures: 0 };
  const next = {
    from,
    operations: operations + (more.operations ?? 0),
    requests: requests + (more.requests ?? 0),
    repeats: repeats + (more.repeats ?? 0),
    failures: failures + (more.failures ?? 0),
  };
  return last?.from === from ? withLast(seconds, next) : appended(seconds, next, KEPT.seconds);
}
