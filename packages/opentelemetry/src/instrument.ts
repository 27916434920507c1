import { context, metrics, trace } from '@opentelemetry/api';
import type { Attributes, Meter, Tracer } from '@opentelemetry/api';
import { checkInstance, optionError } from '@holdfast/core';
import type {
  OperationInfo,
  Receiver,
  Resilience,
  ResilienceEvent,
  Transport,
  Unsubscribe,
} from '@holdfast/core';
import { instrumentsOf } from './instruments.ts';
import type { Instruments } from './instruments.ts';
import { errorOf, OperationRecord, seconds } from './operation-record.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** The instrumentation scope of what is made here. */
const SCOPE = '@holdfast/opentelemetry';
const VERSION = '0.1.0';

export interface InstrumentOptions {
  /** Where metrics go. Default: that of the global meter provider at the time of the call. */
  readonly meter?: Meter | undefined;
  /** Where spans go. Default: that of the global tracer provider, which may also be set later. */
  readonly tracer?: Tracer | undefined;
  /**
   * Tells instances of one process apart: the attribute `holdfast.name` of all metrics and of each operation's
   * span. One of a few fixed names (`breeze`, `shop`), not one for each user. Default: no such attribute.
   */
  readonly name?: string | undefined;
}

/**
 * Reports what happens in an instance as OpenTelemetry metrics and spans, until it is disposed of or what is
 * returned is called; then all spans that are still open end. Metrics hold no operation names, ids, scopes,
 * tokens or variables. Operations that began before have no span and no duration; what they send, wait for
 * and fail with from now on is counted.
 *
 * While it lasts, `execute` and `dispose` of the instance are wrapped, so that a request is sent in the context
 * of its attempt's span.
 *
 * @returns what ends it.
 * @throws TypeError in development builds, where it is given no instance, or an option that is not what it should be, in
 *   one sentence.
 *
 * @example
 * const resilience = createResilience({ auth: { refresh } });
 * const stop = instrument(resilience, { name: 'shop' });
 */
export function instrument(resilience: Resilience, options: InstrumentOptions = {}): Unsubscribe {
  checkInstance(resilience, 'instrument');
  if (process.env.NODE_ENV !== 'production') checkOptions(options);
  const { name } = options;
  const named: Attributes = name === undefined ? {} : { 'holdfast.name': name };
  const meter = options.meter ?? metrics.getMeter(SCOPE, VERSION);
  const tracer = options.tracer ?? trace.getTracer(SCOPE, VERSION);
  const reporter = new Reporter(instrumentsOf(meter), tracer, named);
  const endings = [
    instrumentsOf(meter).observe(resilience, named),
    resilience.subscribe((event) => reporter.report(event)),
    replace(resilience, 'execute', (execute) => (operation, transport, receiver) => {
      return reporter.execute(execute, operation, transport, receiver);
    }),
    replace(resilience, 'dispose', (dispose) => () => {
      dispose();
      stop();
    }),
  ];
  const stop = (): void => {
    for (const ending of endings.splice(0)) ending();
    reporter.close(resilience.clock.wall());
  };
  return stop;
}

/** Waits to hear which operation `execute` has begun. */
interface Beginning {
  record: OperationRecord | undefined;
}

/** Turns the events of one instance into metrics and spans. */
class Reporter {
  readonly #instruments: Instruments;
  readonly #tracer: Tracer;
  readonly #named: Attributes;
  /** The operations that are under way, by their numbers. */
  readonly #records = new Map<number, OperationRecord>();
  /** Of the innermost `execute` that has not yet told of its operation. */
  #beginning: Beginning | undefined;
  #refreshing: { readonly at: number; readonly reason: string } | undefined;

  constructor(instruments: Instruments, tracer: Tracer, named: Attributes) {
    this.#instruments = instruments;
    this.#tracer = tracer;
    this.#named = named;
  }

  /**
   * Runs an operation so that each of its attempts is sent within its own span's context, by whatever timer: the
   * instrumentation of the HTTP client finds it there, and one timer serves the operations of many callers.
   */
  execute<R>(
    execute: Resilience['execute'],
    operation: OperationInfo,
    transport: Transport<R>,
    receiver: Receiver<R>,
  ): () => void {
    const mine: Beginning = { record: undefined };
    const outer = this.#beginning;
    this.#beginning = mine;
    const { again } = transport;
    const within: Transport<R> = {
      send(attempt, to) {
        const { record } = mine;
        if (record === undefined) return transport.send(attempt, to);
        return context.with(record.context, () => transport.send(attempt, to));
      },
      read: (result) => transport.read(result),
      ...(again !== undefined && { again: (failure) => again.call(transport, failure) }),
    };
    try {
      return execute(operation, within, receiver);
    } finally {
      this.#beginning = outer;
    }
  }

