import type { AuthOptions, Awaitable, RefreshRequest, Tokens } from '@holdfast/core';
import {
  badOption,
  checkLifetime,
  checkNames,
  readFetch,
  readHeaders,
  readPageUrl,
} from './options.ts';
import { ask } from './token-request.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** Options of {@link cookieSession}. One of `url` and `refresh` must be given. */
export interface CookieSessionOptions {
  /** Where the cookie is renewed: an http or https URL, in a page also a path such as `/auth/refresh`. */
  readonly url?: string | URL | undefined;
  /** Renews the cookie in a way of the application's own; it is renewed where this resolves. */
  refresh?(request: RefreshRequest): Promise<unknown>;
  /** Further header fields, with `url`: an object, or a function, as for a token against forgery. */
  readonly headers?:
    Readonly<Record<string, string>> | (() => Awaitable<Readonly<Record<string, string>>>);
  /** Statuses of `url` after which only a sign-in helps. Default: 401 and 403. */
  readonly finalStatuses?: readonly number[] | undefined;
  /** Milliseconds that the cookie lives: it is then renewed ahead of time. Default: when it is rejected. */
  readonly lifetime?: number | undefined;
  /** With `url`. Default: the global `fetch` at the time of each request. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** The `auth` of {@link cookieSession}. */
export interface CookieSession extends AuthOptions {
  readonly tokens: Tokens;
}

/**
 * What stands for the token that is not in the page. It is sent nowhere; because of it a session begins as one
 * that may have a cookie, and asks nobody before the API has rejected one.
 */
const UNSEEN: Tokens = { accessToken: 'holdfast:a-cookie-that-no-page-can-see' };

/**
 * A session whose token is in a cookie that the page cannot read. No header is set; where the API rejects the
 * cookie, `url` is posted to, with cookies, and what waited is sent again.
 *
 * Where the cookie cannot be renewed for good: whose cookie was never renewed since the page was loaded is taken for a
 * visitor who has not signed in (`signed-out`: operations go on as they are); anybody else has to sign in again
 * (`failed`). After a sign-in, which has set a new cookie, call `session.signIn(auth.tokens)`.
 *
 * The client must send cookies too: `credentials: 'include'` where the API is of another origin.
 *
 * @returns the `auth` of `createResilience`; its `tokens` stand for the cookie. Its `refresh` rejects with a {@link TokenRequestError} where the
 * endpoint refuses, else with what `fetch`, `headers` or `refresh` rejects with.
 * @throws TypeError in a development build, for an option that cannot be used.
 *
 * @example
 * const auth = cookieSession({
 *   url: '/auth/refresh',
 *   headers: () => ({ 'x-csrf-token': readCsrfToken() }),
 * });
 * const resilience = createResilience({ auth });
 */
export function cookieSession(options: CookieSessionOptions): CookieSession {
  if (process.env.NODE_ENV !== 'production') checkCookieSession(options);
  const { finalStatuses = [401, 403], lifetime } = options;
  const address = options.url === undefined ? undefined : readPageUrl(options.url);
  const { headers } = options;
  const given = typeof headers === 'function' ? headers : readHeaders(headers);
  const fetch = readFetch(options.fetch);

  const renew = async (request: RefreshRequest): Promise<'renewed' | undefined> => {
    if (address === undefined) {
      await options.refresh?.(request);
      return 'renewed';
    }
    const fields = typeof given === 'function' ? readHeaders(await given()) : given;
    const url = address();
    const secrets = Object.values(fields);
    const answer = await ask(
      { url, headers: fields, credentials: 'include', fetch, secrets },
      request,
    );
    if (answer.isSuccess) return 'renewed';
    if (!finalStatuses.includes(answer.status)) throw answer.refused();
    if (request.tokens?.accessToken === UNSEEN.accessToken) return undefined;
    // T7's word for it, since each server has its own or none.
    const { error, error_description: description = error } = answer.said;
    throw answer.refused(answer.said, { error: 'login_required', error_description: description });
  };
  return {
    tokens: UNSEEN,
    refresh: renew,
    headers: () => ({}),
    ...(lifetime === undefined ? {} : { lifetime }),
  };
}

function checkCookieSession(options: CookieSessionOptions): void {
  checkNames(options, ['url', 'refresh', 'headers', 'finalStatuses', 'lifetime', 'fetch']);
  const { refresh, finalStatuses = [401, 403] } = options;
  if ((refresh === undefined) === (options.url === undefined)) {
    throw new TypeError(
      'Give either url or refresh: where the cookie is renewed, or what renews it.',
    );
  }
  if (refresh !== undefined && typeof refresh !== 'function') {
    throw badOption('refresh', 'a function that renews the cookie', typeof refresh);
  }
  if (!Array.isArray(finalStatuses) || !finalStatuses.every(Number.isInteger)) {
    throw badOption('finalStatuses', 'a list of HTTP statuses', JSON.stringify(finalStatuses));
  }
  checkLifetime(options.lifetime);
}
