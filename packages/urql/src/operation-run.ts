import { failureOf, receivedBody, ResilienceError, rootFieldsOf } from '@holdfast/core';
import type {
  Attempt,
  AttemptReceiver,
  Cancel,
  OperationInfo,
  OperationOptions,
  ReceivedBody,
  Receiver,
  Resilience,
  Signal,
  Transport,
} from '@holdfast/core';
import { makeErrorResult, makeOperation } from '@urql/core';
import type { Operation, OperationResult } from '@urql/core';
import { endsByFailing, isFinal, signalOf, withUnlistedErrors } from './result-signal.ts';
import type { Answered } from './result-signal.ts';

/**
 * What `resilienceExchange` reads from an operation's context, which urql leaves untyped.
 *
 * @example
 * client.mutation(PAY, { order }, { resilience: { retry: false } } satisfies ResilienceContext);
 *
 * @example
 * // Every context of the app is checked:
 * declare module '@urql/core' {
 *   interface OperationContext extends ResilienceContext {}
 * }
 */
export interface ResilienceContext {
  /** Options of this operation alone. Default: those of the instance. */
  resilience?: OperationOptions | undefined;
}

/** Where a run meets the exchanges around it. */
export interface Surroundings {
  /** Gives an attempt, or a teardown, to the exchanges below. */
  forward(operation: Operation): void;
  /** Gives a result to the exchanges above. */
  emit(result: OperationResult): void;
  /** The run is over; called before its last result is emitted. */
  over(run: OperationRun): void;
  /** Drops what the client keeps of an operation that has failed. */
  forget(operation: Operation): void;
}

/**
 * One operation from its arrival to its last result, over as many attempts as the core makes. It describes
 * itself to the core, sends for it, and hears from it; what belongs to one attempt is set anew by the next.
 */