  report(event: ResilienceEvent): void {
    const { at } = event;
    const to = this.#instruments;
    switch (event.type) {
      case 'operation_started': {
        const record = new OperationRecord(this.#tracer, to, this.#named, event);
        this.#records.set(event.operation, record);
        if (this.#beginning !== undefined) this.#beginning.record = record;
        this.#beginning = undefined;
        return to.operations.add(1, this.#of(event));
      }
      case 'attempt_started':
        this.#records.get(event.operation)?.attemptStarted(event.attempt, at);
        return to.attempts.add(1, this.#of(event));
      case 'attempt_ended':
        return this.#records.get(event.operation)?.attemptEnded(event, at);
      case 'retry':
        return to.retries.add(1, {
          ...this.#of(event),
          ...errorOf(event.failure),
          'holdfast.retry.fresh_token': event.fresh,
        });
      case 'wait':
        this.#records.get(event.operation)?.waitStarted(event.reason, at);
        return to.waits.add(1, { ...this.#of(event), 'holdfast.wait.reason': event.reason });
      case 'gave_up':
        this.#records.get(event.operation)?.gaveUp(event, at);
        return to.failures.add(1, {
          ...this.#of(event),
          ...errorOf(event.failure),
          'holdfast.stop_reason': event.stopped,
        });
      case 'operation_ended':
        this.#records.get(event.operation)?.ended(event, at);
        this.#records.delete(event.operation);
        return;
      default:
        return this.#reportOfAll(event);
    }
  }

  /** What concerns all operations of the instance. */
  #reportOfAll(event: ResilienceEvent): void {
    const to = this.#instruments;
    const named = this.#named;
    switch (event.type) {
      case 'refresh_started': {
        const { at, reason } = event;
        this.#refreshing = { at, reason };
        return to.refreshes.add(1, { ...named, 'holdfast.refresh.reason': reason });
      }
      case 'refresh_succeeded':
        return this.#refreshed(event.at, { 'holdfast.outcome': 'success' });
      case 'refresh_failed': {
        const { at, failure } = event;
        return this.#refreshed(at, { 'holdfast.outcome': 'failure', ...errorOf(failure) });
      }
      case 'scope_closed':
        return to.closures.add(1, {
          ...named,
          'holdfast.closed.reason': event.reason,
          'error.type': event.failure,
        });
      case 'budget_empty':
        return to.budgetEmpty.add(1, named);
      case 'signed_in':
      case 'signed_out':
        return to.sessionChanges.add(1, { ...named, 'holdfast.session.change': event.type });
      case 'tokens_unreadable':
        return to.callbackFailures.add(1, { ...named, 'holdfast.callback': 'auth.tokens' });
      case 'callback_failed':
        return to.callbackFailures.add(1, { ...named, 'holdfast.callback': event.callback });
      default:
        return;
    }
  }

  /** One that a sign-in or a sibling's tokens have overtaken ends without a word, and has no duration. */
  #refreshed(at: number, outcome: Attributes): void {
    const begun = this.#refreshing;
    if (begun === undefined) return;
    this.#refreshing = undefined;
    this.#instruments.refreshDuration.record(seconds(begun, at), {
      ...this.#named,
      'holdfast.refresh.reason': begun.reason,
      ...outcome,
    });
  }

  /** Ends every span that is still open. */
  close(at: number): void {
    for (const record of this.#records.values()) record.close(at);
    this.#records.clear();
  }

  #of({ kind }: Pick<OperationInfo, 'kind'>): Attributes {
    return { ...this.#named, 'graphql.operation.type': kind };
  }
}

/**
 * Puts a method in the place of an instance's own, until what is returned is called. Whoever has put another in
 * its place meanwhile keeps it, and this one then does nothing but hand on. An instance that was frozen keeps
 * its own: its requests are then sent in whatever context there is.
 */
function replace<K extends 'execute' | 'dispose'>(
  resilience: Resilience,
  key: K,
  make: (own: Resilience[K]) => Resilience[K],
): () => void {
  const own = resilience[key];
  const made = make(own);
  let current = made;
  const method = ((...given: Parameters<Resilience[K]>) =>
    (current as (...values: readonly unknown[]) => unknown)(...given)) as Resilience[K];
  Reflect.set(resilience, key, method);
  return () => {
    current = own;
    if (resilience[key] === method) Reflect.set(resilience, key, own);
  };
}

function checkOptions(options: InstrumentOptions): void {
  const refuse = (what: string, given: unknown): never => {
    throw optionError(`instrument: ${what}`, given);
  };
  if (typeof options !== 'object' || options === null) refuse('options must be an object', options);
  const { meter, tracer, name, ...others } = options;
  // An application may hand over all that it has of telemetry; where nothing of it is known a name is misspelt.
  const [stranger] = Object.keys(others);
  if (stranger !== undefined && meter === undefined && tracer === undefined) {
    refuse('each option must be one of meter, tracer, name', stranger);
  }
  if (meter !== undefined && typeof meter?.createCounter !== 'function') {
    refuse('meter must be a Meter of @opentelemetry/api, or left out', meter);
  }
  if (tracer !== undefined && typeof tracer?.startSpan !== 'function') {
    refuse('tracer must be a Tracer of @opentelemetry/api, or left out', tracer);
  }
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    refuse('name must be a text of at least one character, or left out', name);
  }
}
