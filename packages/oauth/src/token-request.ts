import type { RefreshRequest, Tokens } from '@holdfast/core';
import { parseJson, readBody, type AnswerBody } from './token-answer.ts';
import { isRecord } from './options.ts';
import { Redaction, shapeOf } from './redaction.ts';

/** What {@link TokenRequestError} is made from. Everything in it is free of secrets already. */
interface TokenRefusal {
  readonly message: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly cause?: unknown;
}

/**
 * The token endpoint answered, and its answer holds no tokens.
 *
 * `status`, `headers` and `body` are what the session reads to tell a final refusal from one that may
 * pass (T6, T7) and to find the wait that the server asks for (W1). No field holds a client secret, a
 * password, a token or the URL's query.
 *
 * @example
 * if (error instanceof TokenRequestError && error.status === 401) alertOperator(error.message);
 */
export class TokenRequestError extends Error {
  override readonly name: string = 'TokenRequestError';
  /** HTTP status. 0 where a browser hides that of a redirect. */
  readonly status: number;
  /** Names in lower case; only those that say what went wrong or how long to wait. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed where it is JSON, else text; at most 64 KiB. Of a success without tokens only the shape. */
  readonly body: unknown;

  constructor(refusal: TokenRefusal) {
    super(refusal.message, 'cause' in refusal ? { cause: refusal.cause } : undefined);
    this.status = refusal.status;
    this.headers = refusal.headers;
    this.body = refusal.body;
  }
}

/** One request to a token endpoint. */
export interface TokenRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Default: no cookie goes to another origin. */
  readonly credentials?: 'include' | undefined;
  readonly fetch: typeof globalThis.fetch;
  /** What must not be in an error, whatever the server repeats. */
  readonly secrets: Iterable<string | undefined>;
}

/** A refusal in RFC 6749's form. */
export interface Said {
  readonly error?: string | undefined;
  readonly error_description?: string | undefined;
}

/** What the core reads: the wait asked for (W1), the server's clock (W6), why a 401 (T17). */
const readHeader =
  /^(?:retry-after|date|content-type|www-authenticate|ratelimit.*|x-rate-?limit-.*)$/u;

/**
 * Sends a request and answers its tokens.
 *
 * @param read the tokens in the parsed answer of a success; `received` is when it came, epoch milliseconds.
 * @throws TokenRequestError where the endpoint answered without tokens.
 */
export async function requestTokens(
  request: TokenRequest,
  refresh: RefreshRequest,
  read: (json: unknown, received: number) => Tokens | undefined,
): Promise<Tokens> {
  const answer = await ask(request, refresh);
  if (!answer.isSuccess) throw answer.refused();
  if (answer.json === undefined) throw answer.withoutTokens('without JSON');
  let tokens: Tokens | undefined;
  try {
    tokens = read(answer.json, answer.received);
  } catch (cause) {
    throw answer.withoutTokens('but reading tokens from it failed', cause);
  }
  if (tokens !== undefined) return tokens;
  // Some servers refuse with status 200.
  throw answer.said.error === undefined
    ? answer.withoutTokens('without an access_token')
    : answer.refused();
}

/**
 * Sends a request and reads its answer, whatever that is.
 *
 * The time limit is the request's `signal` alone, which covers the body too (T5). Errors of `fetch`
 * pass through as they are: the core finds their reason in the `cause` chain (F8).
 *
 * Redirects are not followed (X1). `manual` rather than `error`, because edge runtimes know no `error`,
 * and because a redirect then is an answer with a status and not one more "fetch failed".
 */
