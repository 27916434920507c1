import type { Tokens } from '../model/tokens.ts';
import type { Note } from '../observe/notes.ts';

/** The sign-in of the tokens that an application starts with. Refreshes of it need not name it. */
export const FIRST_SIGN_IN = 'first';
/** Between these an instant can only be meant as epoch seconds: as milliseconds it is long past. */
const SECONDS_FROM = 1e8;
const SECONDS_TO = 1e11;

/** Tokens as a value of our own, or what is wrong with what was given. */
export type Taken =
  | { readonly tokens: Tokens; readonly fault?: undefined }
  | { readonly fault: string; readonly tokens?: undefined };

/**
 * Copies the three fields of tokens, each read once, whatever object holds them: one that is changed
 * afterwards changes nothing here, and plain data can be shared (T18).
 */
export function takeTokens(given: unknown, note: Note): Taken {
  let tokens: unknown = given;
  try {
    if (typeof given === 'object' && given !== null) tokens = copied(given);
  } catch {
    // What a getter throws may tell a token.
    return { fault: 'the fields of the tokens could not be read' };
  }
  const fault = tokenFault(tokens);
  return fault === undefined ? { tokens: inMilliseconds(tokens as Tokens, note) } : { fault };
}

/** @param given tokens, or something that is to be checked still. */
export function copied(given: object): Tokens {
  const { accessToken, refreshToken, expiresAt } = given as Tokens;
  return {
    accessToken,
    ...(refreshToken === undefined ? {} : { refreshToken }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function inMilliseconds(tokens: Tokens, note: Note): Tokens {
  const { expiresAt } = tokens;
  if (expiresAt === undefined || !(expiresAt >= SECONDS_FROM && expiresAt < SECONDS_TO)) {
    return tokens;
  }
  note(
    'expiresAt',
    `expiresAt must be epoch milliseconds, not ${expiresAt}: that can only be seconds, and is read as such. Multiply it by 1000.`,
  );
  return { ...tokens, expiresAt: expiresAt * 1_000 };
}

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
