import type { Awaitable, RefreshRequest, Tokens } from '@holdfast/core';
import {
  badOption,
  checkFunction,
  checkLifetime,
  checkNames,
  isRecord,
  kindOf,
  readFetch,
  readHeaders,
  readUrl,
} from './options.ts';
import { textsIn } from './redaction.ts';
import { foundTokens } from './token-answer.ts';
import { requestTokens } from './token-request.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What is sent as JSON to sign in. */
export type LoginBody = Readonly<Record<string, unknown>>;

/** Options of {@link login}. */
export interface LoginOptions {
  /** Where to sign in: an absolute http or https URL. */
  readonly url: string | URL;
  /** What to send, or a function that finds it. `undefined` from the function: nobody to sign in. */
  readonly body: LoginBody | (() => Awaitable<LoginBody | undefined>);
  /** Picks the tokens from the parsed answer; a string is the access token. `undefined`: not in there. */
  read(json: unknown): Tokens | string | undefined;
  /** Milliseconds that a token lives, used where `read` gives no `expiresAt`. */
  readonly lifetime?: number | undefined;
  /** Further header fields. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default: the global `fetch` at the time of each request. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * A login form that takes JSON and answers a token: what APIs without OAuth have.
 *
 * @returns a `refresh` function, for `createResilience({ auth: { refresh } })`. It resolves to `undefined`
 * where `body` gives nothing: the session is signed out (T11). It rejects with a
 * {@link TokenRequestError} where the server refuses or `read` finds no token, else with what `fetch` or
 * `body` rejects with.
 * @throws TypeError in a development build, for an option that cannot be used.
 *
 * @example
 * const refresh = login({
 *   url: 'https://api.tbint.io/login',
 *   body: { username, password },
 *   read: (json: { accessToken: string }) => json.accessToken,
 *   lifetime: 30 * 60_000,
 * });
 */
export function login(
  options: LoginOptions,
): (request: RefreshRequest) => Promise<Tokens | undefined> {
  if (process.env.NODE_ENV !== 'production') checkLogin(options);
  const { body, read, lifetime } = options;
  const url = readUrl(options.url);
  const headers = readHeaders(options.headers);
  const fetch = readFetch(options.fetch);

  return async (request) => {
    const form = typeof body === 'function' ? await body() : body;
    if (form === undefined) return undefined;
    return requestTokens(
      {
        url,
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(form),
        fetch,
        // Which field is the password is the API's to say: none is repeated.
        secrets: [...textsIn(form), ...Object.values(headers)],
      },
      request,
      (json, received) => foundTokens(read(json), received, lifetime),
    );
  };
}

function checkLogin(options: LoginOptions): void {
  checkNames(options, ['url', 'body', 'read', 'lifetime', 'headers', 'fetch']);
  const { body, read, lifetime } = options;
  readUrl(options.url);
  if (typeof body !== 'function' && !isRecord(body)) {
    throw badOption('body', 'an object, or a function that gives one', kindOf(body));
  }
  checkFunction('read', 'that picks the tokens from the answer', read);
  checkLifetime(lifetime);
}
