import { checkInstance, optionError } from '@holdfast/core';
import type { OperationInfo, Resilience, Signal, Transport } from '@holdfast/core';
import { answerOf } from './answer.ts';
import type { Answer } from './answer.ts';
import { readRequest } from './request-operation.ts';
import type { FetchRequest } from './request-operation.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** Options of {@link resilientFetch}. */
export interface ResilientFetchOptions {
  /** What sends. Default: the global `fetch` at the time of each request. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /**
   * What the request does not show, or shows wrongly: the kind of a persisted operation, or its `options`, such as
   * `{ auth: false }` for a sign-in. Default: what the request shows.
   */
  operation?(request: FetchRequest): Partial<OperationInfo>;
}

/**
 * A `fetch` that signs GraphQL requests, and sends them again where that helps, as the given instance decides: for
 * every client that takes a `fetch`.
 *
 * It resolves to the last response as it is, whatever its status, and rejects with what `fetch` rejects with, or with
 * a `ResilienceError` where nothing was sent, or nothing came in time; `failureOf` says what either means. Answers that
 * stream pass unread; a request whose body streams is sent once; what is not known to be a query is a mutation.
 *
 * @param resilience The instance, of `createResilience`. Several clients may share one.
 * @throws TypeError in a development build, where there is no instance, or an option is none or no function.
 *
 * @example
 * const client = new GraphQLClient(url, { fetch: resilientFetch(resilience) });
 */
export function resilientFetch(
  resilience: Resilience,
  options: ResilientFetchOptions = {},
): typeof globalThis.fetch {
  checkInstance(resilience, 'resilientFetch()');
  if (process.env.NODE_ENV !== 'production') checkOptions(options);
  return async (input, init) => {
    const read = await readRequest(input, init);
    return new Promise((resolve, reject) => {
      const { request, own } = read;
      const info: OperationInfo = {
        kind: request.kind,
        name: request.name,
        endpoint: request.url,
        signal: read.signal,
        rootFields: () => read.rootFields,
        identity: () => read.text,
        headers: () => read.headers,
        options: read.isOnce ? { retry: false } : undefined,
        ...options.operation?.(request),
      };
      /** What attempts have brought: one may be delivered long after its attempt (F6). */
      const answers = new Set<Answer>();
      const transport: Transport<Answer> = {
        read: (answer) => answer,
        send(attempt, receiver) {
          const controller = new AbortController();
          let isAnswered = false;
          /** What came before the body broke, or what leaves open who could not be reached (F9a). */
          let seen: Signal | undefined;
          const run = async (): Promise<Answer> => {
            if (read.isOnce && attempt.number > 1) {
              throw new TypeError('The body is a stream that has already been used.');
            }
            const headers = new Headers(read.headers);
            for (const [name, value] of Object.entries(attempt.headers)) headers.set(name, value);
            const { redirect = attempt.redirect } = read;
            if (redirect === 'follow' && attempt.redirect !== redirect) seen = { incomplete: true };
            const signal = either(info.signal, controller);
            const sent = { ...init, headers, redirect, signal };
            const response = await (options.fetch ?? fetch)(own?.clone() ?? input, sent);
            seen = { status: response.status, headers: response.headers, incomplete: true };
            return answerOf(response, read);
          };
          run().then(
            (answer) => {
              isAnswered = true;
              answers.add(answer);
              receiver.next(answer);
              receiver.complete();
            },
            (error: unknown) => {
              // Whoever is told has not aborted: a connection was lost inside an answer (F8).
              const isLost =
                seen?.status && (error as Partial<Error> | null)?.name === 'AbortError';
              receiver.error(
                isLost ? new TypeError('The network connection was lost.') : error,
                seen,
              );
            },
          );
          // What has been answered is either whole, or let go of in the end: it may be the best there will be.
          return () => {
            if (!isAnswered) controller.abort();
          };
        },
      };
      // Nobody will read these: their connections are free for others, and that one has failed is nobody's concern.
      const letGo = (): void => {
        for (const { response } of answers) {
          (response.body as Partial<ReadableStream> | null)?.cancel?.().catch(() => undefined);
        }
      };
      resilience.execute(info, transport, {
        next(answer) {
          answers.delete(answer);
          resolve(answer.response);
        },
        error(error) {
          reject(error);
          letGo();
        },
        complete: letGo,
      });
    });
  };
}

/**
 * Ends with either. What still comes of an answer that was handed on ends with the request's signal, as with any
 * `fetch`; a signal that lives on keeps nothing of it.
 */
function either(signal: AbortSignal | undefined, own: AbortController): AbortSignal {
  // Of the same make, which is no global everywhere; where that can join two.
  const make = own.signal.constructor as typeof AbortSignal;
  if ('any' in make && signal instanceof make) return make.any([signal, own.signal]);
  signal?.addEventListener('abort', () => own.abort(signal.reason), { once: true });
  return own.signal;
}

/** @throws TypeError One sentence that names the option, what was given and what is allowed (X5). */
function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw optionError('resilientFetch: options must be an object', options);
  }
  for (const [name, value] of Object.entries(options)) {
    if (name !== 'fetch' && name !== 'operation') {
      throw optionError('resilientFetch: each option must be one of fetch, operation', name);
    }
    if (value !== undefined && typeof value !== 'function') {
      throw optionError(`resilientFetch: ${name} must be a function`, value);
    }
  }
}
