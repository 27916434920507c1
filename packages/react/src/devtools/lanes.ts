import type { ResilienceEvent } from '@holdfast/core';
import { appended, KEPT, withLast } from './history.ts';
import type { GivenUp, Lane, Outcome, Span } from './history.ts';

/** The events of a single operation. */
export type OperationEvent = Extract<ResilienceEvent, { readonly operation: number }>;

/**
 * The lanes after one event of an operation. One that the list does not know, because it began before
 * anybody listened or was dropped, begins with this event.
 */
export function nextLanes(
  lanes: readonly Lane[],
  event: OperationEvent,
  keep: number,
): readonly Lane[] {
  const index = lanes.findLastIndex(({ id }) => id === event.operation);
  const { [index]: known } = lanes;
  if (known?.to !== undefined || (known === undefined && event.type === 'operation_ended')) {
    return lanes;
  }
  const lane = nextLane(known ?? begun(event), event);
  return known === undefined ? appended(roomFor(lanes, keep), lane, keep) : lanes.with(index, lane);
}

/** Whether who asked got data all the same: beside the error, or before it. */
export function broughtData({ failure, stopped }: Pick<GivenUp, 'failure' | 'stopped'>): boolean {
  return failure.partial === true || stopped === 'delivered_data';
}

/** Whether it ended with nothing for who asked. */
export function wasGivenUp({ to, outcome, broughtData: hasData }: Lane): boolean {
  return to !== undefined && outcome === 'failure' && hasData !== true;
}

function begun({ operation, kind, name, at }: OperationEvent): Lane {
  return { id: operation, kind, ...(name === undefined ? {} : { name }), from: at, spans: [] };
}

/** Who goes on is dropped last: a subscription is to be seen for as long as it lives. */
function roomFor(lanes: readonly Lane[], keep: number): readonly Lane[] {
  if (lanes.length < keep) return lanes;
  const over = lanes.findIndex(({ to }) => to !== undefined);
  return over < 0 ? lanes : lanes.toSpliced(over, 1);
}

function nextLane(lane: Lane, event: OperationEvent): Lane {
  const { at } = event;
  switch (event.type) {
    case 'attempt_started': {
      const { attempt, generation } = event;
      return begin(lane, { kind: 'attempt', from: at, attempt, generation });
    }
    case 'attempt_ended':
      return endAttempt(lane, event);
    case 'wait': {
      const { reason, attempt, until } = event;
      return begin(lane, { kind: reason, from: at, attempt, until });
    }
    case 'gave_up':
      return { ...lane, stopped: event.stopped, broughtData: broughtData(event) };
    case 'operation_ended': {
      const spans = settled(lane.spans, at, 'cancelled');
      const to = Math.max(at, lane.from, spans.at(-1)?.to ?? at);
      return { ...lane, to, outcome: event.outcome, spans };
    }
    default:
      return lane;
  }
}

/** An operation does one thing at a time: what it did before is over. */
function begin(lane: Lane, span: Span): Lane {
  const spans = settled(lane.spans, span.from, 'cancelled');
  return { ...lane, spans: appended(spans, span, KEPT.spans) };
}

function endAttempt(lane: Lane, event: OperationEvent & { readonly type: 'attempt_ended' }): Lane {
  const { at, attempt, outcome, failure } = event;
  const last = lane.spans.at(-1);
  if (last?.kind !== 'attempt' || last.to !== undefined || last.attempt !== attempt) return lane;
  const over: Span = { ...last, to: Math.max(at, last.from), outcome, failure };
  return { ...lane, spans: withLast(lane.spans, over) };
}

/** Only the last span can be going on. */
function settled(spans: readonly Span[], at: number, outcome: Outcome): readonly Span[] {
  const last = spans.at(-1);
  if (last === undefined || last.to !== undefined) return spans;
  const over = { ...last, to: Math.max(at, last.from) };
  return withLast(spans, last.kind === 'attempt' ? { ...over, outcome } : over);
}
