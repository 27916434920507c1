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
    const { request, own } = read;
    const info: OperationInfo = { ...read.info, ...options.operation?.(request) };
    /** Of the answers that nobody was given yet: one may be delivered long after its attempt (F6). */
    const unread = new Map<Answer, AbortController>();
    const transport: Transport<Answer> = {
      read: (answer) => answer,
      send(attempt, receiver) {
        const controller = new AbortController();
        const { redirect = attempt.redirect } = read;
        /** What leaves open who could not be reached (F9a), or what came before the body broke. */
        let seen: Signal = { incomplete: redirect === 'follow' && attempt.redirect !== redirect };
        let isAnswered = false;
        const run = async (): Promise<void> => {
          if (read.isOnce && attempt.number > 1) {
            throw new TypeError('The body is a stream that has already been used.');
          }
          const headers = new Headers(read.headers);
          for (const [name, value] of Object.entries(attempt.headers)) headers.set(name, value);
          const signal = either(info.signal, controller);
          const sent = { ...init, headers, redirect, signal };
          const response = await (options.fetch ?? fetch)(own?.clone() ?? input, sent);
          seen = { status: response.status, headers: response.headers, incomplete: true };
          const answer = await answerOf(response, read);
          isAnswered = true;
          unread.set(answer, controller);
          receiver.next(answer);
          receiver.complete();
        };
        run().catch((error: unknown) => receiver.error(error, seen));
        // What has been answered is let go of in the end: it may be the best there will be.
        return () => {
          if (!isAnswered) controller.abort();
        };
      },
    };
    return new Promise((resolve, reject) => {
      // Their connections are free for others.
      const letGo = (): void => unread.forEach((controller) => controller.abort());
      resilience.execute(info, transport, {
        next(answer) {
          unread.delete(answer);
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
