import { ApolloLink } from '@apollo/client/link';
import { checkInstance, rootFieldsOf } from '@holdfast/core';
import type { OperationInfo, OperationOptions, Resilience, Transport } from '@holdfast/core';
import { print } from '@apollo/client/utilities';
import { Observable, Subscriber } from 'rxjs';
import { answerOf, lossIn, misplaced, seenIn, signalOf } from './answer.ts';
import type { Answer } from './answer.ts';
import { AttemptOperation } from './attempt-operation.ts';
import type { Context } from './attempt-operation.ts';
import { refetchFailed } from './refetch-failed.ts';

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
        new Observable((observer) => {
          const context = operation.getContext();
          const beginning: Beginning = { context };
          const cancel = resilience.execute(
            infoOf(operation, context),
            transport(operation, beginning, forward, observer),
            {
              next: ({ result }) => observer.next(result),
              error: (error) => observer.error(error),
              complete: () => observer.complete(),
            },
          );
          beginning.context = undefined;
          return cancel;
        }),
    );
  }
}

function infoOf(operation: ApolloLink.Operation, context: Context): OperationInfo {
  const { uri, fetchOptions, resilience } = context as Readonly<{
    uri?: unknown;
    fetchOptions?: { readonly signal?: AbortSignal | null };
    resilience?: OperationOptions;
  }>;
  return {
    kind: `${operation.operationType}`,
    name: operation.operationName,
    // HttpLink takes no function here. Its own address is not to be seen from outside.
    endpoint: typeof uri === 'string' ? uri : undefined,
    signal: fetchOptions?.signal ?? undefined,
    options: resilience,
    rootFields: () => rootFieldsOf(operation.query),
    identity: () => `${print(operation.query)} ${JSON.stringify(operation.variables)}`,
  };
}

/**
 * The operation's context as it was when it began: asking for it makes a copy each time. It serves an attempt
 * that is sent at once; while one waits, links above may write (A6).
 */
interface Beginning {
  context: Context | undefined;
}

function transport(
  operation: ApolloLink.Operation,
  beginning: Beginning,
  forward: ApolloLink.ForwardFunction,
  observer: Subscriber<ApolloLink.Result>,
): Transport<Answer> {
  const streams = `${operation.operationType}` === 'subscription';
  return {
    send(attempt, receiver) {
      const before = beginning.context ?? operation.getContext();
      beginning.context = undefined;
      const own = new AttemptOperation(operation, before, attempt);
      // A source that emits at once can be left before `subscribe` returns: its subscriber is made first (E1).
      const source = new Subscriber<ApolloLink.Result>({
        next: (result) => {
          const response = own.response();
          const loss = misplaced(result) ?? (streams ? lossIn(result) : undefined);
          if (loss !== undefined) {
            source.unsubscribe();
            return receiver.error(loss, seenIn(response, own.body, loss));
          }
          receiver.next(answerOf(result, response, own.body));
          if (observer.closed) source.unsubscribe();
        },
        error: (error: unknown) =>
          receiver.error(
            error,
            seenIn(own.response(), own.body, error) ?? { incomplete: own.mayBeLed },
          ),
        complete: () => receiver.complete(),
      });
      forward(own).subscribe(source);
      return () => {
        source.unsubscribe();
        own.end();
      };
    },
    read: signalOf,
    again: (failure) => refetchFailed(operation.client, failure),
  };
}
