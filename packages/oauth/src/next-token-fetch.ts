import type { Session, Tokens } from '@holdfast/core';
import { checkFunction, checkNames, checkObject, checkText, readFetch } from './options.ts';
import { foundTokens } from './token-answer.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** Options of {@link nextTokenFetch}. */
export interface NextTokenOptions {
  /** The field of a response that holds the next token, with or without `Bearer`. Default `authorization`. */
  readonly header?: string | undefined;
  /** Picks the tokens from a response's header fields, where they are not in one field alone. */
  read?(headers: Headers): Tokens | string | null | undefined;
  /** Default: the global `fetch` at the time of each request. */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/**
 * A `fetch` for APIs that hand out the next token with an answer, in a header field, as sliding sessions do: the session
 * goes on with it, as after `session.signIn`.
 *
 * Taken is only what came with a success, and only where the session is still what it was when the request began: after
 * a sign-out, a sign-in or another next token a late answer changes nothing. Where the API is of another origin, it
 * must name the field in `Access-Control-Expose-Headers`.
 *
 * @param session that of the instance.
 * @returns a `fetch` for the client, below Holdfast.
 * @throws TypeError in a development build, for an option that cannot be used.
 *
 * @example
 * const link = new HttpLink({ uri, fetch: nextTokenFetch(resilience.session, { header: 'x-next-token' }) });
 */
export function nextTokenFetch(
  session: Session,
  options: NextTokenOptions = {},
): typeof globalThis.fetch {
  const { header = 'authorization' } = options;
  if (process.env.NODE_ENV !== 'production') {
    checkObject('session', 'the session of an instance', ['get', 'signIn'], session);
    checkNames(options, ['header', 'read', 'fetch']);
    checkText('header', header);
    if (options.read !== undefined) checkFunction('read', 'that picks the tokens', options.read);
  }
  const fetch = readFetch(options.fetch);
  const read = options.read ?? ((headers) => headers.get(header)?.replace(/^Bearer +/iu, ''));
  return async (input, init) => {
    const { generation } = session.get();
    const response = await fetch(input, init);
    const next = response.ok ? foundTokens(read(response.headers), 0, undefined) : undefined;
    if (next !== undefined && session.get().generation === generation) session.signIn(next);
    return response;
  };
}
