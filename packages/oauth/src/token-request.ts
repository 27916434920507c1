import type { RefreshRequest, Tokens } from '@holdfast/core';
import { parseJson, readBody, type AnswerBody } from './answer-body.ts';
import { isRecord } from './options.ts';
import { Redaction, shapeOf } from './redaction.ts';
import { TokenRequestError } from './token-request-error.ts';

/** One request to a token endpoint. */
export interface TokenRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly fetch: typeof globalThis.fetch;
  /** What must not be in an error, whatever the server repeats. */
  readonly secrets: Iterable<string | undefined>;
  /** The tokens in the parsed answer of a success; `received` is when it came, epoch milliseconds. */
  read(json: unknown, received: number): Tokens | undefined;
}

/** What the core reads: the wait asked for (W1), the server's clock (W6), why a 401 (T17). */
const readHeader =
  /^(?:retry-after|date|content-type|www-authenticate|ratelimit.*|x-rate-?limit-.*)$/u;

/**
 * Sends a request and answers its tokens.
 *
 * The time limit is the request's `signal` alone, which covers the body too (T5). Errors of `fetch`
 * pass through as they are: the core finds their reason in the `cause` chain (F8).
 *
 * Redirects are not followed (X1). `manual` rather than `error`, because edge runtimes know no `error`,
 * and because a redirect then is an answer with a status and not one more "fetch failed". `credentials`
 * is left to its default, which sends no cookie to another origin.
 *
 * @throws TokenRequestError where the endpoint answered without tokens.
 */
export async function requestTokens(
  request: TokenRequest,
  { signal, clock }: RefreshRequest,
): Promise<Tokens> {
  const response = await request.fetch(request.url.href, {
    method: 'POST',
    headers: { accept: 'application/json', ...request.headers },
    body: request.body,
    redirect: 'manual',
    signal,
  });
  const received = clock?.wall() ?? Date.now();
  const refusal = new Refusal(request, response, await readBody(response, signal));
  if (!response.ok) throw refusal.refused();
  if (refusal.json === undefined) throw refusal.withoutTokens('without JSON');
  let tokens: Tokens | undefined;
  try {
    tokens = request.read(refusal.json, received);
  } catch (cause) {
    throw refusal.withoutTokens('but reading tokens from it failed', cause);
  }
  if (tokens !== undefined) return tokens;
  // Some servers refuse with status 200.
  throw refusal.word === undefined
    ? refusal.withoutTokens('without an access_token')
    : refusal.refused();
}

/** An answer, seen as the error that it may become. */
class Refusal {
  readonly json: unknown;
  readonly #request: TokenRequest;
  readonly #response: Response;
  readonly #body: AnswerBody;
  readonly #redaction: Redaction;

  constructor(request: TokenRequest, response: Response, body: AnswerBody) {
    this.#request = request;
    this.#response = response;
    this.#body = body;
    this.#redaction = new Redaction(request.secrets);
    this.json = parseJson(body.text);
  }

  /** RFC 6749's error word. */
  get word(): string | undefined {
    const word = isRecord(this.json) ? this.json['error'] : undefined;
    return typeof word === 'string' && word !== '' ? word : undefined;
  }

  refused(): TokenRequestError {
    const { status, type } = this.#response;
    const redirected = type === 'opaqueredirect' || (status >= 300 && status < 400);
    const said = this.word === undefined ? 'failed' : `was refused: ${this.#reason()}`;
    const what = redirected ? 'was answered with a redirect, which is not followed' : said;
    return this.#error(`${what}, HTTP ${status}`, this.#redaction.value(this.json ?? this.#text()));
  }

  withoutTokens(how: string, ...causes: readonly unknown[]): TokenRequestError {
    const body = shapeOf(this.json ?? this.#body.text);
    return this.#error(`was answered ${this.#response.status} ${how}`, body, ...causes);
  }

  /** The error word and its description, on one line of a length that a log can bear. */
  #reason(): string {
    const description = isRecord(this.json) ? this.json['error_description'] : undefined;
    const told = typeof description === 'string' && description !== '';
    const reason = told ? `${this.word} (${description})` : `${this.word}`;
    // A secret that is cut in half is a secret that is not found: redacted first, shortened then.
    const line = this.#redaction.text(reason).replaceAll(/\s+/gu, ' ');
    return line.length > 500 ? `${line.slice(0, 500)}…` : line;
  }

  #text(): string {
    const { text, cut } = this.#body;
    return cut ? text.slice(0, Math.max(0, text.length - this.#redaction.longest)) : text;
  }

  #error(what: string, body: unknown, ...causes: readonly unknown[]): TokenRequestError {
    const { origin, pathname } = this.#request.url;
    const headers: Record<string, string> = {};
    for (const [name, value] of this.#response.headers) {
      if (readHeader.test(name)) headers[name] = this.#redaction.text(value);
    }
    return new TokenRequestError({
      message: `Token request to ${origin}${pathname} ${what}.`,
      status: this.#response.status,
      headers,
      body,
      ...(causes.length === 0 ? {} : { cause: causes[0] }),
    });
  }
}
