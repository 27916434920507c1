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
  Signal,
  Transport,
} from '@holdfast/core';
import { print } from 'graphql';
import type { DocumentNode } from 'graphql';
import { answerOf, misplaced } from './answer.ts';
import type { Answer, Answered, Reader } from './answer.ts';

/** What a run needs of an operation of Apollo Client, in version 3 and 4 alike. */
interface AnyOperation {
  query: DocumentNode;
  variables: unknown;
  extensions: unknown;
  readonly operationName?: string | undefined;
  readonly operationType?: unknown;
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
export interface Observer<R> extends Receiver<R> {
  readonly closed: boolean;
}

interface Subscription {
  unsubscribe(): void;
}

/** One operation: it describes itself to the core, sends for it, and hears from it. */
export abstract class LinkRun<O extends AnyOperation, R>
  implements OperationInfo, Transport<Answer<R>>, Receiver<Answer<R>>, Reader
{
  readonly kind: OperationInfo['kind'];
  readonly name: string | undefined;
  readonly endpoint: string | undefined;
  readonly signal: AbortSignal | undefined;
  readonly options: OperationOptions | undefined;
  readonly operation: O;
  readonly observer: Observer<R>;
  /**
   * The context as it was when the operation began: asking for it makes a copy each time. It serves an attempt
   * that is sent at once; while one waits, links above may write (A6).
   */
  #context: Context | undefined;
  #attempt: OwnOperation<O, R> | undefined;

  constructor(kind: OperationInfo['kind'], operation: O, observer: Observer<R>) {
    const context = operation.getContext() as Context;
    const { uri, fetchOptions, resilience } = context;
    this.kind = kind;
    this.name = operation.operationName || undefined;
    // HttpLink takes no function here. Its own address is not to be seen from outside.
    this.endpoint = typeof uri === 'string' ? uri : undefined;
    this.signal = fetchOptions?.signal ?? undefined;
    this.options = resilience;
    this.operation = operation;
    this.observer = observer;
    this.#context = context;
  }

  /** Has the links below send an attempt; what ends it is given to `own.hear`, before they emit where that can be. */
  abstract subscribe(own: OwnOperation<O, R>): void;
  /** The error by which an event says that its stream is lost (S2). */
  abstract lossIn(result: R): unknown;
  abstract takes(entry: unknown): boolean;

  // Made when they are asked for, which is when something has failed.
  get rootFields(): () => number | undefined {
    return () => rootFieldsOf(this.operation.query);
  }

  get answeredBy(): () => string | undefined {
    return () => this.#attempt?.answeredBy;
  }

  get headers(): () => unknown {
    return () => (this.operation.getContext() as Context).headers;
  }

  get identity(): () => string {
    const { query, variables } = this.operation;
    return () => `${print(query)} ${JSON.stringify(variables)}`;
  }

  start(resilience: Resilience): Cancel {
    const cancel = resilience.execute<Answer<R>>(this, this, this);
    this.#context = undefined;
    return cancel;
  }

  send(attempt: Attempt, receiver: AttemptReceiver<Answer<R>>): Cancel {
    const before = this.#context ?? (this.operation.getContext() as Context);
    this.#context = undefined;
    const own = new OwnOperation<O, R>(this, before, attempt, receiver);
    this.#attempt = own;
    this.subscribe(own);
    return () => own.end();
  }

  read({ signal }: Answer<R>): Signal | undefined {
    return signal;
  }

  next(answer: Answer<R>): void {
    const { data } = (answer.result ?? {}) as { readonly data?: unknown };
    const failure = data === undefined || data === null ? failureOf(answer) : undefined;
    // It shows in nothing that it has failed: Apollo would take a mutation for one that succeeded (R10).
    if (failure && failure.source !== 'graphql') return this.error(new ResilienceError(failure));
    this.observer.next(answer.result);
  }

  error(error: unknown): void {
    this.observer.error(error);
  }

  complete(): void {
    this.observer.complete();
  }
}

/**
 * One attempt: its own view of the operation, which the links below are given, and what hears them. Apollo
 * shares one operation among all attempts: written there, our headers would outlast the attempt (R7), and the
 * response of an attempt that was given up could be taken for that of the next (A5).
 *
 * What links below write reaches the operation too, for links above to read; headers do not, since ours are
 * among them. As with Apollo's own, what is copied from it by spreading has no context and no client.
 */
export class OwnOperation<O extends AnyOperation, R> implements AnyOperation, Receiver<R> {
  query: O['query'];
  variables: O['variables'];
  extensions: O['extensions'];
  readonly operationName: O['operationName'];
  /** Only where the operation has one: what links below copy and send looks as it does above (R7). */
  declare readonly operationType: O['operationType'];
  readonly #run: LinkRun<O, R>;
  readonly #attempt: Attempt;
  readonly #receiver: AttemptReceiver<Answer<R>>;
  #source: Subscription | undefined;
  readonly #before: Context;
  /** With our headers in it; made when a link below asks for it. */
  #context: Context | undefined;
  #get: (() => Context) | undefined;
  #set: O['setContext'] | undefined;
  #isEnded = false;
  /** The last one that was heard of; headers count once, however much streams in after them. */
  #response: Answered | undefined;
  /** The body of the last one, which other operations of a batch may have been answered with, too. */
  #body: ReceivedBody | undefined;