export class OperationRun
  implements OperationInfo, Transport<OperationResult>, Receiver<OperationResult>, Answered
{
  /** As it arrived. Results go up with this one, so that nothing of ours is in its context (U3). */
  readonly operation: Operation;
  readonly kind: OperationInfo['kind'];
  readonly name: string | undefined;
  readonly endpoint: string;
  readonly signal: AbortSignal | undefined;
  readonly options: OperationOptions | undefined;
  readonly observe: OperationInfo['observe'];
  readonly around: Surroundings;
  /** Those in progress under the same key. */
  older: OperationRun | undefined;
  newer: OperationRun | undefined;
  /** The last response to its attempt: a success, or a failing status with nothing but data, has none in the result. */
  response: Response | undefined;
  /** What was read of that: urql drops most of what it makes no result of (F12). */
  body: ReceivedBody | undefined;
  /** Redirects were followed although they were not to be: what could not be reached may be another address (F9). */
  mayBeLed = false;
  #number = 0;
  /** Of the attempt: open for more results, or complete, or ended by us. */
  #state: 'open' | 'complete' | 'ended' = 'ended';
  #sent: Operation;
  #receiver: AttemptReceiver<OperationResult> | undefined;
  #requests: AbortController[] | undefined;
  /** The end of an attempt that streamed, until its request is aborted. */
  #ending: Promise<void> | undefined;
  #previous: OperationResult | undefined;
  /** The result that the core was told of by its error. */
  #failed: OperationResult | undefined;
  /** What `fetchOptions` are for the attempt; for the first they are asked for early, for the signal in them. */
  #fetchOptions: RequestInit | undefined;
  #thrown: { readonly error: unknown } | undefined;
  #cancel: Cancel | undefined;
  #isOver = false;
  #isTornDown = false;

  constructor(
    operation: Operation,
    kind: OperationInfo['kind'],
    around: Surroundings,
    observe: OperationInfo['observe'],
  ) {
    const { context } = operation;
    this.operation = operation;
    this.#sent = operation;
    this.kind = kind;
    this.name = nameOf(operation);
    this.endpoint = context.url;
    this.options = (context as ResilienceContext).resilience;
    this.observe = observe;
    this.around = around;
    try {
      this.#fetchOptions = fetchOptionsOf(operation);
    } catch (error) {
      // Sending fails with it: nobody above hears what is thrown here (R9).
      this.#thrown = { error };
    }
    // In the request itself urql overwrites it (U1).
    this.signal = this.#fetchOptions?.signal ?? undefined;
  }

  // Made when they are asked for, which is when something has failed.
  get rootFields(): () => number | undefined {
    const { query } = this.operation;
    return () => rootFieldsOf(query);
  }

  get headers(): () => unknown {
    return () => this.#fetchOptions?.headers;
  }

  get identity(): () => string {
    const { key } = this.operation;
    return () => String(key);
  }

  start(resilience: Resilience): void {
    const cancel = resilience.execute(this, this, this);
    // It may be over before `execute` has returned.
    if (this.#isOver) cancel();
    else this.#cancel = cancel;
  }

  /** Ends it without a word (E1). */
  end(): void {
    this.complete();
    this.#cancel?.();
  }

  /** Ends it for a teardown, which goes down as well. */
  tornDown(): void {
    this.#isTornDown = true;
    this.end();
  }

  // What the exchanges below say of an attempt.

  /** @param number of the attempt; left out where that is not to be seen. */
  take(taken: OperationResult, number: number = this.#number): void {
    if (number !== this.#number || this.#state === 'ended') return;
    const result = withUnlistedErrors(taken, this);
    // They may have more to say to an operation that has long had its answer.
    if (this.#state === 'complete') return this.#emit(result);
    const fails = endsByFailing(result, this.#previous, this);
    const isLast = isFinal(result, this);
    this.#previous = result;
    if (fails) return this.#fail(result);
    // Before the core hears of it: what it ends then is over already.
    if (isLast) this.#state = 'complete';
    const receiver = this.#receiver;
    receiver?.next(result);
    if (isLast) receiver?.complete();
  }

  /** It was ended without a result (S5). */
  ended(number: number | undefined): void {
    if (number !== this.#number || this.#state !== 'open') return;
    this.#state = 'ended';
    this.#receiver?.complete();
  }

  #fail(result: OperationResult): void {
    this.#failed = result;
    // Data beside it may be that of an earlier event.
    const seen = { ...signalOf(result, this), data: undefined, body: this.body?.text };
    const receiver = this.#receiver;
    const failed = (): void => receiver?.error(result.error, seen);
    // To urql the stream may still be open: it closes before the core opens the next one (S2).
    if (result.hasNext) return this.#endAttempt(failed);
    this.#state = 'ended';
    failed();
  }

  // What the core asks for.

  send(attempt: Attempt, receiver: AttemptReceiver<OperationResult>): Cancel {
    const { operation } = this;
    const { number } = attempt;
    if (number > 1) this.#fetchOptions = fetchOptionsOf(operation);
    else if (this.#thrown !== undefined) throw this.#thrown.error;
    const { context } = operation;
    this.#number = number;
    this.#state = 'open';
    this.#receiver = receiver;
    this.response = undefined;
    this.body = undefined;
    this.mayBeLed = false;
    this.#requests = undefined;
    this.#previous = undefined;
    this.#sent = {
      ...operation,
      context: {
        ...context,
        fetch: (input: RequestInfo | URL, init?: RequestInit) => this.#fetch(attempt, input, init),
        fetchOptions: signed(this.#fetchOptions, attempt),
        _holdfast: { run: this, number },
      },
    };
    // Whoever hears that the operation starts may tear it down at once (E1).
    if (!this.#isOver) this.around.forward(this.#sent);
    return () => {
      if (number === this.#number) this.#endAttempt();
    };
  }

  read(result: OperationResult): Signal | undefined {
    return signalOf(result, this);
  }

  again(): void {
    this.around.forget(this.operation);
  }

  // What the core says.

  next(result: OperationResult): void {
    if (this.#isOver) return;
    const { data, error } = result as OperationResult<unknown>;
    const isEmpty = error === undefined && (data === undefined || data === null);
    const failure = isEmpty ? failureOf(result) : undefined;
    // It shows in nothing that it has failed, and would be taken for one that brought nothing (R10).
    if (failure !== undefined) return this.error(new ResilienceError(failure));
    // What the core hands on after its attempt is the last word, whatever was to follow it then (F6, T8).
    const isLast = this.#state !== 'open';
    // Whoever hears the last result may tear the operation down, or start it again, at once.
    if (isLast || (!result.hasNext && !result.stale)) this.complete();
    this.#emit(result, isLast);
  }

  error(error: unknown): void {
    if (this.#isOver) return;
    this.complete();
    const known = this.#failed?.error === error ? this.#failed : undefined;
    this.#emit(known ?? makeErrorResult(this.operation, error as Error), true);
  }

  complete(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.around.over(this);
  }

  #emit(result: OperationResult, isLast = false): void {
    const { operation } = this;
    this.around.emit({ ...result, operation, hasNext: isLast ? false : result.hasNext });
  }

  /** Only a wrapped fetch sees headers of a success, and ends one of two identical mutations (U1). */
  async #fetch(
    { number, redirect: wanted }: Attempt,
    input: RequestInfo | URL,
    init: RequestInit = {},
  ): Promise<Response> {
    const { redirect, signal } = init;
    const send = this.operation.context.fetch ?? fetch;
    const isOwn = (): boolean => number === this.#number;
    // One for each call: urql aborts its own when an answer is complete.
    const controller = new AbortController();
    let isAnswered = false;
    const abort = (): void => controller.abort(signal?.reason);
    const left = (): unknown => (isAnswered ? afterPart(abort) : abort());
    if (isOwn() && this.#state !== 'ended') (this.#requests ??= []).push(controller);
    else abort();
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', left, { once: true });
    if (isOwn() && wanted === 'manual' && redirect !== 'manual' && redirect !== 'error') {
      this.mayBeLed = true;
    }
    // Never two streams at a time (S2).
    if (this.#ending !== undefined) await this.#ending;
    const response = await send(input, { ...init, signal: controller.signal });
    isAnswered = true;
    if (isOwn()) {
      this.response = response;
      this.body = receivedBody(response);
    }
    return response;
  }

  /** Lets nothing more through, and ends what runs below. */
  #endAttempt(then?: () => void): void {
    if (this.#state !== 'open') return;
    this.#state = 'ended';
    const abort = (): void => {
      for (const request of requests) request.abort();
    };
    const requests = this.#requests ?? [];
    if (this.response !== undefined) {
      this.#ending = afterPart(() => {
        abort();
        then?.();
      });
      return;
    }
    // By key, a teardown would end an identical mutation too (U1).
    if (this.kind === 'mutation') abort();
    else if (!this.#isTornDown) this.around.forward(makeOperation('teardown', this.#sent));
    then?.();
  }
}

/** More than the generators by which urql reads a stream, each of which takes a job or two to end. */
const JOBS_TO_END = 32;

/**
 * While fetchExchange hands on a part of a stream, whatever aborts the request makes it reject a promise that
 * nobody holds (E4). A few jobs later it has let go of the stream by itself.
 */
async function afterPart(abort: () => void): Promise<void> {
  for (let job = 0; job < JOBS_TO_END; job++) await undefined;
  abort();
}

/** Stands in an attempt's context under `_holdfast`: results are known by it to be the attempt's. */
interface OwnAttempt {
  readonly run: OperationRun;
  readonly number: number;
}

/** Whose attempt in these surroundings it is that comes from below, if it is any. */
export function attemptOf({ context }: Operation, around: Surroundings): OwnAttempt | undefined {
  const own = context['_holdfast'] as OwnAttempt | undefined;
  // Another exchange of ours may stand below.
  if (own === undefined || own.run.around === around) return own;
  return attemptOf(own.run.operation, around);
}

/** The name of the document's operation; @urql/core 5 keeps its own reader to itself. */
function nameOf({ query }: Operation): string | undefined {
  // A persisted document may have no definitions.
  const definitions: (typeof query)['definitions'] | undefined = query.definitions;
  for (const definition of definitions ?? []) {
    if (definition.kind === 'OperationDefinition') return definition.name?.value;
  }
  return undefined;
}

/** A function is called anew for each attempt. */
function fetchOptionsOf({ context }: Operation): RequestInit | undefined {
  const { fetchOptions } = context;
  return typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions;
}

function signed(options: RequestInit | undefined, { headers, redirect }: Attempt): RequestInit {
  // What nearly all of them are.
  if (options === undefined && redirect === 'follow') return { headers: { ...headers } };
  const own: RequestInit = { ...options };
  if (redirect === 'manual') own.redirect ??= redirect;
  for (const _ in headers) {
    own.headers = withHeaders(own.headers, headers);
    break;
  }
  return own;
}

/**
 * Adds header fields to what a user gave, in whatever form that is; ours win, and names differ in more
 * than case (U2). Each form is kept as urql reads it: it adds tuples to its own defaults, and lets the
 * other forms replace them.
 */
export function withHeaders(given: HeadersInit | undefined, ours: Attempt['headers']): HeadersInit {
  if (given === undefined || given === null) return { ...ours };
  const names = new Set(Object.keys(ours).map((name) => name.toLowerCase()));
  const isTheirs = ([name]: readonly string[]): boolean => !names.has(String(name).toLowerCase());
  if (Array.isArray(given)) {
    return [...given.filter(isTheirs), ...Object.entries(ours)] as [string, string][];
  }
  const theirs: [string, string][] = [];
  // A `Headers` of any realm or polyfill, or a plain object.
  if ('forEach' in given && typeof given.forEach === 'function') {
    (given as Headers).forEach((value, name) => theirs.push([name, value]));
  } else theirs.push(...Object.entries(given as Record<string, string>));
  return { ...Object.fromEntries(theirs.filter(isTheirs)), ...ours };
}
