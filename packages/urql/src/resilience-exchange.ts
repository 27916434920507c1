import { checkInstance } from '@holdfast/core';
import type { OperationInfo, Resilience, ResilienceEvent, WaitReason } from '@holdfast/core';
import type { Client, Exchange, ExchangeInput, Operation, OperationResult } from '@urql/core';
import { make, makeSubject, pipe, subscribe } from 'wonka';
import { attemptOf, OperationRun } from './operation-run.ts';
import type { Surroundings } from './operation-run.ts';

/** In the words that bundlers look for, as urql itself has them. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/**
 * Keeps operations attached to their API through expired tokens, rate limits and outages. Its place is
 * between the caches and `fetchExchange`.
 *
 * @remarks
 * An operation's own options stand in its context under `resilience`. An `AbortSignal` in
 * `context.fetchOptions` ends the operation, also while it waits. Errors are urql's own; `failureOf` says
 * what is behind them.
 *
 * @param resilience what `createResilience` made. Several clients may share one.
 * @throws TypeError where it is none; in development builds.
 *
 * @example
 * const client = new Client({
 *   url,
 *   exchanges: [cacheExchange, resilienceExchange(createResilience()), fetchExchange],
 * });
 */
export function resilienceExchange(resilience: Resilience): Exchange {
  checkInstance(resilience, 'resilienceExchange()');
  return (input) => (operations$) =>
    make<OperationResult>(({ next }) => {
      const below = makeSubject<Operation>();
      const traffic = new Traffic(resilience, input, below.next, next);
      // What is below listens before operations flow.
      const results = pipe(
        input.forward(below.source),
        subscribe((result) => traffic.takeResult(result)),
      );
      const operations = pipe(
        operations$,
        subscribe((operation) => traffic.takeOperation(operation)),
      );
      return () => {
        operations.unsubscribe();
        results.unsubscribe();
      };
    });
}

/** How many keys are kept although nothing of theirs is in progress. */
const KEYS_KEPT = 1_000;

/** Takes operations out of the stream that comes down, and the results of their attempts out of the other. */
class Traffic implements Surroundings {
  readonly forward: (operation: Operation) => void;
  readonly #next: (result: OperationResult) => void;
  readonly #resilience: Resilience;
  readonly #client: Client;
  readonly #observer: ((operation: Operation) => OperationInfo['observe']) | undefined;
  /**
   * What is in progress, the newest of each key: two identical mutations are two, told apart by the instance
   * that the client counts (M4, U1).
   */
  readonly #newest = new Map<number, OperationRun | undefined>();
  /** One that has just begun is kept when somebody looks for it, or when it goes on: few that are answered at once need be. */
  #starting: OperationRun | undefined;

  constructor(
    resilience: Resilience,
    { client, dispatchDebug }: ExchangeInput,
    forward: (operation: Operation) => void,
    next: (result: OperationResult) => void,
  ) {
    this.#resilience = resilience;
    this.#client = client;
    this.forward = forward;
    this.#next = next;
    // Asked once: in Node, looking into the environment takes longer than the rest of an operation.
    if (process.env.NODE_ENV !== 'production') this.#observer = debugObserver(dispatchDebug);
  }

  takeOperation(operation: Operation): void {
    const { kind } = operation;
    if (kind === 'teardown') return this.#tearDown(operation);
    if (kind !== 'query' && kind !== 'mutation' && kind !== 'subscription') {
      return this.forward(operation);
    }
    // What is asked again while it is in progress takes the place of what was asked before.
    this.#find(operation)?.end();
    const run = new OperationRun(operation, kind, this, this.#observer?.(operation));
    this.#starting = run;
    run.start(this.#resilience);
    if (this.#starting === run) this.#keepStarting();
  }

  takeResult(result: OperationResult): void {
    const { operation } = result;
    const attempt = attemptOf(operation, this);
    // Where an exchange below has made a context of its own, it is known by the operation.
    const run = attempt?.run ?? this.#find(operation);
    if (run === undefined) return this.#next(result);
    run.take(result, attempt?.number);
  }

  /** A subscriber that throws must not unwind through the core, where others wait to be told (R9). */
  emit(result: OperationResult): void {
    try {
      this.#next(result);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  over(run: OperationRun): void {
    if (run === this.#starting) return void (this.#starting = undefined);
    const { older, newer } = run;
    const { key } = run.operation;
    if (older !== undefined) older.newer = newer;
    if (newer !== undefined) newer.older = older;
    // A map that is filled and emptied by each operation allocates a table for each of them.
    else if (older === undefined && this.#newest.size > KEYS_KEPT) this.#newest.delete(key);
    else this.#newest.set(key, older);
  }

  /**
   * Lets a component of React that is shown again ask again, in place of being given the result that failed
   * (V4). Older bindings keep that, on the client, until somebody has unsubscribed, which nobody does who was
   * never shown.
   */
  forget({ key }: Operation): void {
    const kept = Reflect.get(this.#client, '_react') as
      { set?(key: number, result: undefined): void } | undefined;
    kept?.set?.(key, undefined);
  }

  /** A mutation's by hand, too: urql sends none when its subscriber leaves (E1). */
  #tearDown(teardown: Operation): void {
    const { key } = teardown;
    // One that began as an attempt of ours: subscriptionExchange says in this way that a stream is complete.
    const attempt = attemptOf(teardown, this);
    attempt?.run.ended(attempt.number);
    this.#keepStarting();
    let run = this.#newest.get(key);
    while (run !== undefined) {
      const { older } = run;
      run.tornDown();
      run = older;
    }
    this.forward(teardown);
  }

  #keepStarting(): void {
    const run = this.#starting;
    if (run === undefined) return;
    this.#starting = undefined;
    const { key } = run.operation;
    const older = this.#newest.get(key);
    if (older !== undefined) {
      run.older = older;
      older.newer = run;
    }
    this.#newest.set(key, run);
  }

  #find({ key, context }: Operation): OperationRun | undefined {
    this.#keepStarting();
    let run = this.#newest.get(key);
    while (run !== undefined && run.operation.context['_instance'] !== context['_instance']) {
      run = run.older;
    }
    return run;
  }
}

const WAITS: Readonly<Record<WaitReason, string>> = {
  tokens: 'the initial tokens',
  refresh: 'a token refresh',
  backoff: 'its next attempt',
  rate_limit: 'a rate limit to pass',
  outage: 'an outage to end',
  offline: 'the network',
};

/** Tells urql's debug channel of operations' refreshes, waits, retries and giving up (U5). */
function debugObserver(
  dispatchDebug: ExchangeInput['dispatchDebug'],
): (operation: Operation) => OperationInfo['observe'] {
  return (operation) => (event) => {
    const told = toldOf(event);
    if (told === undefined) return;
    const [type, message] = told;
    // urql would name the source after the exchange function, which has no name.
    const debugEvent = { type, message, operation, source: 'resilienceExchange', data: event };
    dispatchDebug(debugEvent);
  };
}

function toldOf(event: ResilienceEvent): readonly [type: string, message: string] | undefined {
  if (event.type === 'wait') {
    const { reason } = event;
    const type = reason === 'tokens' || reason === 'refresh' ? 'refresh' : 'wait';
    return [type, `The operation waits for ${WAITS[reason]}.`];
  }
  if (event.type === 'retry') {
    return [
      'retry',
      event.fresh
        ? 'The operation will be sent again with a newer token.'
        : `The operation will be tried again: ${event.failure.kind}.`,
    ];
  }
  if (event.type !== 'gave_up') return undefined;
  return ['giveUp', `The operation is not tried again: ${event.failure.kind}, ${event.stopped}.`];
}
