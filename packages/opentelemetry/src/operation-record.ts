import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import type { FailureSummary, ResilienceEvents, WaitReason } from '@holdfast/core';
import type { Instruments } from './instruments.ts';

type Started = ResilienceEvents['operation_started'];
type Ended = ResilienceEvents['operation_ended'];
type AttemptEnded = ResilienceEvents['attempt_ended'];
type GaveUp = ResilienceEvents['gave_up'];

/** What began and has not ended: its span, and when it began in epoch milliseconds. */
interface Open {
  readonly span: Span;
  readonly at: number;
}

/**
 * One operation, from its start to its end: a span, with one below it for each attempt and each wait. Instants
 * are those of the events, epoch milliseconds.
 */
export class OperationRecord {
  /** What is active while its present attempt is sent: the attempt's span, within the caller's context. */
  context: Context;
  readonly #tracer: Tracer;
  readonly #instruments: Instruments;
  /** Of all its metrics. */
  readonly #common: Attributes;
  readonly #own: Context;
  readonly #whole: Open;
  #attempt: Open | undefined;
  #wait: (Open & { readonly reason: WaitReason }) | undefined;
  #gaveUp: GaveUp | undefined;

  /** @param named what the instance's spans are told apart by. */
  constructor(
    tracer: Tracer,
    instruments: Instruments,
    named: Attributes,
    { kind, name, at }: Started & { readonly at: number },
  ) {
    this.#tracer = tracer;
    this.#instruments = instruments;
    this.#common = { ...named, 'graphql.operation.type': kind };
    const attributes: Attributes = { ...this.#common };
    if (name !== undefined) attributes['graphql.operation.name'] = name;
    const outer = context.active();
    const span = tracer.startSpan(
      name === undefined ? kind : `${kind} ${name}`,
      { kind: SpanKind.INTERNAL, startTime: new Date(at), attributes },
      outer,
    );
    this.#whole = { span, at };
    this.#own = trace.setSpan(outer, span);
    this.context = this.#own;
  }

  attemptStarted(attempt: number, at: number): void {
    this.waitEnded(at);
    const span = this.#tracer.startSpan(
      'attempt',
      {
        kind: SpanKind.CLIENT,
        startTime: new Date(at),
        attributes: { 'holdfast.attempt.number': attempt },
      },
      this.#own,
    );
    this.#attempt = { span, at };
    this.context = trace.setSpan(this.#own, span);
  }

  attemptEnded({ outcome, failure }: AttemptEnded, at: number): void {
    const open = this.#attempt;
    if (open === undefined) return;
    this.#attempt = undefined;
    this.context = this.#own;
    const attributes = { 'holdfast.outcome': outcome, ...errorOf(failure) };
    this.#instruments.attemptDuration.record(seconds(open, at), { ...this.#common, ...attributes });
    open.span.setAttributes({ ...attributes, ...detailsOf(failure) });
    if (isError(failure)) open.span.setStatus({ code: SpanStatusCode.ERROR });
    end(open, at);
  }

  waitStarted(reason: WaitReason, at: number): void {
    this.waitEnded(at);
    const span = this.#tracer.startSpan(
      `wait ${reason}`,
      { startTime: new Date(at), attributes: { 'holdfast.wait.reason': reason } },
      this.#own,
    );
    this.#wait = { span, at, reason };
  }

  /** Nothing says so by itself: the next that happens to the operation ends it. */
  waitEnded(at: number): void {
    const open = this.#wait;
    if (open === undefined) return;
    this.#wait = undefined;
    this.#instruments.waitDuration.record(seconds(open, at), {
      ...this.#common,
      'holdfast.wait.reason': open.reason,
    });
    end(open, at);
  }

  gaveUp(event: GaveUp, at: number): void {
    this.waitEnded(at);
    this.#gaveUp = event;
  }

  ended({ outcome, attempts }: Ended, at: number): void {
    this.waitEnded(at);
    const { span } = this.#whole;
    // A subscription may go on after an error that was delivered, and end well.
    const gaveUp = outcome === 'failure' ? this.#gaveUp : undefined;
    const attributes = { 'holdfast.outcome': outcome, ...errorOf(gaveUp?.failure) };
    this.#instruments.operationDuration.record(seconds(this.#whole, at), {
      ...this.#common,
      ...attributes,
    });
    span.setAttributes({
      ...attributes,
      ...detailsOf(gaveUp?.failure),
      'holdfast.attempts': attempts,
    });
    if (gaveUp !== undefined) {
      span.setAttribute('holdfast.stop_reason', gaveUp.stopped);
      const { advice } = gaveUp;
      const message = advice === '' ? {} : { message: advice };
      if (isError(gaveUp.failure)) span.setStatus({ code: SpanStatusCode.ERROR, ...message });
    }
    this.close(at);
  }

  /** Ends what is still open: no span is left behind, however the operation or the instrumentation ended. */
  close(at: number): void {
    for (const open of [this.#wait, this.#attempt, this.#whole]) {
      if (open !== undefined) end(open, at);
    }
    this.#wait = undefined;
    this.#attempt = undefined;
    this.context = this.#own;
  }
}

/** `error.type` is the failure's kind: one word of a fixed list, as the semantic conventions want it. */
export function errorOf(failure: FailureSummary | undefined): Attributes {
  return failure === undefined ? {} : { 'error.type': failure.kind };
}

/** What only a span may hold: a status is harmless, but a code is whatever a server makes up. */
function detailsOf(failure: FailureSummary | undefined): Attributes {
  const details: Attributes = {};
  if (failure?.status !== undefined) details['http.response.status_code'] = failure.status;
  if (failure?.code !== undefined) details['holdfast.failure.code'] = failure.code;
  return details;
}

/** Whoever ends an operation by an abort has had no error. */
function isError(failure: FailureSummary | undefined): boolean {
  return failure !== undefined && failure.kind !== 'aborted';
}

/** Not below 0: the wall clock may have been set back meanwhile. */
export function seconds(begun: { readonly at: number }, at: number): number {
  return Math.max(at - begun.at, 0) / 1_000;
}

function end({ span, at: begun }: Open, at: number): void {
  span.end(new Date(Math.max(begun, at)));
}
