import type { ResilienceEvent } from '@holdfast/core';
import { emptyHistory } from './history.ts';
import type { History, HistoryEvent } from './history.ts';
import { nextHistory } from './next-history.ts';

type Fields<T extends HistoryEvent['type']> = Omit<
  Extract<HistoryEvent, { readonly type: T }>,
  'type' | 'at'
>;

/** An event at an instant, in milliseconds. */
export function at<T extends HistoryEvent['type']>(
  instant: number,
  type: T,
  fields: Fields<T>,
): HistoryEvent {
  return { type, at: instant, ...fields } as unknown as HistoryEvent;
}

export function historyOf(events: readonly HistoryEvent[], keep?: number): History {
  return events.reduce((history, event) => nextHistory(history, event, keep), emptyHistory);
}

const UNAVAILABLE = { kind: 'unavailable', status: 503 } as const;
const REJECTED = { kind: 'unauthenticated', code: 'UNAUTHENTICATED' } as const;

/** What an operation is called in its events. */
export function operation(
  id: number,
  name?: string,
  kind: 'query' | 'mutation' | 'subscription' = 'query',
): Pick<Extract<ResilienceEvent, { operation: number }>, 'operation' | 'kind' | 'name'> {
  return { operation: id, kind, ...(name === undefined ? {} : { name }) };
}

/** Thirty seconds with everything that a timeline can show, ending at an instant. */
export function busyHistory(end: number): History {
  const time = (seconds: number): number => end - 30_000 + seconds * 1000;
  const subscription = operation(1, 'Ticks', 'subscription');
  const rejected = operation(2, 'Me');
  const flaky = operation(3, 'CredentialTemplatesOfTheWholeTenantWithPreviews');
  const order = operation(4, 'PlaceOrder', 'mutation');
  const upload = operation(5, 'Upload', 'mutation');
  const held = operation(6, 'Rename', 'mutation');
  const first = { attempt: 1, generation: 1 };
  const scope = 'https://api.example.com/graphql';
  const polls = Array.from({ length: 60 }, (_, index) => {
    const poll = operation(100 + index, 'Poll');
    const from = time(18) + index * 100;
    return [
      at(from, 'operation_started', poll),
      at(from, 'attempt_started', { ...poll, attempt: 1, generation: 2 }),
      at(from + 60, 'attempt_ended', { ...poll, attempt: 1, outcome: 'success' }),
      at(from + 60, 'operation_ended', { ...poll, attempts: 1, outcome: 'success' }),
    ];
  }).flat();
  return historyOf([
    at(time(-9), 'session_moved', { generation: 1 }),
    at(time(1), 'operation_started', subscription),
    at(time(1), 'attempt_started', { ...subscription, ...first }),
    at(time(1.3), 'attempt_ended', { ...subscription, attempt: 1, outcome: 'success' }),
    at(time(2), 'operation_started', rejected),
    at(time(2), 'attempt_started', { ...rejected, ...first }),
    at(time(2.4), 'attempt_ended', {
      ...rejected,
      attempt: 1,
      outcome: 'failure',
      failure: REJECTED,
    }),
    at(time(2.4), 'refresh_started', { reason: 'rejected', generation: 1 }),
    at(time(2.4), 'wait', { ...rejected, attempt: 2, reason: 'refresh' }),
    at(time(4), 'refresh_succeeded', { generation: 2, tries: 1 }),
    at(time(4), 'attempt_started', { ...rejected, attempt: 2, generation: 2 }),
    at(time(4.5), 'attempt_ended', { ...rejected, attempt: 2, outcome: 'success' }),
    at(time(4.5), 'operation_ended', { ...rejected, attempts: 2, outcome: 'success' }),
    at(time(6), 'operation_started', flaky),
    at(time(6), 'attempt_started', { ...flaky, attempt: 1, generation: 2 }),
    at(time(6.2), 'attempt_ended', {
      ...flaky,
      attempt: 1,
      outcome: 'failure',
      failure: UNAVAILABLE,
    }),
    at(time(6.2), 'wait', { ...flaky, attempt: 2, reason: 'backoff', until: time(7) }),
    at(time(7), 'attempt_started', { ...flaky, attempt: 2, generation: 2 }),
    at(time(7.4), 'attempt_ended', { ...flaky, attempt: 2, outcome: 'cancelled' }),
    at(time(7.4), 'operation_ended', { ...flaky, attempts: 2, outcome: 'cancelled' }),
    at(time(9), 'operation_started', order),
    at(time(9), 'attempt_started', { ...order, attempt: 1, generation: 2 }),
    at(time(9.5), 'attempt_ended', {
      ...order,
      attempt: 1,
      outcome: 'failure',
      failure: UNAVAILABLE,
    }),
    at(time(9.5), 'gave_up', {
      ...order,
      attempt: 1,
      failure: UNAVAILABLE,
      advice: 'Look it up.',
      stopped: 'unsafe_mutation',
    }),
    at(time(9.5), 'operation_ended', { ...order, attempts: 1, outcome: 'failure' }),
    at(time(14), 'scope_closed', {
      scope,
      reason: 'outage',
      until: time(15),
      failure: 'unavailable',
    }),
    at(time(14.2), 'operation_started', held),
    at(time(14.2), 'wait', { ...held, attempt: 1, reason: 'outage', until: time(15) }),
    at(time(17), 'scope_opened', { scope, reason: 'outage' }),
    at(time(17), 'attempt_started', { ...held, attempt: 1, generation: 2 }),
    at(time(17.3), 'attempt_ended', { ...held, attempt: 1, outcome: 'success' }),
    at(time(17.3), 'operation_ended', { ...held, attempts: 1, outcome: 'success' }),
    ...polls,
    at(time(26), 'refresh_started', { reason: 'expiring', generation: 2 }),
    at(time(26.5), 'refresh_failed', { failure: UNAVAILABLE, tries: 3, retryable: true }),
    at(time(28), 'scope_closed', {
      scope,
      reason: 'rate_limit',
      until: time(35),
      failure: 'rate_limited',
    }),
    at(time(28), 'operation_started', upload),
    at(time(28), 'wait', { ...upload, attempt: 1, reason: 'rate_limit', until: time(35) }),
  ]);
}
