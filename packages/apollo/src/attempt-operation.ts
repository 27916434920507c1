import { receivedBody } from '@holdfast/core';
import type { Attempt, AttemptReceiver, ReceivedBody, Signal } from '@holdfast/core';
import { answerOf, misplaced, seenIn, signalOf } from './answer.ts';
import type { Answer } from './answer.ts';

/** What an attempt needs of an operation of Apollo Client, in version 3 and 4 alike. */
interface AnyOperation {
  query: unknown;
  variables: unknown;
  extensions: unknown;
  readonly operationName?: unknown;
  readonly operationType?: unknown;
  readonly client?: unknown;
  getContext(): object;
  setContext(patch: Change): void;
}

export type Context = Readonly<Record<string, unknown>>;
type Patch = Record<string, unknown>;
type Change = Patch | ((previous: Context) => Patch);

/**
 * One attempt: its own view of the operation, which the links below are given, and what hears them. Apollo
 * shares one operation among all attempts: written there, our headers would outlast the attempt (R7), and the
 * response of an attempt that was given up could be taken for that of the next (A5).
 *
 * What links below write reaches the operation too, for links above to read; headers do not, since ours are
 * among them. As with Apollo's own, what is copied from it by spreading has no context and no client.
 */
export class AttemptOperation<O extends AnyOperation, R> implements AnyOperation {
  query: O['query'];
  variables: O['variables'];
  extensions: O['extensions'];
  readonly operationName: O['operationName'];
  /** Only where the operation has one: what links below copy and send looks as it does above (R7). */
  declare readonly operationType: O['operationType'];
  readonly #operation: O;
  readonly #attempt: Attempt;
  readonly #receiver: AttemptReceiver<Answer<R>>;
  readonly #observer: { readonly closed: boolean };
  readonly #lossIn: ((result: R) => unknown) | undefined;
  #source!: { unsubscribe(): void };
  readonly #before: Context;
  /** With our headers in it; made when a link below asks for it. */
  #context: Context | undefined;
  #get: (() => Context) | undefined;
  #set: O['setContext'] | undefined;
  #ended = false;
  #heard: unknown;
  /** The response that has come with the result which is being told, and not with one before it. */
  #response: unknown;
  /** The body of the last one, which other operations of a batch may have been answered with, too. */
  #body: ReceivedBody | undefined;

  /**
   * @param before the operation's context; each asking makes another copy of it.
   * @param observer whoever asked for the operation.
   * @param lossIn finds the error by which a result says that its stream is lost (S2).
   */
  constructor(
    operation: O,
    before: Context,
    attempt: Attempt,
    receiver: AttemptReceiver<Answer<R>>,
    observer: { readonly closed: boolean },
    lossIn: ((result: R) => unknown) | undefined,
  ) {
    // Links above do not believe an earlier attempt's response either.
    if (before['response'] !== undefined) operation.setContext({ response: undefined });
    this.query = operation.query;
    this.variables = operation.variables;
    this.extensions = operation.extensions;
    this.operationName = operation.operationName;
    if (operation.operationType) this.operationType = operation.operationType;
    this.#operation = operation;
    this.#before = before;
    this.#attempt = attempt;
    this.#receiver = receiver;
    this.#observer = observer;
    this.#lossIn = lossIn;
  }

  /** @param source what it hears: ended with it, and where it says what is no result. */
  hear<S extends { unsubscribe(): void }>(source: S): S {
    this.#source = source;
    return source;
  }

  /** Ends it. */
  end(): void {
    this.#source.unsubscribe();
    // From now on nothing that the links below write reaches the operation.
    this.#ended = true;
  }

  get client(): O['client'] {
    return this.#operation.client;
  }

  /** Not a method: links, Apollo's own among them, take it from the operation and call it by itself. */
  get getContext(): O['getContext'] {
    return (this.#get ??= () => this.#current);
  }

  get setContext(): O['setContext'] {
    return (this.#set ??= (next) => this.#write(next));
  }

  next(result: R): void {
    const loss = misplaced(result) ?? this.#lossIn?.(result);
    if (loss !== undefined) {
      this.#source.unsubscribe();
      return this.error(loss);
    }
    this.#response = this.#newResponse();
    this.#receiver.next(answerOf(result));
    if (this.#observer.closed) this.#source.unsubscribe();
  }

  error(error: unknown): void {
    const seen = seenIn(this.#newResponse(), this.#body, error);
    this.#receiver.error(error, seen ?? { incomplete: this.#mayBeLed });
  }

  complete(): void {
    this.#receiver.complete();
  }

  /** HttpLink's own address is to be seen from outside only where it has answered (W12). */
  get answeredBy(): string | undefined {
    const { url } = (this.#context?.['response'] ?? {}) as { readonly url?: unknown };
    return typeof url === 'string' ? url : undefined;
  }

  /** What is to be seen in the result that is being told. */
  read(answer: Answer<R>): Signal | undefined {
    return signalOf(answer, this.#response, this.#body);
  }

  get #current(): Context {
    return (this.#context ??= Object.freeze(signed(this.#before, this.#attempt)));
  }

  #write(next: Change): void {
    const context = this.#current;
    const patch = { ...(typeof next === 'function' ? next(context) : next) };
    // The links that send say so before they read it.
    const { response } = patch as { readonly response?: unknown };
    if (response !== undefined && response !== context['response']) {
      this.#body = receivedBody(response, this.#origin);
    }
    this.#context = Object.freeze({ ...context, ...patch });
    if (this.#ended) return;
    delete patch['headers'];
    this.#operation.setContext(patch);
  }

  /** The response that has come since the last call; headers count once, however much streams in after them. */
  #newResponse(): unknown {
    const response: unknown = this.#context?.['response'];
    if (response === this.#heard) return undefined;
    return (this.#heard = response);
  }

  /** Redirects are followed although they were not to be: what could not be reached may be another address (F9). */
  get #mayBeLed(): boolean {
    if (this.#attempt.redirect !== 'manual') return false;
    const redirect = redirectIn(this.#current);
    return redirect !== 'manual' && redirect !== 'error';
  }

  /** The operation as the client made it, however many of our links it has passed. */
  get #origin(): object {
    const operation = this.#operation;
    return operation instanceof AttemptOperation ? operation.#origin : operation;
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
      fetchOptions: {
        ...(context['fetchOptions'] as RequestInit | undefined),
        redirect: redirectIn(context) ?? redirect,
      },
    }),
  };
}

/** What the application says of redirects; `manual` or `error` makes `fetch` answer with one, or fail with it. */
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
