import type { ApolloClient } from '@apollo/client';
import { ApolloLink } from '@apollo/client/link';
import { print } from '@apollo/client/utilities';
import { checkInstance, failureOf, rootFieldsOf } from '@holdfast/core';
import type {
  Attempt,
  AttemptReceiver,
  Cancel,
  Failure,
  OperationInfo,
  OperationOptions,
  Receiver,
  Resilience,
  Signal,
  Transport,
} from '@holdfast/core';
import { Observable, Subscriber } from 'rxjs';
import { lossIn, silentError, Unusual } from './answer.ts';
import type { Answer as AnswerOf } from './answer.ts';
import { AttemptOperation } from './attempt-operation.ts';
import type { Context } from './attempt-operation.ts';

type Answer = AnswerOf<ApolloLink.Result>;

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
        new Observable((observer) => new LinkRun(operation, forward, observer).start(resilience)),
    );
  }
}

/** One operation: it describes itself to the core, sends for it, and hears from it. */
class LinkRun implements OperationInfo, Transport<Answer>, Receiver<Answer> {
  readonly kind: OperationInfo['kind'];
  readonly name: string | undefined;
  readonly endpoint: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly options: OperationOptions | undefined;
  readonly #operation: ApolloLink.Operation;
  readonly #forward: ApolloLink.ForwardFunction;
  readonly #observer: Subscriber<ApolloLink.Result>;
  /**
   * The context as it was when the operation began: asking for it makes a copy each time. It serves an attempt
   * that is sent at once; while one waits, links above may write (A6).
   */
  #context: Context | undefined;
  #attempt: AttemptOperation<ApolloLink.Operation, ApolloLink.Result> | undefined;

  constructor(
    operation: ApolloLink.Operation,
    forward: ApolloLink.ForwardFunction,
    observer: Subscriber<ApolloLink.Result>,
  ) {
    const context = operation.getContext();
    const { uri, fetchOptions, resilience } = context as Readonly<{
      uri?: unknown;
      fetchOptions?: { readonly signal?: AbortSignal | null };
      resilience?: OperationOptions;
    }>;
    this.kind = `${operation.operationType}`;
    this.name = operation.operationName;
    // HttpLink takes no function here. Its own address is not to be seen from outside.
    this.endpoint = typeof uri === 'string' ? uri : undefined;
    this.signal = fetchOptions?.signal ?? undefined;
    this.options = resilience;
    this.#operation = operation;
    this.#forward = forward;
    this.#observer = observer;
    this.#context = context;
  }

  // Made when they are asked for, which is when something has failed.
  get rootFields(): () => number | undefined {
    const { query } = this.#operation;
    return () => rootFieldsOf(query);
  }

  get answeredBy(): () => string | undefined {
    return () => this.#attempt?.answeredBy;
  }

  get headers(): () => unknown {
    const operation = this.#operation;
    return () => (operation.getContext() as Context)['headers'];
  }

  get identity(): () => string {
    const { query, variables } = this.#operation;
    return () => `${print(query)} ${JSON.stringify(variables)}`;
  }

  start(resilience: Resilience): Cancel {
    const cancel = resilience.execute(this, this, this);
    this.#context = undefined;
    return cancel;
  }

  send(attempt: Attempt, receiver: AttemptReceiver<Answer>): Cancel {
    const operation = this.#operation;
    const context = this.#context ?? operation.getContext();
    this.#context = undefined;
    const own = new AttemptOperation<ApolloLink.Operation, ApolloLink.Result>(
      operation,
      context,
      attempt,
      receiver,
      this.#observer,
      this.kind === 'subscription' ? lossIn : undefined,
    );
    this.#attempt = own;
    // A source that emits at once can be left before `subscribe` returns: its subscriber is made first (E1).
    this.#forward(own).subscribe(own.hear(new Subscriber(own)));
    return () => own.end();
  }

  read(answer: Answer): Signal | undefined {
    return this.#attempt?.read(answer);
  }

  again(failure: Failure): Promise<void> {
    return refetchFailed(this.#operation.client, failure);
  }

  next(answer: Answer): void {
    const error = silentError(answer);
    if (error !== undefined) return this.#observer.error(error);
    this.#observer.next(answer instanceof Unusual ? answer.result : answer);
  }

  error(error: unknown): void {
    this.#observer.error(error);
  }

  complete(): void {
    this.#observer.complete();
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