export async function ask(
  request: TokenRequest,
  { signal, clock }: RefreshRequest,
): Promise<TokenAnswer> {
  const { url, body, credentials } = request;
  const response = await request.fetch(url.href, {
    method: 'POST',
    headers: { accept: 'application/json', ...request.headers },
    ...(body === undefined ? {} : { body }),
    ...(credentials === undefined ? {} : { credentials }),
    redirect: 'manual',
    signal,
  });
  const { status, type, headers } = response;
  const received = clock?.wall() ?? Date.now();
  const isRedirect = type === 'opaqueredirect' || (status >= 300 && status < 400);
  const from = `to ${url.origin}${url.pathname}`;
  const read = await readBody(response, signal);
  const head = { from, status, isRedirect, headers, received };
  return new TokenAnswer(head, read, parseJson(read.text), request.secrets);
}

interface AnswerHead {
  /** Where the request went, as a message has it. */
  readonly from: string;
  /** 0 where nobody tells. */
  readonly status: number;
  readonly isRedirect: boolean;
  readonly headers: Iterable<readonly [string, string]>;
  /** Epoch milliseconds. */
  readonly received: number;
}

/** An answer, and the errors that it may become. */
export class TokenAnswer {
  readonly json: unknown;
  readonly received: number;
  readonly #head: AnswerHead;
  readonly #body: AnswerBody;
  readonly #redaction: Redaction;

  constructor(
    head: AnswerHead,
    body: AnswerBody,
    json: unknown,
    secrets: Iterable<string | undefined>,
  ) {
    this.#head = head;
    this.received = head.received;
    this.#body = body;
    this.#redaction = new Redaction(secrets);
    this.json = json;
  }

  get isSuccess(): boolean {
    const { status } = this.#head;
    return status === 0 || (status >= 200 && status < 300);
  }

  get status(): number {
    return this.#head.status;
  }

  /** What it says in RFC 6749's words. */
  get said(): Said {
    return {
      error: textOf(this.json, 'error'),
      error_description: textOf(this.json, 'error_description'),
    };
  }

  /** @param body what the core is to read in place of the server's own body. */
  refused(said: Said = this.said, body: unknown = this.json ?? this.#text()): TokenRequestError {
    const { status, isRedirect } = this.#head;
    const reason = this.#reason(said);
    const plain = reason === '' ? 'failed' : `was refused: ${reason}`;
    const what = isRedirect ? 'was answered with a redirect, which is not followed' : plain;
    const shown = status === 0 ? what : `${what}, HTTP ${status}`;
    return this.#error(shown, this.#redaction.value(body));
  }

  withoutTokens(how: string, ...causes: readonly unknown[]): TokenRequestError {
    const { status } = this.#head;
    const body = shapeOf(this.json ?? this.#body.text);
    const answered = status === 0 ? 'was answered' : `was answered ${status}`;
    return this.#error(`${answered} ${how}`, body, ...causes);
  }

  /** The error word and its description, on one line of a length that a log can bear. */
  #reason({ error, error_description: description }: Said): string {
    const reason =
      error === undefined || description === undefined
        ? (error ?? description ?? '')
        : `${error} (${description})`;
    // A secret that is cut in half is a secret that is not found: redacted first, shortened then.
    const line = this.#redaction.text(reason).replaceAll(/\s+/gu, ' ');
    return line.length > 500 ? `${line.slice(0, 500)}…` : line;
  }

  #text(): string {
    const { text, cut } = this.#body;
    return cut ? text.slice(0, Math.max(0, text.length - this.#redaction.longest)) : text;
  }

  #error(what: string, body: unknown, ...causes: readonly unknown[]): TokenRequestError {
    const headers: Record<string, string> = {};
    for (const [name, value] of this.#head.headers) {
      if (readHeader.test(name)) headers[name] = this.#redaction.text(value);
    }
    return new TokenRequestError({
      message: `Token request ${this.#head.from} ${what}.`,
      status: this.#head.status,
      headers,
      body,
      ...(causes.length === 0 ? {} : { cause: causes[0] }),
    });
  }
}

/** A text at a key of a record; an empty one says nothing. */
export function textOf(record: unknown, key: string): string | undefined {
  const text = isRecord(record) ? record[key] : undefined;
  return typeof text === 'string' && text !== '' ? text : undefined;
}
