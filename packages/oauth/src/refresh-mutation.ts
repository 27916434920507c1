import type { Awaitable, RefreshRequest, Tokens } from '@holdfast/core';
import {
  badOption,
  checkFunction,
  checkLifetime,
  checkNames,
  checkText,
  isRecord,
  kindOf,
  readFetch,
  readHeaders,
  readUrl,
} from './options.ts';
import { textsIn } from './redaction.ts';
import { foundTokens } from './token-answer.ts';
import { ask, textOf, TokenAnswer, type Said } from './token-request.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** Variables of a mutation. */
export type MutationVariables = Readonly<Record<string, unknown>>;

/** A mutation that gets new tokens, for a client to send. */
export interface RefreshMutation {
  readonly query: string;
  readonly variables: MutationVariables;
  /** Ends the request when nobody waits for it any more. */
  readonly signal: AbortSignal;
}

/** Options of {@link refreshMutation}. One of `url` and `send` must be given. */
export interface RefreshMutationOptions {
  /** The API: an absolute http or https URL. The mutation is sent there by itself, past every client. */
  readonly url?: string | URL | undefined;
  /**
   * Sends the mutation through a client of the application's, with `resilience: { auth: false }` in its
   * context: without that the mutation would wait for the very tokens that it brings. Answers what the
   * client does: `data`, and `errors` or `error`.
   */
  send?(mutation: RefreshMutation): Promise<unknown>;
  /** The mutation's document, as text. */
  readonly query: string;
  /**
   * Its variables, or what makes them from the tokens to be replaced. `undefined` from the function: there
   * is nothing to refresh with. Default: none.
   */
  readonly variables?:
    MutationVariables | ((tokens: Tokens | undefined) => Awaitable<MutationVariables | undefined>);
  /** Picks the tokens from the answer's `data`; a string is the access token. */
  read(data: unknown): Tokens | string | null | undefined;
  /** Milliseconds that a token lives, used where `read` gives no `expiresAt` and the token is no JWT. */
  readonly lifetime?: number | undefined;
  /** Further header fields, with `url`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** With `url`. Default: the global `fetch` at the time of each request. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * New tokens by a GraphQL mutation, as Saleor's `tokenRefresh` and Lumar's `createSessionUsingUserKey`. It is sent
 * without the token that it replaces: such APIs refuse any request that carries a dead one.
 *
 * A refusal may be an entry of `errors`, or, as the API's own convention, a list such as `errors` or `userErrors`
 * in the mutation's payload. The code of either is what the session looks at: which ones are final is the
 * profile's to say (`auth.finalErrors`).
 *
 * @returns a `refresh` function, for `createResilience({ auth: { refresh } })`. It resolves to `undefined`
 * where `variables` gives nothing: the session is signed out. It rejects with a {@link TokenRequestError}
 * where the API refuses or `read` finds no token, else with what `fetch` or `send` rejects with.
 * @throws TypeError in a development build, for an option that cannot be used.
 *
 * @example
 * const refresh = refreshMutation({
 *   url: 'https://shop.example.com/graphql/',
 *   query: `mutation ($token: String!) {
 *     tokenRefresh(refreshToken: $token) { token errors { code message } }
 *   }`,
 *   variables: (tokens) => (tokens?.refreshToken ? { token: tokens.refreshToken } : undefined),
 *   read: (data: { tokenRefresh: { token: string | null } }) => data.tokenRefresh.token,
 * });
 */
export function refreshMutation(
  options: RefreshMutationOptions,
): (request: RefreshRequest) => Promise<Tokens | undefined> {
  if (process.env.NODE_ENV !== 'production') checkRefreshMutation(options);
  const { query, variables = {}, read, lifetime } = options;
  const url = options.url === undefined ? undefined : readUrl(options.url);
  const headers = readHeaders(options.headers);
  const fetch = readFetch(options.fetch);

  const answered = async (
    sent: MutationVariables,
    request: RefreshRequest,
  ): Promise<TokenAnswer> => {
    // Which variable is the secret is the API's to say: none is repeated.
    const secrets = [...textsIn(sent), ...Object.values(headers)];
    if (url === undefined)
      return throughClient(options, { query, variables: sent }, request, secrets);
    const accept = 'application/graphql-response+json, application/json';
    const body = JSON.stringify({ query, variables: sent });
    const fields = { accept, ...headers, 'content-type': 'application/json' };
    return ask({ url, headers: fields, body, fetch, secrets }, request);
  };

  return async (request) => {
    const given = typeof variables === 'function' ? await variables(request.tokens) : variables;
    if (given === undefined) return undefined;
    const answer = await answered(given, request);
    const { json, received } = answer;
    const refusal = refusalIn(json);
    if (!answer.isSuccess) throw answer.refused(refusal?.said, refusal?.body);
    const data = isRecord(json) ? json['data'] : undefined;
    let cause: unknown;
    try {
      // First of all: tokens that came beside an error of another field are the only ones there are.
      const tokens = isRecord(data) ? foundTokens(read(data), received, lifetime) : undefined;
      if (tokens !== undefined) return tokens;
    } catch (error) {
      // The payload of a refusal need not have what `read` looks for.
      cause = error;
    }
    if (refusal !== undefined) throw answer.refused(refusal.said, refusal.body);
    throw cause === undefined
      ? answer.withoutTokens(json === undefined ? 'without JSON' : 'without a token')
      : answer.withoutTokens('but reading tokens from it failed', cause);
  };
}

function checkRefreshMutation(options: RefreshMutationOptions): void {
  checkNames(options, [
    'url',
    'send',
    'query',
    'variables',
    'read',
    'lifetime',
    'headers',
    'fetch',
  ]);
  const { url, send, variables = {}, read } = options;
  if ((send === undefined) === (url === undefined)) {
    throw new TypeError('Give either url or send: where the mutation goes, or what sends it.');
  }
  if (send !== undefined) checkFunction('send', 'that sends the mutation', send);
  if (typeof variables !== 'function' && !isRecord(variables)) {
    throw badOption('variables', 'an object, or a function that gives one', kindOf(variables));
  }
  checkFunction('read', 'that picks the tokens from the answer', read);
  if (url !== undefined) readUrl(url);
  checkText('query', options.query);
  checkLifetime(options.lifetime);
}

/** Sends through a client of the application's. What the client rejects with is the core's to read. */
async function throughClient(
  options: RefreshMutationOptions,
  mutation: Omit<RefreshMutation, 'signal'>,
  { signal, clock }: RefreshRequest,
  secrets: readonly string[],
): Promise<TokenAnswer> {
  const result = await options.send?.({ ...mutation, signal });
  const error = isRecord(result) ? result['error'] : undefined;
  if (error !== undefined && error !== null) throw error;
  const received = clock?.wall() ?? Date.now();
  const head = { from: 'through the client', status: 0, isRedirect: false, headers: [], received };
  return new TokenAnswer(head, { text: '', cut: false }, result ?? {}, secrets);
}

/** A refusal: what is said of it, and what of the answer the core is to read (T7). */
interface Refusal {
  readonly said: Said;
  readonly body: unknown;
}

/** Entries of `errors`, else a list of errors in the payload of a field. */
function refusalIn(json: unknown): Refusal | undefined {
  if (!isRecord(json)) return undefined;
  const { errors, data } = json;
  if (Array.isArray(errors) && errors.length > 0) {
    const [first] = errors as readonly unknown[];
    const extensions = isRecord(first) ? first['extensions'] : undefined;
    return {
      said: { error: textOf(extensions, 'code'), error_description: textOf(first, 'message') },
      // Not the data: what is in there may be a token.
      body: { errors },
    };
  }
  const payloads = isRecord(data) ? Object.values(data) : [];
  for (const payload of payloads) {
    const said = payloadError(payload);
    if (said !== undefined) return { said, body: said };
  }
  return undefined;
}

/** `errors` of Saleor, `userErrors` of Shopify, and whatever else is called so. */
function payloadError(payload: unknown): Said | undefined {
  if (!isRecord(payload)) return undefined;
  for (const [name, list] of Object.entries(payload)) {
    if (!/errors$/iu.test(name) || !Array.isArray(list) || list.length === 0) continue;
    const [first] = list as readonly unknown[];
    return {
      error: textOf(first, 'code') ?? 'refused',
      error_description: typeof first === 'string' ? first : textOf(first, 'message'),
    };
  }
  return undefined;
}
