import type { ApolloLink } from '@apollo/client/link';
import { receivedBody } from '@holdfast/core';
import type { Attempt, AttemptReceiver, Cancel, ReceivedBody, Signal } from '@holdfast/core';
import { Subscriber } from 'rxjs';
import { answerOf, lossIn, misplaced, seenIn, signalOf } from './answer.ts';
import type { Answer } from './answer.ts';

export type Context = Readonly<ApolloLink.OperationContext>;
type Patch = Partial<ApolloLink.OperationContext>;

/**
 * One attempt: its own view of the operation, which the links below are given, and what hears them. Apollo
 * shares one operation among all attempts: written there, our headers would outlast the attempt (R7), and the
 * response of an attempt that was given up could be taken for that of the next (A5).
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
  readonly #attempt: Attempt;
  readonly #receiver: AttemptReceiver<Answer>;
  readonly #observer: Subscriber<ApolloLink.Result>;
  /** A source that emits at once can be left before `subscribe` returns: its subscriber is made first (E1). */
  readonly #source: Subscriber<ApolloLink.Result>;
  readonly #before: Context;
  /** With our headers in it; made when a link below asks for it. */
  #context: Context | undefined;
  #get: (() => Context) | undefined;
  #set: ApolloLink.Operation['setContext'] | undefined;
  #ended = false;
  #heard: unknown;
  /** The response that has come with the result which is being told, and not with one before it. */
  #response: unknown;
  /** The body of the last one, which other operations of a batch may have been answered with, too. */
  #body: ReceivedBody | undefined;

  /**
   * @param before the operation's context; each asking makes another copy of it.
   * @param observer whoever asked for the operation.
   */
  constructor(
    operation: ApolloLink.Operation,
    before: Context,
    attempt: Attempt,
    receiver: AttemptReceiver<Answer>,
    observer: Subscriber<ApolloLink.Result>,
  ) {
    // Links above do not believe an earlier attempt's response either.
    if (before['response'] !== undefined) operation.setContext({ response: undefined });
    this.query = operation.query;
    this.variables = operation.variables;
    this.extensions = operation.extensions;
    this.operationName = operation.operationName;
    this.operationType = operation.operationType;
    this.#operation = operation;
    this.#before = before;
    this.#attempt = attempt;
    this.#receiver = receiver;
    this.#observer = observer;
    this.#source = new Subscriber(this);
  }

  /** Sends it. The returned function ends it. */
  start(forward: ApolloLink.ForwardFunction): Cancel {
    forward(this).subscribe(this.#source);
    return () => {
      this.#source.unsubscribe();
      // From now on nothing that the links below write reaches the operation.
      this.#ended = true;
    };
  }

  get client(): ApolloLink.Operation['client'] {
    return this.#operation.client;
  }

  /** Not a method: links, Apollo's own among them, take it from the operation and call it by itself. */
  get getContext(): () => Context {
    return (this.#get ??= () => this.#current);
  }

  get setContext(): ApolloLink.Operation['setContext'] {
    return (this.#set ??= (next) => this.#write(next));
  }

  next(result: ApolloLink.Result): void {
    const receiver = this.#receiver;
    const streams = `${this.operationType}` === 'subscription';
    const loss = misplaced(result) ?? (streams ? lossIn(result) : undefined);
    const response = this.#newResponse();
    if (loss !== undefined) {
      this.#source.unsubscribe();
      return receiver.error(loss, seenIn(response, this.#body, loss));
    }
    this.#response = response;
    receiver.next(answerOf(result));
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
  read(answer: Answer): Signal | undefined {
    return signalOf(answer, this.#response, this.#body);
  }

  get #current(): Context {
    return (this.#context ??= Object.freeze(signed(this.#before, this.#attempt)));
  }

  #write(next: Patch | ((previous: Context) => Patch)): void {
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
      fetchOptions: { ...context['fetchOptions'], redirect: redirectIn(context) ?? redirect },
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
