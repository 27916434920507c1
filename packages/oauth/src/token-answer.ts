import type { Tokens } from '@holdfast/core';
import { isRecord } from './options.ts';

/** A lifetime in seconds: a number, or a string of one as some servers send. Anything else is ignored. */
function readSeconds(value: unknown): number | undefined {
  const decimal = typeof value === 'string' && /^\d+(?:\.\d+)?$/u.test(value);
  const seconds = decimal ? Number(value) : value;
  return typeof seconds === 'number' && seconds > 0 && Number.isFinite(seconds)
    ? seconds
    : undefined;
}

/**
 * The tokens of a successful answer (RFC 6749, section 5.1), or `undefined` where no access token is
 * in it. `token_type` is not looked at: how a token is sent is the profile's to say.
 *
 * `expires_in` of 0 is ignored like other nonsense: some servers mean "never" by it, and where a token
 * really is dead, the API's own answer says so.
 */
export function readTokens(json: unknown, received: number): Tokens | undefined {
  if (!isRecord(json)) return undefined;
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: expiresIn } = json;
  if (typeof accessToken !== 'string' || accessToken === '') return undefined;
  const seconds = readSeconds(expiresIn);
  return {
    accessToken,
    ...(typeof refreshToken === 'string' && refreshToken !== '' ? { refreshToken } : {}),
    ...(seconds === undefined ? {} : { expiresAt: received + seconds * 1000 }),
  };
}

/** The tokens that an application's `read` found, with an expiry where the lifetime is known. */
export function foundTokens(
  found: unknown,
  received: number,
  lifetime: number | undefined,
): Tokens | undefined {
  const tokens = typeof found === 'string' ? { accessToken: found } : found;
  if (!isRecord(tokens)) return undefined;
  const { accessToken, refreshToken, expiresAt } = tokens;
  if (typeof accessToken !== 'string' || accessToken === '') return undefined;
  const known = typeof expiresAt === 'number' && Number.isFinite(expiresAt);
  const expiry = known ? expiresAt : lifetime === undefined ? undefined : received + lifetime;
  return {
    accessToken,
    ...(typeof refreshToken === 'string' && refreshToken !== '' ? { refreshToken } : {}),
    ...(expiry === undefined ? {} : { expiresAt: expiry }),
  };
}
