import type { ApolloLink } from '@apollo/client/link';
import { receivedBody } from '@holdfast/core';
import type { Attempt, ReceivedBody } from '@holdfast/core';

export type Context = Readonly<ApolloLink.OperationContext>;
type Patch = Partial<ApolloLink.OperationContext>;

/**
 * One attempt's own view of an operation: what the links below are given. Apollo shares one operation among
 * all attempts: written there, our headers would outlast the attempt (R7), and the response of an attempt
 * that was given up could be taken for that of the next (A5).
 *
 * What links below write reaches the operation too, for links above to read; headers do not, since ours are
 * among them. As with Apollo's own, what is copied from it by spreading has no context and no client.
 */
export class AttemptOperation implements ApolloLink.Operation {
  query: ApolloLink.Operation['query'];
  variables: ApolloLink.Operation['variables'];
  extensions: ApolloLink.Operation['extensions'];
  readonly operationName: ApolloLink.Operation['operationName'];
  readonly operationType: ApolloLink.Operation['operationType'];
  readonly #operation: ApolloLink.Operation;
  /** The operation as the client made it, however many of our links it has passed. */
  readonly #origin: object;
  #context: Context;
  readonly #redirect: Attempt['redirect'];
  #ended = false;
  #heard: unknown;
  #body: ReceivedBody | undefined;

  /** @param before the operation's context; each asking makes another copy of it. */
  constructor(operation: ApolloLink.Operation, before: Context, attempt: Attempt) {
    // Links above do not believe an earlier attempt's response either.
    if (before['response'] !== undefined) operation.setContext({ response: undefined });
    this.query = operation.query;
    this.variables = operation.variables;
    this.extensions = operation.extensions;
    this.operationName = operation.operationName;
    this.operationType = operation.operationType;
    this.#operation = operation;
    this.#redirect = attempt.redirect;
    this.#origin = operation instanceof AttemptOperation ? operation.#origin : operation;
    this.#context = signed(before, attempt);
  }

  get client(): ApolloLink.Operation['client'] {
    return this.#operation.client;
  }

  /** Not a method: links, Apollo's own among them, take it from the operation and call it by itself. */
  get getContext(): () => Context {
    return this.#getContext;
  }

  get setContext(): ApolloLink.Operation['setContext'] {
    return this.#setContext;
  }

  /** The response that has come since the last call; headers count once, however much streams in after them. */
  response(): unknown {
    const { response } = this.#context as { readonly response?: unknown };
    if (response === this.#heard) return undefined;
    this.#heard = response;
    return response;
  }

  /** Redirects are followed although they were not to be: what could not be reached may be another address (F9). */
  get mayBeLed(): boolean {
    return this.#redirect === 'manual' && !OWN_ANSWERS.has(redirectIn(this.#context));
  }

  /** The body of the last response, which other operations of a batch may have been answered with, too. */
  get body(): ReceivedBody | undefined {
    return this.#body;
  }

  readonly #getContext = (): Context => Object.freeze({ ...this.#context });

  readonly #setContext = (next: Patch | ((previous: Context) => Patch)): void => {
    const patch = typeof next === 'function' ? next(this.#getContext()) : next;
    // The links that send say so before they read it.
    const { response } = { ...patch } as { readonly response?: unknown };
    const isNew = response !== undefined && response !== this.#context['response'];
    if (isNew) this.#body = receivedBody(response, this.#origin);
    this.#context = { ...this.#context, ...patch };
    if (this.#ended) return;
    const { headers: _ours, ...shared } = { ...patch };
    this.#operation.setContext(shared);
  };

  /** From now on nothing that the links below write reaches the operation. */
  end(): void {
    this.#ended = true;
  }
}

/** The context with our headers among the others; ours win in whatever case the others are written. */
function signed(context: Context, { headers, redirect }: Attempt): Context {
  const given = context['headers'] as Readonly<Record<string, string>> | undefined;
  return {
    ...context,
    response: undefined,
    headers: given === undefined ? headers : merged(given, headers),
    // The token of such an attempt, or a mutation, would go wherever a redirect leads (X1, F9).
    ...(redirect === 'manual' && {
      fetchOptions: { ...context['fetchOptions'], redirect: redirectIn(context) ?? redirect },
    }),
  };
}

/** What makes `fetch` answer with a redirect, or fail with it. */
const OWN_ANSWERS: ReadonlySet<unknown> = new Set(['manual', 'error']);

/** What the application says of redirects. */
function redirectIn(context: Context): RequestInit['redirect'] {
  return (context['fetchOptions'] as RequestInit | undefined)?.redirect;
}

function merged(
  given: Readonly<Record<string, string>>,
  headers: Attempt['headers'],
): Readonly<Record<string, string>> {
  const ours = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const kept = Object.entries(given).filter(([name]) => !ours.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...headers };
}
