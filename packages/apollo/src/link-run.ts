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
  Transport,
} from '@holdfast/core';
import { print } from 'graphql';
import type { DocumentNode } from 'graphql';
import { answerOf, misplaced } from './answer.ts';
import type { Answer, Answered } from './answer.ts';

/** What a run needs of an operation of Apollo Client, in version 3 and 4 alike. */
interface AnyOperation {
  readonly query: DocumentNode;
  readonly variables: unknown;
  readonly operationName?: string | undefined;
  readonly client?: unknown;
  getContext(): object;
  setContext(patch: Change): void;
}

type Context = Readonly<Record<string, unknown>> & {
  readonly uri?: unknown;
  readonly fetchOptions?: RequestInit | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly response?: Answered | undefined;
  readonly resilience?: OperationOptions;
};
type Patch = Record<string, unknown>;
type Change = Patch | ((previous: Context) => Patch);

/** Whoever asked for an operation. */
interface Observer<R> extends Receiver<R> {
  readonly closed: boolean;
}

interface Subscription {
  unsubscribe(): void;
}

/** What differs between versions 3 and 4. */
export interface Version<O, R> {
  readonly kind: OperationInfo['kind'];
  /** @param hear is given what ends it; before it emits, where that can be. */
  subscribe(own: O, receiver: Receiver<R>, hear: (source: Subscription) => void): void;
  /** The error by which an event says that its stream is lost (S2). */
  lossIn(result: R): unknown;
  /** Whether Apollo takes such an entry of `errors` (A6b). */
  takes(entry: unknown): boolean;
  readonly again?: Transport<R>['again'];
}

/**
 * An attempt's own view of its operation, for the links below. Apollo shares one operation among all attempts:
 * written there, our headers would outlast the attempt (R7), and the response of an attempt that was given up could
 * be taken for that of the next (A5). As with Apollo's own, what is copied from it by spreading has no context.
 */
class OwnOperation<O extends AnyOperation> {
  readonly #of: Pick<O, 'getContext' | 'setContext' | 'client'>;
  /** As the client made it, however many of our links it has passed. */
  readonly #origin: object;

  constructor(operation: O, of: Pick<O, 'getContext' | 'setContext' | 'client'>) {
    this.#of = of;
    this.#origin = OwnOperation.originOf(operation);
    for (const key in operation) {
      if (!(key in this)) (this as Record<string, unknown>)[key] = operation[key];
    }
  }

  static originOf(operation: object): object {
    return #origin in operation ? operation.#origin : operation;
  }

  get getContext(): O['getContext'] {
    return this.#of.getContext;
  }

  get setContext(): O['setContext'] {
    return this.#of.setContext;
  }

  get client(): O['client'] {
    return this.#of.client;
  }
}

/** Runs one operation: describes it to the core, sends for it, and hands on what the core says. */
export function startRun<O extends AnyOperation, R>(
  resilience: Resilience,
  operation: O,
  observer: Observer<R>,
  version: Version<O, R>,
): Cancel {
  const { query, variables } = operation;
  const { uri, fetchOptions, resilience: options } = operation.getContext() as Context;
  const { kind } = version;
  /** The last one that was heard of; headers count once, however much streams in after them. */
  let response: Answered | undefined;
  const info: OperationInfo = {
    kind,
    name: operation.operationName || undefined,
    // HttpLink's own address is to be seen from outside only where it has answered (W12).
    endpoint: typeof uri === 'string' ? uri : undefined,
    answeredBy: () => response?.url,
    signal: fetchOptions?.signal ?? undefined,
    options,
    rootFields: () => rootFieldsOf(query),
    identity: () => `${print(query)} ${JSON.stringify(variables)}`,
    headers: () => (operation.getContext() as Context).headers,
  };

  const send = (attempt: Attempt, receiver: AttemptReceiver<Answer<R>>): Cancel => {
    const before = operation.getContext() as Context;
    // Links above do not believe an earlier attempt's response either.
    if (before.response !== undefined) operation.setContext({ response: undefined });
    let source: Subscription | undefined;
    let isEnded = false;
    let context: Context | undefined;
    let body: ReceivedBody | undefined;

    const getContext = (): Context => (context ??= Object.freeze(signed(before, attempt)));
    const setContext = (next: Change): void => {
      const previous = getContext();
      const patch = { ...(typeof next === 'function' ? next(previous) : next) };
      // The links that send say so before they read it.
      const { response: latest } = patch;
      if (latest !== undefined && latest !== previous.response) {
        body = receivedBody(latest, OwnOperation.originOf(operation));
      }
      context = Object.freeze({ ...previous, ...patch });
      // What links below write reaches the operation too, for links above to read; not the headers: ours are among them.
      if (isEnded) return;
      delete patch['headers'];
      operation.setContext(patch);
    };
    const { client } = operation;
    const own = new OwnOperation(operation, { getContext, setContext, client }) as unknown as O;
    const newResponse = (): Answered | undefined => {
      const latest = context?.response;
      return latest === response ? undefined : (response = latest);
    };
    const error = (thrown: unknown): void => {
      const { status, headers } = newResponse() ?? {};
      const { bodyText } = (thrown ?? {}) as { readonly bodyText?: unknown };
      const isUnread = body?.text === undefined && typeof bodyText !== 'string';
      // Where a redirect may be followed all the same, what could not be reached may be another address (F9).
      const { redirect } = getContext().fetchOptions ?? {};
      const mayBeLed =
        attempt.redirect === 'manual' && redirect !== 'manual' && redirect !== 'error';
      const incomplete = status === undefined ? mayBeLed : isUnread || body?.incomplete;
      receiver.error(thrown, { status, headers, body: body?.text, incomplete });
    };
    version.subscribe(
      own,
      {
        next(result) {
          const loss = misplaced(result) ?? (kind === 'subscription' && version.lossIn(result));
          if (loss) {
            source?.unsubscribe();
            return error(loss);
          }
          receiver.next(answerOf(result, newResponse(), body, version.takes));
          if (observer.closed) source?.unsubscribe();
        },
        error,
        complete: () => receiver.complete(),
      },
      (heard) => (source = heard),
    );
    return () => {
      source?.unsubscribe();
      // From now on nothing that the links below write reaches the operation.
      isEnded = true;
    };
  };

  return resilience.execute<Answer<R>>(
    info,
    {
      send,
      read: ({ signal }) => signal,
      again: version.again,
    },
    {
      next(answer) {
        const { data } = (answer.result ?? {}) as { readonly data?: unknown };
        const failure = data == null ? failureOf(answer) : undefined;
        // It shows in nothing that it has failed: Apollo would take a mutation for one that succeeded (R10).
        if (failure && failure.source !== 'graphql') observer.error(new ResilienceError(failure));
        else observer.next(answer.result);
      },
      error: (error) => observer.error(error),
      complete: () => observer.complete(),
    },
  );
}

/** The context with our headers among the others; ours win in whatever case the others are written. */
function signed(context: Context, { headers, redirect }: Attempt): Context {
  const theirs = { ...context.headers };
  for (const ours in headers) {
    for (const name in theirs) {
      if (name.toLowerCase() === ours.toLowerCase()) delete theirs[name];
    }
  }
  return {
    ...context,
    response: undefined,
    headers: { ...theirs, ...headers },
    // The token of such an attempt, or a mutation, would go wherever a redirect leads (X1, F9).
    ...(redirect === 'manual' && {
      fetchOptions: {
        ...context.fetchOptions,
        redirect: context.fetchOptions?.redirect ?? redirect,
      },
    }),
  };
}
