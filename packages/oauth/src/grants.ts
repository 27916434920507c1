import type { RefreshRequest, Tokens } from '@holdfast/core';
import {
  badOption,
  checkChoice,
  checkNames,
  checkParameters,
  checkSecret,
  checkText,
  kindOf,
  readFetch,
  readHeaders,
  readUrl,
} from './options.ts';
import { formEncoded } from './redaction.ts';
import { readTokens } from './token-answer.ts';
import { requestTokens } from './token-request.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What every grant of an OAuth client needs. */
export interface ClientOptions {
  /** The token endpoint: an absolute http or https URL. */
  readonly url: string | URL;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  /**
   * `true`: a client that can keep no secret, such as a page (RFC 6749, section 2.1); a `clientSecret` is then
   * refused. Default: it is one where no secret is given.
   */
  readonly public?: boolean | undefined;
  /** Scopes, separated by spaces. Default: not sent. */
  readonly scope?: string | undefined;
  /**
   * How parameters are sent. Default `form`, as RFC 6749 has it; `json` for APIs of another mind, such
   * as Breeze.
   */
  readonly body?: 'form' | 'json' | undefined;
  /**
   * Where the client's id and secret go: into an `Authorization: Basic` header, or among the parameters.
   * Default: `basic` with a form body, as RFC 6749 (section 2.3.1) prefers, and `body` with a JSON body. A
   * client without a secret names itself in the body.
   */
  readonly authentication?: 'basic' | 'body' | undefined;
  /** Further parameters, such as `audience`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Further header fields. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default: the global `fetch` at the time of each request. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Sends one grant as the client and answers its tokens. */
type Grant = (
  grant: Readonly<Record<string, string>>,
  request: RefreshRequest,
  secrets: readonly string[],
) => Promise<Tokens>;

const NAMES = [
  'url',
  'clientId',
  'clientSecret',
  'public',
  'scope',
  'body',
  'authentication',
  'parameters',
  'headers',
  'fetch',
];

/** Extra parameters that are known to be no secret, so that an error may repeat them. */
const openParameters: readonly string[] = ['audience', 'resource'];

/** @throws TypeError one sentence that names the option, what was given and what is allowed (X5). */
function checkClient(options: ClientOptions): void {
  checkNames(options, NAMES);
  readUrl(options.url);
  checkText('clientId', options.clientId);
  const { clientSecret, scope, public: isPublic = false } = options;
  if (clientSecret !== undefined) checkSecret('clientSecret', clientSecret);
  if (typeof isPublic !== 'boolean') throw badOption('public', 'true or false', kindOf(isPublic));
  if (isPublic && clientSecret !== undefined) {
    throw new TypeError(
      'clientSecret must be left out where public is true: a page can keep no secret.',
    );
  }
  if (scope !== undefined) checkText('scope', scope);
  checkChoice('body', options.body ?? 'form', ['form', 'json']);
  checkChoice('authentication', options.authentication ?? 'body', ['basic', 'body']);
  if (options.authentication === 'basic' && clientSecret === undefined) {
    throw new TypeError("authentication must be 'body' where no clientSecret is given.");
  }
  checkParameters(options.parameters);
}

/** What sends a client's grants. */
function client(options: ClientOptions): Grant {
  if (process.env.NODE_ENV !== 'production') checkClient(options);
  const { clientId, clientSecret, parameters = {} } = options;
  const url = readUrl(options.url);
  const scope = options.scope === undefined ? {} : { scope: options.scope };
  const form = options.body !== 'json';
  const authentication =
    options.authentication ?? (form && clientSecret !== undefined ? 'basic' : 'body');
  const headers = readHeaders(options.headers);
  const fetch = readFetch(options.fetch);

  const basic =
    authentication === 'basic' ? basicCredentials(clientId, clientSecret ?? '') : undefined;
  const identity =
    basic === undefined
      ? {
          client_id: clientId,
          ...(clientSecret === undefined ? {} : { client_secret: clientSecret }),
        }
      : {};
  const ownSecrets = [
    clientSecret,
    basic,
    ...Object.values(headers),
    ...Object.entries(parameters).flatMap(([name, text]) =>
      openParameters.includes(name) ? [] : [text],
    ),
  ];

  return (grant, request, secrets) => {
    const sent = { ...parameters, ...grant, ...identity, ...scope };
    return requestTokens(
      {
        url,
        headers: {
          ...headers,
          'content-type': form ? 'application/x-www-form-urlencoded' : 'application/json',
          ...(basic === undefined ? {} : { authorization: `Basic ${basic}` }),
        },
        body: form ? new URLSearchParams(sent).toString() : JSON.stringify(sent),
        fetch,
        secrets: [...ownSecrets, ...secrets],
      },
      request,
      readTokens,
    );
  };
}

/** RFC 6749, section 2.3.1: id and secret are form-encoded first, which also leaves nothing but ASCII. */
function basicCredentials(clientId: string, clientSecret: string): string {
  return base64(`${formEncoded(clientId)}:${formEncoded(clientSecret)}`);
}

/** Options of {@link clientCredentials}. */
export interface ClientCredentialsOptions extends ClientOptions {
  readonly clientSecret: string;
}

/**
 * The client credentials grant (RFC 6749, section 4.4): a machine that signs in as itself.
 *
 * @returns a `refresh` function, for `createResilience({ auth: { refresh } })`. It rejects with a
 * {@link TokenRequestError} where the endpoint refuses, else with what `fetch` rejects with.
 * @throws TypeError in a development build, for an option that cannot be used.
 *
 * @example
 * const refresh = clientCredentials({
 *   url: 'https://system.idportal.no/oauth/token',
 *   clientId,
 *   clientSecret,
 *   body: 'json',
 * });
 */
export function clientCredentials(
  options: ClientCredentialsOptions,
): (request: RefreshRequest) => Promise<Tokens> {
  if (process.env.NODE_ENV !== 'production') {
    checkNames(options, NAMES);
    checkSecret('clientSecret', options.clientSecret);
  }
  const grant = client(options);
  return (request) => grant({ grant_type: 'client_credentials' }, request, []);
}

/** Options of {@link refreshToken}. */
export type RefreshTokenOptions = ClientOptions;

/**
 * The refresh token grant (RFC 6749, section 6): a user who signed in before.
 *
 * Where the answer holds no new refresh token, the session keeps the one it has (T16).
 *
 * @returns a `refresh` function, for `createResilience({ auth: { refresh } })`. It resolves to `undefined`
 * where the session has no refresh token: there is nothing to refresh with, and the session is signed
 * out (T11). It rejects with a {@link TokenRequestError} where the endpoint refuses, else with what
 * `fetch` rejects with.
 * @throws TypeError in a development build, for an option that cannot be used.
 *
 * @example
 * const refresh = refreshToken({ url: 'https://login.example.com/token', clientId: 'web' });
 */
export function refreshToken(
  options: RefreshTokenOptions,
): (request: RefreshRequest) => Promise<Tokens | undefined> {
  const grant = client(options);
  return async (request) => {
    const token = request.tokens?.refreshToken;
    if (token === undefined || token === '') return undefined;
    return grant({ grant_type: 'refresh_token', refresh_token: token }, request, [token]);
  };
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** ASCII text as base64 (RFC 4648, section 4): not every platform has `btoa` (P1). */
function base64(text: string): string {
  if (typeof btoa === 'function') return btoa(text);
  let digits = '';
  for (let at = 0; at < text.length; at += 3) {
    const [first = 0, second = 0, third = 0] = Array.from(text.slice(at, at + 3), (character) =>
      character.charCodeAt(0),
    );
    const bits = (first << 16) | (second << 8) | third;
    for (const shift of [18, 12, 6, 0]) digits += DIGITS.charAt((bits >> shift) & 63);
  }
  const padding = (3 - (text.length % 3)) % 3;
  return digits.slice(0, digits.length - padding) + '='.repeat(padding);
}