  /** @param before the operation's context; each asking makes another copy of it. */
  constructor(
    run: LinkRun<O, R>,
    before: Context,
    attempt: Attempt,
    receiver: AttemptReceiver<Answer<R>>,
  ) {
    const { operation } = run;
    // Links above do not believe an earlier attempt's response either.
    if (before.response !== undefined) operation.setContext({ response: undefined });
    this.query = operation.query;
    this.variables = operation.variables;
    this.extensions = operation.extensions;
    this.operationName = operation.operationName;
    if (operation.operationType) this.operationType = operation.operationType;
    this.#run = run;
    this.#before = before;
    this.#attempt = attempt;
    this.#receiver = receiver;
  }

  /** @param source what it hears: ended with it, and where it says what is no result. */
  hear(source: Subscription): void {
    this.#source = source;
  }

  end(): void {
    this.#source?.unsubscribe();
    // From now on nothing that the links below write reaches the operation.
    this.#isEnded = true;
  }

  get client(): O['client'] {
    return this.#run.operation.client;
  }

  /** Not a method: links, Apollo's own among them, take it from the operation and call it by itself. */
  get getContext(): O['getContext'] {
    return (this.#get ??= () => this.#current);
  }

  get setContext(): O['setContext'] {
    return (this.#set ??= (next) => this.#write(next));
  }

  next(result: R): void {
    const run = this.#run;
    const loss = misplaced(result) ?? (run.kind === 'subscription' && run.lossIn(result));
    if (loss) {
      this.#source?.unsubscribe();
      return this.error(loss);
    }
    this.#receiver.next(answerOf(result, this.#newResponse(), this.#body, run));
    if (run.observer.closed) this.#source?.unsubscribe();
  }

  error(error: unknown): void {
    const { status, headers } = this.#newResponse() ?? {};
    const { bodyText } = (error ?? {}) as { readonly bodyText?: unknown };
    const body = this.#body;
    const isUnread = body?.text === undefined && typeof bodyText !== 'string';
    const incomplete = status === undefined ? this.#mayBeLed : isUnread || body?.incomplete;
    this.#receiver.error(error, { status, headers, body: body?.text, incomplete });
  }

  complete(): void {
    this.#receiver.complete();
  }

  /** HttpLink's own address is to be seen from outside only where it has answered (W12). */
  get answeredBy(): string | undefined {
    return this.#context?.response?.url;
  }

  get #current(): Context {
    return (this.#context ??= Object.freeze(signed(this.#before, this.#attempt)));
  }

  #write(next: Change): void {
    const context = this.#current;
    const patch = { ...(typeof next === 'function' ? next(context) : next) };
    // The links that send say so before they read it.
    const { response } = patch;
    if (response !== undefined && response !== context.response) {
      this.#body = receivedBody(response, this.#origin);
    }
    this.#context = Object.freeze({ ...context, ...patch });
    if (this.#isEnded) return;
    delete patch['headers'];
    this.#run.operation.setContext(patch);
  }

  #newResponse(): Answered | undefined {
    const response = this.#context?.response;
    return response === this.#response ? undefined : (this.#response = response);
  }

  /** Redirects are followed although they were not to be: what could not be reached may be another address (F9). */
  get #mayBeLed(): boolean {
    if (this.#attempt.redirect !== 'manual') return false;
    const { redirect } = this.#current.fetchOptions ?? {};
    return redirect !== 'manual' && redirect !== 'error';
  }

  /** The operation as the client made it, however many of our links it has passed. */
  get #origin(): object {
    const { operation } = this.#run;
    return operation instanceof OwnOperation ? operation.#origin : operation;
  }
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
