import { checkInstance, failureOf as known } from '@holdfast/core';
import type {
  Attempt,
  AttemptReceiver,
  Cancel,
  Failure,
  OperationInfo,
  Resilience,
  Signal,
} from '@holdfast/core';
import { answerOf } from './answer.ts';
import type { Answer } from './answer.ts';
import { readRequest } from './request-operation.ts';
import type { FetchRequest, ReadRequest } from './request-operation.ts';

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
 * It resolves to the last response as it is, GraphQL errors and error statuses included, and rejects with what `fetch`
 * rejects with, or with a `ResilienceError` where nothing was sent, or nothing came in time. `failureOf` says what a
 * response or an error means. Bodies that stream (`multipart/mixed`, `text/event-stream`) pass unread. A request whose
 * body is a stream is sent once. What is not known to be a query, such as a POST of a persisted operation, is treated as
 * a mutation.
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
      const info: OperationInfo = { ...infoOf(read), ...options.operation?.(read.request) };
      const { signal } = info;
      const send = options.fetch ?? fetch;
      /** What attempts have brought; one of them may be delivered long after its attempt (F6). */
      const answers = new Set<Answer>();
      // Nobody will read these: their connections are free for others, and that one has failed is nobody's concern.
      const letGo = (): void => {
        for (const { response } of answers) {
          (response.body as Partial<ReadableStream> | null)?.cancel?.().catch(() => undefined);
        }
      };
      const transport = {
        read: (answer: Answer) => answer.signal,
        send(attempt: Attempt, receiver: AttemptReceiver<Answer>): Cancel {
          const own = new AbortController();
          const ends = either(signal, own);
          let isAnswered = false;
          /** What came before the body broke, or what leaves open who could not be reached (F9a). */
          let seen: Signal | undefined;
          const run = async (): Promise<Answer> => {
            if (read.isOnce && attempt.number > 1) throw new TypeError(SPENT);
            const asked = { ...signed(attempt, read), signal: ends };
            if (attempt.redirect === 'manual' && asked.redirect === 'follow') {
              seen = { incomplete: true };
            }
            const response = await send(read.own?.clone() ?? input, asked);
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
              // So Firefox tells of a connection that is lost inside an answer (F8).
              const isLost = seen?.status && isAbort(error) && !ends.aborted && !signal?.aborted;
              receiver.error(isLost ? new TypeError(LOST) : error, seen);
            },
          );
          // What has been answered is either whole, or let go of in the end: it may be the best there will be.
          return () => {
            if (!isAnswered) own.abort();
          };
        },
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

/** @throws TypeError One sentence that names the option, what was given and what is allowed (X5). */
function checkOptions(options: unknown): void {
  const refuse = (what: string, given: unknown): never => {
    throw new TypeError(`resilientFetch: ${what}, not ${shown(given)}.`);
  };
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    return refuse('options must be an object', options);
  }
  for (const [name, value] of Object.entries(options)) {
    if (name !== 'fetch' && name !== 'operation') {
      refuse('each option must be one of fetch, operation', name);
    }
    if (value !== undefined && typeof value !== 'function') {
      refuse(`${name} must be a function`, value);
    }
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 60));
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

const SPENT = 'The body is a stream that has already been used.';
const LOST = 'The network connection was lost.';

function isAbort(error: unknown): boolean {
  return (error as Partial<Error> | undefined)?.name === 'AbortError';
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

function infoOf({ request, own, rootFields, text, isOnce }: ReadRequest): OperationInfo {
  const { kind, name, url, init } = request;
  return {
    kind,
    name,
    endpoint: url,
    // `null` gives up that of a Request.
    signal: (init?.signal === undefined ? own?.signal : init.signal) ?? undefined,
    rootFields: () => rootFields,
    identity: () => text,
    options: isOnce ? { retry: false } : undefined,
  };
}

function signed(attempt: Attempt, { request: { init }, own, headers }: ReadRequest): RequestInit {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(attempt.headers)) all.set(name, value);
  // A Request says `follow` although nobody has.
  const redirect = own?.redirect === 'follow' ? undefined : own?.redirect;
  return { ...init, headers: all, redirect: init?.redirect ?? redirect ?? attempt.redirect };
}

/**
 * The failure behind what a client makes of an answer: the core's `failureOf`, which also finds it by a `Response`, and
 * besides by graphql-request's `ClientError` (its `response`) and by the error of Relay's network (its `source`, where
 * the network layer has read the answer with `response.json()`). Never throws.
 *
 * @example
 * try {
 *   await client.request(ORDERS); // graphql-request
 * } catch (error) {
 *   failureOf(error)?.advice; // what to do about it
 * }
 */
export function failureOf(error: unknown): Failure | undefined {
  try {
    const { response, source } = (error ?? {}) as Made;
    return known(error) ?? known(response) ?? known(response?.headers) ?? known(source);
  } catch {
    // What cannot be looked into is none of ours.
    return undefined;
  }
}

interface Made {
  readonly response?: { readonly headers?: unknown } | null;
  readonly source?: unknown;
}
