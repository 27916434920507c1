import type { ApolloClient } from '@apollo/client';
import { ApolloLink } from '@apollo/client/link';
import { checkInstance, failureOf } from '@holdfast/core';
import type { Failure, OperationOptions, Resilience } from '@holdfast/core';
import { Observable, Subscriber } from 'rxjs';
import { apolloTakes, lossIn } from './answer.ts';
import { LinkRun } from './link-run.ts';
import type { OwnOperation } from './link-run.ts';

export declare namespace ResilienceLink {
  /**
   * What {@link ResilienceLink} reads from an operation's context. An app that wants it checked extends
   * `DefaultContext` with it.
   *
   * @example
   * declare module '@apollo/client' {
   *   interface DefaultContext extends ResilienceLink.ContextOptions {}
   * }
   */
  interface ContextOptions {
    /** Options of this operation alone. Default: those of the instance. */
    resilience?: OperationOptions | undefined;
  }
}

/**
 * Signs operations, and sends them again where that helps, as the given instance decides.
 *
 * @remarks
 * It stands above the links that send, and below those that should see an operation once however often
 * it is sent. Errors are delivered untouched; `failureOf(error)` says what they mean.
 *
 * @example
 * const client = new ApolloClient({
 *   link: ApolloLink.from([new ResilienceLink(resilience), new HttpLink({ uri })]),
 *   cache: new InMemoryCache(),
 * });
 */
export class ResilienceLink extends ApolloLink {
  /** @param resilience The instance, of `createResilience`. Several links and clients may share one. */
  constructor(resilience: Resilience) {
    checkInstance(resilience, 'new ResilienceLink()');
    // Cold: `restart` subscribes a second time without asking for a second observable (A2).
    super(
      (operation, forward) =>
        new Observable((observer) => new Run(operation, forward, observer).start(resilience)),
    );
  }
}

class Run extends LinkRun<ApolloLink.Operation, ApolloLink.Result> {
  readonly #forward: ApolloLink.ForwardFunction;

  constructor(
    operation: ApolloLink.Operation,
    forward: ApolloLink.ForwardFunction,
    observer: Subscriber<ApolloLink.Result>,
  ) {
    super(`${operation.operationType}`, operation, observer);
    this.#forward = forward;
  }

  subscribe(own: OwnOperation<ApolloLink.Operation, ApolloLink.Result>): void {
    // A source that emits at once can be left before `subscribe` returns (E1).
    const subscriber = new Subscriber(own);
    own.hear(subscriber);
    this.#forward(own).subscribe(subscriber);
  }

  lossIn(result: ApolloLink.Result): unknown {
    return lossIn(result);
  }

  takes(entry: unknown): boolean {
    return apolloTakes(entry);
  }

  again(failure: Failure): Promise<void> {
    return refetchFailed(this.operation.client, failure);
  }
}

/**
 * Sends the queries again that show this failure: all that a batch or the deduplication gave it to. Among
 * them are those of Suspense, whose rejected promise Apollo keeps for 30 s after its component has gone, and
 * gives to whoever asks anew (V4).
 *
 * @returns what settles with the last of them, and rejects with an error where one of them failed again.
 */
async function refetchFailed(client: ApolloClient, failure: Failure): Promise<void> {
  const failed = [...client.getObservableQueries()].filter(
    (query) => failureOf(query.getCurrentResult().error) === failure,
  );
  // Retained, it goes on where Apollo disposes of the query meanwhile, and what it brings is in the cache.
  const settled = await Promise.allSettled(failed.map((query) => query.refetch().retain()));
  for (const outcome of settled) {
    if (outcome.status === 'rejected') throw outcome.reason;
    if (outcome.value.error !== undefined) throw outcome.value.error;
  }
}
