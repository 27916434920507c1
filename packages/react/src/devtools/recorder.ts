import type { Readable, Resilience, Unsubscribe } from '@holdfast/core';
import { emptyHistory, KEPT_OPERATIONS } from './history.ts';
import type { History, HistoryEvent } from './history.ts';
import { nextHistory } from './next-history.ts';
import { soon } from './soon.ts';

export interface HistoryOptions {
  /** How many operations are kept; 1 to 5,000. Default 300. */
  readonly keep?: number | undefined;
}

/** A history that grows with what it is told. */
export interface HistoryRecorder extends Readable<History> {
  record(event: HistoryEvent): void;
  /** Forgets everything. */
  clear(): void;
  /** Leaves no listener and no timer (E3); what is recorded stays readable. */
  dispose(): void;
}

/**
 * A history to be filled by hand, for what has no instance to listen to. Listeners are told at most ten
 * times a second, with a frame, however much happens.
 *
 * @throws RangeError where `keep` is no whole number from 1 to 5,000.
 *
 * @example
 * const history = createHistory();
 * history.record({ type: 'operation_started', at: Date.now(), operation: 1, kind: 'query', name: 'Orders' });
 */
export function createHistory({ keep = KEPT_OPERATIONS }: HistoryOptions = {}): HistoryRecorder {
  if (!Number.isInteger(keep) || keep < 1 || keep > 5_000) {
    throw new RangeError(`keep is ${String(keep)}; give a whole number from 1 to 5000.`);
  }
  let history = emptyHistory;
  let cancel: (() => void) | undefined;
  const listeners = new Set<{ readonly tell: () => void }>();
  const changed = (next: History): void => {
    if (next === history) return;
    history = next;
    if (listeners.size === 0) return;
    cancel ??= soon(() => {
      cancel = undefined;
      for (const listener of Array.from(listeners)) {
        if (listeners.has(listener)) listener.tell();
      }
    });
  };
  const rest = (): void => {
    cancel?.();
    cancel = undefined;
  };
  return {
    get: () => history,
    subscribe: (tell): Unsubscribe => {
      const own = { tell };
      listeners.add(own);
      return () => {
        listeners.delete(own);
        if (listeners.size === 0) rest();
      };
    },
    record: (event) => changed(nextHistory(history, event, keep)),
    clear: () => changed(emptyHistory),
    dispose: () => {
      listeners.clear();
      rest();
    },
  };
}

/**
 * Records what happens to an instance, from now on and until `dispose`. It fits `useSyncExternalStore`.
 *
 * An app may run for days with it: what is kept is bounded, and so is what an event costs.
 *
 * @throws RangeError where `keep` is no whole number from 1 to 5,000.
 *
 * @example
 * const history = recordHistory(resilience);
 * const shown = useSyncExternalStore(history.subscribe, history.get, history.get);
 */
export function recordHistory(
  resilience: Resilience,
  options: HistoryOptions = {},
): HistoryRecorder {
  const recorder = createHistory(options);
  const stop = follow(resilience, recorder);
  return {
    ...recorder,
    dispose: () => {
      stop();
      recorder.dispose();
    },
  };
}

/** Feeds a recorder from an instance; the returned function stops that. */
export function follow(resilience: Resilience, { record }: HistoryRecorder): Unsubscribe {
  const { session, limits, clock } = resilience;
  let { generation } = session.get();
  const note = (): void => record({ type: 'session_moved', at: clock.wall(), generation });
  if (generation > 0) note();
  for (const { scope, until, reason } of limits.get()) {
    const failure = reason === 'outage' ? 'unavailable' : 'rate_limited';
    record({ type: 'scope_closed', at: clock.wall(), scope, reason, until, failure });
  }
  const ends = [
    resilience.subscribe(record),
    // Tokens that another tab fetched, or that were read at the start, come without an event.
    session.subscribe(() => {
      const { generation: now } = session.get();
      if (now === generation) return;
      generation = now;
      note();
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
