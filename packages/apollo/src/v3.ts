// Installed here under another name, beside version 4; the build writes the name that it has for an app.
import { ApolloError, ApolloLink, Observable } from 'apollo-client-3/core/index.js';
import type { FetchResult, NextLink, Operation } from 'apollo-client-3/core/index.js';
import { checkInstance, rootFieldsOf } from '@holdfast/core';
import type {
  Attempt,
  AttemptReceiver,
  Cancel,
  OperationInfo,
  OperationOptions,
  Receiver,
  Resilience,
  Signal,
  Transport,
} from '@holdfast/core';
import { print } from 'graphql';
import type { DocumentNode } from 'graphql';
import { protocolErrorsIn, silentError, Unusual } from './answer.ts';
import type { Answer as AnswerOf } from './answer.ts';
import { AttemptOperation } from './attempt-operation.ts';
import type { Context } from './attempt-operation.ts';

/** One package is all to install: everything that the core has is here, too. */
export * from '@holdfast/core';

type Answer = AnswerOf<FetchResult>;
type Own = AttemptOperation<Operation, FetchResult>;

/** Whoever asked for an operation. */
interface Observer {
  readonly closed: boolean;
  next(result: FetchResult): void;
  error(error: unknown): void;
  complete(): void;
}

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
 * Signs operations, and sends them again where that helps, as the given instance decides: the link for
 * Apollo Client 3.
 *
 * @remarks
 * It stands above the links that send, and below those that should see an operation once however often
 * it is sent. Errors are delivered untouched; `failureOf(error)` says what they mean, of the `ApolloError`
 * that Apollo makes of them, too.
 *
 * @example
 * const client = new ApolloClient({
 *   link: from([new ResilienceLink(resilience), new HttpLink({ uri })]),
 *   cache: new InMemoryCache(),
 * });
 */
export class ResilienceLink extends ApolloLink {
  /** @param resilience The instance, of `createResilience`. Several links and clients may share one. */
  constructor(resilience: Resilience) {
    checkInstance(resilience, 'new ResilienceLink()');
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
  readonly #operation: Operation;
  readonly #forward: NextLink;
  readonly #observer: Observer;
  #attempt: Own | undefined;

  constructor(operation: Operation, forward: NextLink, observer: Observer) {
    const { uri, fetchOptions, resilience } = operation.getContext() as Readonly<{
      uri?: unknown;
      fetchOptions?: { readonly signal?: AbortSignal | null };
      resilience?: OperationOptions;
    }>;
    this.kind = kindOf(operation.query);
    this.name = operation.operationName || undefined;
    // HttpLink's own address is not to be seen from outside.
    this.endpoint = typeof uri === 'string' ? uri : undefined;
    this.signal = fetchOptions?.signal ?? undefined;
    this.options = resilience;
    this.#operation = operation;
    this.#forward = forward;
    this.#observer = observer;
  }

  // Made when they are asked for, which is when something has failed.
  get rootFields(): () => number | undefined {
    const { query } = this.#operation;
    return () => rootFieldsOf(query);
  }

  get headers(): () => unknown {
    const operation = this.#operation;
    return () => (operation.getContext() as Context)['headers'];
  }

  get identity(): () => string {
    const { query, variables } = this.#operation;
    return () => `${print(query)} ${JSON.stringify(variables)}`;
  }

  get answeredBy(): () => string | undefined {
    return () => this.#attempt?.answeredBy;
  }

  start(resilience: Resilience): Cancel {
    return resilience.execute(this, this, this);
  }

  send(attempt: Attempt, receiver: AttemptReceiver<Answer>): Cancel {
    const operation = this.#operation;
    // Of an answer that has none, or says that more will come, Apollo 3 makes no end (E4).
    let awaited = this.kind !== 'subscription';
    const own: Own = new AttemptOperation<Operation, FetchResult>(
      operation,
      operation.getContext() as Context,
      attempt,
      {
        next: (answer) => {
          awaited = this.kind === 'mutation' && hasNext(answer);
          receiver.next(worded(answer));
        },
        error: (error, seen) => receiver.error(error, seen),
        complete: () => {
          if (awaited) own.error(new TypeError('The answer ended before its result.'));
          else receiver.complete();
        },
      },
      this.#observer,
      this.kind === 'subscription' ? lossIn : undefined,
    );
    this.#attempt = own;
    // An observable that is not Apollo's may emit before it can be left.
    own.hear(NOT_YET);
    own.hear(this.#forward(own).subscribe(own));
    return () => own.end();
  }

  read(answer: Answer): Signal | undefined {
    return this.#attempt?.read(answer);
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

const NOT_YET = { unsubscribe: (): void => {} };

/** Of the document's one operation, as Apollo 3 has it; its operations do not say it themselves. */
function kindOf({ definitions }: DocumentNode): OperationInfo['kind'] {
  for (const definition of definitions) {
    if (definition.kind === 'OperationDefinition') return `${definition.operation}`;
  }
  return 'query';
}

/**
 * Makes errors of strings among `errors`. Apollo 3 hands them on in a list of its own and without their
 * words, so that nothing would lead to what they mean (A6b, F11b).
 */
function worded(answer: Answer): Answer {
  if (!(answer instanceof Unusual)) return answer;
  const errors: unknown = answer.result.errors;
  if (!Array.isArray(errors) || errors.every(isObject)) return answer;
  const entries = errors.map((entry: unknown) =>
    isObject(entry) ? entry : { message: `${entry as string}` },
  );
  return new Unusual(answer.sent, { ...answer.result, errors: entries } as FetchResult);
}

function hasNext(answer: Answer): boolean {
  const result = answer instanceof Unusual ? answer.result : answer;
  return (result as { readonly hasNext?: unknown }).hasNext === true;
}

function isObject(entry: unknown): boolean {
  return typeof entry === 'object';
}

/**
 * The error by which a multipart subscription says that it is lost itself, as Apollo's own RetryLink makes
 * one. With `errors` in it, it is known by them wherever a client puts it.
 */
function lossIn(result: FetchResult): ApolloError | undefined {
  const protocolErrors = protocolErrorsIn(result);
  if (!Array.isArray(protocolErrors)) return undefined;
  return Object.assign(new ApolloError({ protocolErrors }), { errors: protocolErrors });
}
