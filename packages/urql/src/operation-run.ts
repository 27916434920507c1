import { rootFieldsOf } from '@holdfast/core';
import type {
  Attempt,
  AttemptReceiver,
  Cancel,
  OperationInfo,
  Receiver,
  Resilience,
  Signal,
  Transport,
} from '@holdfast/core';
import { makeErrorResult } from '@urql/core';
import type { Operation, OperationResult } from '@urql/core';
import { FetchOptions } from './fetch-options.ts';
import { ForwardedAttempt } from './forwarded-attempt.ts';
import { operationName } from './operation-name.ts';
import type { ResilienceContext } from './resilience-context.ts';
import { withUnlistedErrors } from './result-signal.ts';

/** Where a run meets the exchanges around it: one for all runs, so that an operation makes none. */
export interface Surroundings {
  /** Gives an attempt to the exchanges below. */
  send(run: OperationRun, attempt: ForwardedAttempt): void;
  /** Gives a teardown to the exchanges below. */
  tearDown(teardown: Operation): void;
  /** Gives a result to the exchanges above. */
  emit(result: OperationResult): void;
  /** The run is over; called before its last result is emitted. */
  over(run: OperationRun): void;
  /** Drops what the client keeps of an operation that has failed. */
  forget(operation: Operation): void;
}

/** One operation from its arrival to its last result, over as many attempts as the core makes. */
export class OperationRun implements Transport<OperationResult>, Receiver<OperationResult> {
  /** As it arrived. Results go up with this one, so that nothing of ours is in its context (U3). */
  readonly operation: Operation;
  /** The attempt in flight, or the last one. */
  attempt: ForwardedAttempt | undefined;
  readonly #kind: OperationInfo['kind'];
  readonly #around: Surroundings;
  readonly #options: FetchOptions;
  /** Failing results by their errors, which the core may be told of in their place. */
  #failures: WeakMap<object, OperationResult> | undefined;
  #cancel: Cancel | undefined;
  #isOver = false;
  #isTornDown = false;

  constructor(operation: Operation, kind: OperationInfo['kind'], around: Surroundings) {
    this.operation = operation;
    this.#kind = kind;
    this.#around = around;
    this.#options = new FetchOptions(operation);
  }

  start(resilience: Resilience, observe: OperationInfo['observe']): void {
    const { context } = this.operation;
    const info: OperationInfo = {
      kind: this.#kind,
      name: operationName(this.operation),
      endpoint: context.url,
      signal: this.#options.signal,
      options: (context as ResilienceContext).resilience,
      rootFields: () => rootFieldsOf(this.operation.query),
      identity: () => String(this.operation.key),
      observe,
    };
    const cancel = resilience.execute(info, this, this);
    // It may be over before `execute` has returned.
    if (this.#isOver) cancel();
    else this.#cancel = cancel;
  }

  /** Ends it without a word (E1). */
  end(): void {
    this.#finish();
    this.#cancel?.();
  }

  /** Ends it for a teardown, which goes down as well. */
  tornDown(): void {
    this.#isTornDown = true;
    this.end();
  }

  /** Takes a result of an attempt from the exchanges below. */
  take(attempt: ForwardedAttempt, taken: OperationResult): void {
    const result = withUnlistedErrors(taken, attempt.answered, attempt.body);
    if (result.error !== undefined) {
      this.#failures ??= new WeakMap();
      this.#failures.set(result.error, result);
    }
    // Exchanges below may have more to say to an operation that has long had its answer.
    if (attempt.isComplete) this.#emit(result);
    else attempt.take(result, (teardown) => this.#around.tearDown(teardown));
  }

  send(sent: Attempt, receiver: AttemptReceiver<OperationResult>): Cancel {
    const options = this.#options.next();
    const attempt = new ForwardedAttempt(this.operation, options, sent, receiver);
    this.attempt = attempt;
    // Whoever hears that the operation starts may tear it down at once (E1).
    if (!this.#isOver) this.#around.send(this, attempt);
    return () =>
      attempt.drop((teardown) => {
        if (!this.#isTornDown) this.#around.tearDown(teardown);
      });
  }

  read(result: OperationResult): Signal | undefined {
    return this.attempt?.signal(result);
  }

  again(): void {
    this.#around.forget(this.operation);
  }

  next(result: OperationResult): void {
    if (this.#isOver) return;
    // What the core hands on after its attempt is the last word, whatever was to follow it then (F6, T8).
    const isLast = this.attempt?.isOpen !== true;
    // Whoever hears the last result may tear the operation down, or start it again, at once.
    if (isLast || (!result.hasNext && !result.stale)) this.#finish();
    this.#emit(result, isLast);
  }

  error(error: unknown): void {
    if (this.#isOver) return;
    this.#finish();
    const known =
      typeof error === 'object' && error !== null ? this.#failures?.get(error) : undefined;
    this.#emit(known ?? makeErrorResult(this.operation, error as Error), true);
  }

  complete(): void {
    this.#finish();
  }

  #emit(result: OperationResult, isLast = false): void {
    const { operation } = this;
    const { hasNext } = result;
    this.#around.emit({ ...result, operation, hasNext: isLast ? false : hasNext });
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#around.over(this);
  }
}
