import type { RefreshRequest, Tokens } from '@holdfast/core';
import { client, type ClientOptions } from './client-request.ts';

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
 * @throws TypeError for an option that cannot be used (X5).
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
