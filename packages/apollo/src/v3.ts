// Installed here under another name, beside version 4; the build writes the name that it has for an app.
import { ApolloError, ApolloLink, Observable } from 'apollo-client-3/core/index.js';
import type { FetchResult, NextLink, Operation } from 'apollo-client-3/core/index.js';
import { checkInstance } from '@holdfast/core';
import type { OperationInfo, OperationOptions, Resilience } from '@holdfast/core';
import type { DocumentNode } from 'graphql';
import { apolloTakes, protocolErrorsIn } from './answer.ts';
import { LinkRun } from './link-run.ts';
import type { Observer, OwnOperation } from './link-run.ts';

/** One package is all to install: everything that the core has is here, too. */
export * from '@holdfast/core';

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
        new Observable((observer) => new Run(operation, forward, observer).start(resilience)),
    );
  }
}

class Run extends LinkRun<Operation, FetchResult> {
  readonly #forward: NextLink;

  constructor(operation: Operation, forward: NextLink, observer: Observer<FetchResult>) {
    super(kindOf(operation.query), operation, observer);
    this.#forward = forward;
  }

  subscribe(own: OwnOperation<Operation, FetchResult>): void {
    const { kind } = this;
    // Of an answer that has none, or says that more will come, Apollo 3 makes no end (E4).
    let isAwaited = kind !== 'subscription';
    own.hear(
      this.#forward(own).subscribe({
        next(result) {
          isAwaited = kind === 'mutation' && hasNext(result);
          own.next(result);
        },
        error: (error) => own.error(error),
        complete() {
          if (!isAwaited) own.complete();
          else own.error(new TypeError('The answer ended before its result.'));
        },
      }),
    );
  }

  lossIn(result: FetchResult): unknown {
    return lossIn(result);
  }

  /** Strings it hands on in a list of its own, and without their words: nothing would lead to what they mean (F11b). */
  takes(entry: unknown): boolean {
    return typeof entry === 'object' && apolloTakes(entry);
  }
}

/** Of the document's one operation, as Apollo 3 has it; its operations do not say it themselves. */
function kindOf({ definitions }: DocumentNode): OperationInfo['kind'] {
  for (const definition of definitions) {
    if (definition.kind === 'OperationDefinition') return `${definition.operation}`;
  }
  return 'query';
}

function hasNext(result: FetchResult | null): boolean {
  return (result as { readonly hasNext?: unknown } | null)?.hasNext === true;
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
