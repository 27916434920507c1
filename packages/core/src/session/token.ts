import type { Tokens } from '../model/tokens.ts';

/** What a header field can hold: no control characters, nothing beyond Latin-1 (RFC 9110 5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]+$/;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Says in one sentence what is wrong with tokens, without repeating them (X3).
 *
 * @returns `undefined` where nothing is.
 */
export function tokenFault(tokens: unknown): string | undefined {
  if (typeof tokens !== 'object' || tokens === null) {
    return `tokens must be an object with an accessToken, not ${describe(tokens)}`;
  }
  const { accessToken, refreshToken, expiresAt } = tokens as Partial<Record<keyof Tokens, unknown>>;
  if (typeof accessToken !== 'string' || accessToken === '') {
    return `accessToken must be a non-empty string, not ${describe(accessToken)}`;
  }
  if (!HEADER_VALUE.test(accessToken)) {
    return 'accessToken holds characters that a header cannot hold, such as a line break; it was not used';
  }
  if (refreshToken !== undefined && typeof refreshToken !== 'string') {
    return `refreshToken must be a string or absent, not ${describe(refreshToken)}`;
  }
  if (expiresAt !== undefined && (typeof expiresAt !== 'number' || Number.isNaN(expiresAt))) {
    return `expiresAt must be epoch milliseconds or absent, not ${describe(expiresAt)}`;
  }
  return undefined;
}

/**
 * Says in one sentence what is wrong with header fields, without repeating their values (X3).
 *
 * @returns `undefined` where nothing is.
 */
export function headersFault(headers: unknown): string | undefined {
  if (typeof headers !== 'object' || headers === null) {
    return `headers must answer an object of header fields, not ${describe(headers)}`;
  }
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name)) return 'headers answered a field whose name is no header name';
    if (typeof value !== 'string' || !(value === '' || HEADER_VALUE.test(value))) {
      return `headers answered a value for ${name} that a header cannot hold; it was not sent`;
    }
  }
  return undefined;
}

/** A refresh token that an answer omits is kept from the tokens before (T16). */
export function merged(next: Tokens, previous: Tokens | undefined): Tokens {
  const kept = next.refreshToken ?? previous?.refreshToken;
  return kept === undefined || kept === next.refreshToken ? next : { ...next, refreshToken: kept };
}

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (value === '') return 'an empty string';
  if (Number.isNaN(value)) return 'NaN';
  return typeof value;
}
