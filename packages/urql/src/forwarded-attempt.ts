import { receivedBody } from '@holdfast/core';
import type { Attempt, AttemptReceiver, ReceivedBody, Signal } from '@holdfast/core';
import { makeOperation } from '@urql/core';
import type { Operation, OperationResult } from '@urql/core';
import { attemptFetch } from './attempt-fetch.ts';
import type { Requesting } from './attempt-fetch.ts';
import { withHeaders } from './request-headers.ts';
import { endsByFailing, isFinal, signalOf } from './result-signal.ts';
import type { Answered } from './result-signal.ts';

/** One attempt on its way through the exchanges below. What belongs to it dies with it (R7). */
export class ForwardedAttempt implements Requesting {
  /** What the exchanges below are given. */
  readonly operation: Operation;
  /** By this a result is known to be this attempt's, whatever copies of the operation were made. */
  readonly fetch: typeof fetch;
  /** The last response to it. */
  answered: Answered | undefined;
  /** What was read of it. */
  body: ReceivedBody | undefined;
  /** Redirects were followed although they were not to be: what could not be reached may be another address (F9). */
  mayBeLed = false;
  readonly #redirect: Attempt['redirect'];
  readonly #receiver: AttemptReceiver<OperationResult>;
  /** Made when a request is: few things cost an operation that needs none as much. */
  #request: AbortController | undefined;
  #previous: OperationResult | undefined;
  #state: 'open' | 'complete' | 'dropped' = 'open';

  constructor(
    operation: Operation,
    options: RequestInit,
    { headers, redirect }: Attempt,
    receiver: AttemptReceiver<OperationResult>,
  ) {
    this.#receiver = receiver;
    this.#redirect = redirect;
    this.fetch = attemptFetch(operation.context.fetch, this);
    const isSigned = Object.keys(headers).length > 0;
    const fetchOptions = {
      ...options,
      ...(redirect === 'manual' && { redirect: options.redirect ?? redirect }),
      ...(isSigned && { headers: withHeaders(options.headers, headers) }),
    };
    this.operation = makeOperation(operation.kind, operation, {
      ...operation.context,
      fetch: this.fetch,
      // Most operations need nothing of ours in them.
      fetchOptions: isSigned || redirect === 'manual' ? fetchOptions : options,
    });
  }

  /** More results of it may come. */
  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** An answer to it comes in parts, and more may come. */
  get isStreaming(): boolean {
    return this.isOpen && this.answered !== undefined;
  }

  /** It has had its last result, and nobody dropped it. */
  get isComplete(): boolean {
    return this.#state === 'complete';
  }

  /**
   * Hands a result to the core.
   *
   * @param forward sends a teardown down.
   */
  take(result: OperationResult, forward: (teardown: Operation) => void): void {
    if (this.#state !== 'open') return;
    const fails = endsByFailing(result, this.#previous, this.answered);
    const isLast = isFinal(result, this.answered);
    this.#previous = result;
    // Before the core hears of it: what it ends then is over already.
    if (fails) {
      // Data beside it may be that of an earlier event.
      const seen = { ...this.signal(result), data: undefined };
      const failed = (): void => this.#receiver.error(result.error, seen);
      // To urql the stream may still be open: it closes before the core opens the next one (S2).
      if (result.hasNext) return this.#end(forward, failed);
      this.#state = 'dropped';
      return failed();
    }
    if (isLast) this.#state = 'complete';
    this.#receiver.next(result);
    if (isLast) this.#receiver.complete();
  }

  /** What a result of it shows; nothing where a better one is on its way. */
  signal(result: OperationResult): Signal | undefined {
    return signalOf(result, this.answered, this.body, this.mayBeLed);
  }

  /** The exchanges below have ended it, without a result (S5). */
  completed(): void {
    if (this.#state !== 'open') return;
    this.#state = 'dropped';
    this.#receiver.complete();
  }

  /**
   * Lets nothing more through, and ends what runs below.
   *
   * @param forward sends a teardown down, which ends the older stream of a query or subscription.
   */
  drop(forward: (teardown: Operation) => void): void {
    if (this.#state === 'open') this.#end(forward);
    this.#state = 'dropped';
  }

  sends(redirect: RequestInit['redirect']): void {
    if (this.#redirect === 'manual' && redirect !== 'manual' && redirect !== 'error') {
      this.mayBeLed = true;
    }
  }

  seen(response: Answered): void {
    this.answered = response;
    this.body = receivedBody(response);
  }

  ended(): AbortSignal {
    this.#request ??= new AbortController();
    return this.#request.signal;
  }

  #abort(): void {
    this.ended();
    this.#request?.abort();
  }

  #end(forward: (teardown: Operation) => void, then = (): void => {}): void {
    this.#state = 'dropped';
    // While fetchExchange hands on a part of a stream, whatever ends that stream makes it reject a promise
    // that nobody holds (E4). It has done so by the next job.
    if (this.answered !== undefined) {
      return queueMicrotask(() => {
        this.#abort();
        then();
      });
    }
    // By key, a teardown would end an identical mutation too (U1).
    if (this.operation.kind === 'mutation') this.#abort();
    else forward(makeOperation('teardown', this.operation));
    then();
  }
}
