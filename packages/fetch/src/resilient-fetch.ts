import { checkInstance, failureOf as known } from '@holdfast/core';
import type {
  Attempt,
  AttemptReceiver,
  Cancel,
  Failure,
  OperationInfo,
  Receiver,
  Resilience,
  Signal,
  Transport,
} from '@holdfast/core';
import { Answer } from './answer.ts';
import { isRequest, readRequest, textOf } from './request-operation.ts';
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
    const text = textOf(input, init);
    const read = readRequest(input, init, typeof text === 'object' ? await text : text);
    return new Promise((resolve, reject) => {
      const info = { ...infoOf(input, read), ...options.operation?.(read.request) };
      const send = options.fetch ?? fetch;
      const run = new FetchRun(send, input, read, info.signal, resolve, reject);
      resilience.execute(info, run, run);
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

function infoOf(
  input: RequestInfo | URL,
  { request, rootFields, text }: ReadRequest,
): OperationInfo {
  const { kind, name, url, init } = request;
  const signal = init?.signal ?? (isRequest(input) ? input.signal : undefined);
  const isSpentOnce = typeof ReadableStream === 'function' && init?.body instanceof ReadableStream;
  return {
    kind,
    name,
    endpoint: url,
    signal,
    ...(rootFields !== undefined && { rootFields: () => rootFields }),
    identity: () => text,
    ...(isSpentOnce && { options: { retry: false } }),
  };
}

/** One call: it sends for the core, and hears from it. */
class FetchRun implements Transport<Answer>, Receiver<Answer> {
  readonly #fetch: typeof globalThis.fetch;
  readonly #input: RequestInfo | URL;
  readonly #read: ReadRequest;
  readonly #signal: AbortSignal | undefined;
  readonly #resolve: (response: Response) => void;
  readonly #reject: (error: unknown) => void;
  /** What attempts have brought; one of them may be delivered long after its attempt (F6). */
  readonly #answers = new Map<Answer, AbortController>();

  constructor(
    fetch: typeof globalThis.fetch,
    input: RequestInfo | URL,
    read: ReadRequest,
    signal: AbortSignal | undefined,
    resolve: (response: Response) => void,
    reject: (error: unknown) => void,
  ) {
    this.#fetch = fetch;
    this.#input = input;
    this.#read = read;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  send(attempt: Attempt, receiver: AttemptReceiver<Answer>): Cancel {
    const controller = new AbortController();
    let isAnswered = false;
    /** What came before the body broke, or what leaves open who could not be reached (F9a). */
    let seen: Signal | undefined;
    const run = async (): Promise<Answer> => {
      const send = this.#fetch;
      const init = this.#signed(attempt, controller.signal);
      if (attempt.redirect === 'manual' && init.redirect === 'follow') seen = { incomplete: true };
      const response = await send(isRequest(this.#input) ? this.#input.clone() : this.#input, init);
      seen = { status: response.status, headers: response.headers, incomplete: true };
      return Answer.of(response, this.#read.isBatch);
    };
    run().then(
      (answer) => {
        isAnswered = true;
        this.#answers.set(answer, controller);
        receiver.next(answer);
        receiver.complete();
      },
      (error: unknown) => receiver.error(error, seen),
    );
    // What has been answered is either whole, or let go of in the end: it may be the best there will be.
    return () => {
      if (!isAnswered) controller.abort();
    };
  }

  read(answer: Answer): Signal {
    return answer.signal;
  }

  next(answer: Answer): void {
    const signal = this.#signal;
    const controller = this.#answers.get(answer);
    this.#answers.delete(answer);
    // What is still to come of it ends with the request's signal, as with any `fetch`.
    if (!answer.isWhole) {
      signal?.addEventListener('abort', () => controller?.abort(signal.reason), { once: true });
    }
    this.#resolve(answer.handOn());
  }

  error(error: unknown): void {
    this.#reject(error);
    this.complete();
  }

  complete(): void {
    for (const answer of this.#answers.keys()) answer.letGo();
  }

  #signed({ headers, redirect }: Attempt, signal: AbortSignal): RequestInit {
    const { init } = this.#read.request;
    const own = isRequest(this.#input) ? this.#input : undefined;
    const signed: RequestInit = { ...init, signal };
    if (redirect === 'manual') {
      // A Request says `follow` although nobody has.
      signed.redirect ??= own !== undefined && own.redirect !== 'follow' ? own.redirect : redirect;
    }
    const ours = Object.entries(headers);
    if (ours.length > 0) {
      const all = new Headers(init?.headers ?? own?.headers);
      for (const [name, value] of ours) all.set(name, value);
      signed.headers = all;
    }
    return signed;
  }
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
  const found = known(error);
  if (found !== undefined || typeof error !== 'object' || error === null) return found;
  try {
    const { response, source } = error as Made;
    return known(response) ?? known(response?.headers) ?? known(source);
  } catch {
    // What cannot be looked into is none of ours.
    return undefined;
  }
}

interface Made {
  readonly response?: { readonly headers?: unknown } | null;
  readonly source?: unknown;
}
