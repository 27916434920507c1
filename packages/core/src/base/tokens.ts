import { attempt, isRecord, property, text } from './property.ts';
import { withValues } from './readable.ts';
import type { Awaitable, Clock, Unsubscribe } from './time.ts';

/** What a session holds. Tokens are values: what is handed in is copied, and only the copy is kept. */
export interface Tokens {
  readonly accessToken: string;
  /** Kept from the previous tokens where an answer omits it. */
  readonly refreshToken?: string | undefined;
  /** Epoch milliseconds. A value that can only be seconds, below 1e11, is read as seconds. */
  readonly expiresAt?: number | undefined;
}

/** Why a refresh is asked for. */
export type RefreshReason = 'missing' | 'expiring' | 'rejected' | 'requested';

/** What `refresh` is called with. */
export interface RefreshRequest {
  /** The tokens to be replaced. */
  readonly tokens: Tokens | undefined;
  readonly reason: RefreshReason;
  /** Aborts after `refreshTimeout`, on sign-in, sign-out and `dispose`. */
  readonly signal: AbortSignal;
  /** The instance's clock, for turning a lifetime into `expiresAt`. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/**
 * How requests are signed, and how new tokens are had.
 *
 * @example
 * createResilience({
 *   auth: {
 *     tokens: () => restoreTokens(),
 *     refresh: async ({ tokens }) => renew(tokens?.refreshToken),
 *   },
 * });
 */
export interface AuthOptions {
  /**
   * Tokens to start with, or a function that finds them: read lazily, once. Absent: the first operation
   * calls `refresh` with reason `missing`.
   */
  readonly tokens?: Tokens | (() => Awaitable<Tokens | undefined>) | undefined;
  /**
   * Gets new tokens. `'renewed'`: the session goes on without a token in the page, as with cookies.
   * `undefined`: there is nothing to refresh with, and the session is signed out. It may reject with
   * anything; what is read from it: `status`, `headers`, `body` (parsed or text), or a `Response` in
   * `response`. Absent: an API key, nothing is refreshed.
   */
  refresh?(request: RefreshRequest): Promise<Tokens | 'renewed' | undefined>;
  /** Header fields for a request. Default: the profile's, else `authorization: Bearer <accessToken>`. */
  headers?(tokens: Tokens): Record<string, string>;
  /** Milliseconds a token lives when neither `expiresAt` nor a JWT's `exp` is there to read. Default: the profile's. */
  readonly lifetime?: number | undefined;
  /**
   * Milliseconds before expiry at which a refresh starts while the token still serves. Default: the
   * profile's, else 20 % of the lifetime, at most 120,000.
   */
  readonly refreshAhead?: number | undefined;
  /** Milliseconds for one call of `refresh`. Default 10,000. */
  readonly refreshTimeout?: number | undefined;
}

/**
 * Tokens as a share stores them. An empty store is generation 0; `tokens` absent means signed out, unless
 * `renewed` says that the session has no token in the page.
 */
export interface SharedTokens {
  readonly generation: number;
  readonly tokens?: Tokens | undefined;
  readonly renewed?: true | undefined;
  /** Counts the sign-outs, so that one that a sibling has missed is noticed all the same. */
  readonly signOuts?: number | undefined;
}

/** The same before it has a number. */
export type Brought = Omit<SharedTokens, 'generation'>;

/** Whether there is a session in it: with nothing in it somebody has signed out. */
export function brings({ tokens, renewed }: Brought): boolean {
  return tokens !== undefined || renewed === true;
}

/** Why a scope is closed. */
export type ClosedReason = 'rate_limit' | 'outage';

/** What another tab or process did. */
export type ShareChange =
  | { readonly type: 'tokens'; readonly value: SharedTokens | undefined }
  | {
      readonly type: 'closed';
      readonly scope: string;
      readonly until: number;
      readonly reason?: ClosedReason | undefined;
    };

/**
 * Where tabs or processes of one app agree. Compare-and-set (`replace`) is what makes it right, the
 * lease what makes it cheap. Each method but the first two may be left out.
 */
export interface Share {
  read(): Awaitable<SharedTokens | undefined>;
  /** Stores `next` only if the stored generation is `expected`; answers whether it did. */
  replace(expected: number, next: SharedTokens | undefined): Awaitable<boolean>;
  /**
   * Runs `work` while no other holder of the lease does.
   *
   * @param signal aborts when the lease is wanted no more: a wait for it ends then, and may reject. One
   *   that calls `work` nevertheless does no harm.
   */
  lease?<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
  /** Tells the others that a scope is closed until an instant (epoch ms). */
  closeUntil?(scope: string, instant: number, reason: ClosedReason): Awaitable<void>;
  subscribe?(listener: (change: ShareChange) => void): Unsubscribe;
}

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** What a header field can hold: no control characters, nothing beyond Latin-1 (RFC 9110 5.5). */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Copies tokens (T18): an object that the application changes and hands back, a Proxy, or one with methods
 * beside the fields becomes plain data here, and nothing else is ever kept, compared, shared or sent.
 *
 * @returns the copy, or in one sentence what is wrong, without repeating the tokens (X3).
 */
export function copied(tokens: unknown): Tokens | string {
  const accessToken = property(tokens, 'accessToken');
  const refreshToken = property(tokens, 'refreshToken') ?? undefined;
  const expiresAt = property(tokens, 'expiresAt') ?? undefined;
  if (typeof accessToken === 'string' && !HEADER_VALUE.test(accessToken)) {
    return 'accessToken holds characters that a header cannot hold, such as a line break; it was not used';
  }
  if (
    typeof accessToken !== 'string' ||
    accessToken === '' ||
    (refreshToken !== undefined && typeof refreshToken !== 'string') ||
    (expiresAt !== undefined && (typeof expiresAt !== 'number' || Number.isNaN(expiresAt)))
  ) {
    return process.env.NODE_ENV === 'production'
      ? 'tokens are not usable'
      : tokensFault(tokens, accessToken, refreshToken, expiresAt);
  }
  return withValues({
    accessToken,
    refreshToken,
    expiresAt: expiresAt && inMilliseconds(expiresAt),
  });
}

function tokensFault(
  tokens: unknown,
  accessToken: unknown,
  refreshToken: unknown,
  expiresAt: unknown,
): string {
  if (typeof tokens !== 'object' || tokens === null) {
    return `tokens must be an object with an accessToken, not ${named(tokens)}`;
  }
  if (typeof accessToken !== 'string' || accessToken === '') {
    return `accessToken must be a non-empty string, not ${named(accessToken)}`;
  }
  return refreshToken !== undefined && typeof refreshToken !== 'string'
    ? `refreshToken must be a string or absent, not ${named(refreshToken)}`
    : `expiresAt must be epoch milliseconds or absent, not ${named(expiresAt)}`;
}

let saidSeconds = false;

/** No instant since 1973 is below 1e11 milliseconds: such a number is seconds (T18). */
function inMilliseconds(expiresAt: number): number {
  if (!(expiresAt > 1e9 && expiresAt < 1e11)) return expiresAt;
  if (process.env.NODE_ENV !== 'production' && !saidSeconds) {
    saidSeconds = true;
    console.warn('Holdfast: expiresAt was given in seconds, and read so; give epoch milliseconds.');
  }
  return expiresAt * 1_000;
}

/** What a share holds, once checked (X6): what is nonsense is nothing. */
export function checkedShared(value: unknown): SharedTokens | undefined {
  const generation = counted(property(value, 'generation'));
  const tokens = property(value, 'tokens');
  const copy = tokens === undefined ? undefined : copied(tokens);
  if (generation === undefined || typeof copy === 'string') return undefined;
  return withValues({
    generation,
    signOuts: counted(property(value, 'signOuts')),
    tokens: copy,
    renewed: (!copy && property(value, 'renewed') === true) || undefined,
  });
}

/** A count that can go on counting; `undefined` for anything else. */
function counted(value: unknown): number | undefined {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 2 ** 52
    ? (value as number)
    : undefined;
}

/**
 * Says in one sentence what is wrong with header fields, without repeating their values (X3).
 *
 * @returns `undefined` where nothing is.
 */
export function headersFault(headers: unknown): string | undefined {
  // Of a `Headers` or a `Map` no field would be seen, and the request would go unsigned.
  if (!isRecord(headers) || Symbol.iterator in headers) {
    if (process.env.NODE_ENV === 'production') return 'headers are not usable';
    const given = headers instanceof Object ? headers.constructor.name : named(headers);
    return `headers must answer a plain object of header fields, not ${given}`;
  }
  for (const [name, value] of Object.entries(headers)) {
    const isName = HEADER_NAME.test(name);
    if (isName && typeof value === 'string' && HEADER_VALUE.test(value)) continue;
    if (process.env.NODE_ENV === 'production') return 'headers are not usable';
    return isName
      ? `headers answered a value for ${name} that a header cannot hold; it was not sent`
      : 'headers answered a field whose name is no header name';
  }
  return undefined;
}

export function isHeaderName(name: unknown): boolean {
  return typeof name === 'string' && HEADER_NAME.test(name);
}

/** The claims of a JWT; nothing for anything else. The signature is the server's business. */
export function claimsOf(token = ''): { readonly exp: number | undefined; readonly sub: unknown } {
  // Three parts with dots between them need not be a JWT: then nobody says what is in it.
  const claims: unknown = attempt(() => JSON.parse(fromBase64(token.split('.', 3)[1] ?? '')));
  const exp = property(claims, 'exp');
  return {
    exp: Number.isFinite(exp) ? Number(exp) : undefined,
    sub: text(property(claims, 'sub')),
  };
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Base64 of the kind that JWTs have (RFC 7515 2), byte by byte; not every platform has `atob` (P1). */
function fromBase64(encoded: string): string {
  let bits = 0;
  let held = 0;
  let out = '';
  for (const letter of encoded) {
    const value = BASE64.indexOf(letter === '+' ? '-' : letter === '/' ? '_' : letter);
    if (value < 0) continue;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += String.fromCharCode((held >> bits) & 0xff);
  }
  return out;
}

function named(value: unknown): string {
  if (value === null) return 'null';
  if (value === '') return 'an empty string';
  if (Number.isNaN(value)) return 'NaN';
  return typeof value;
}
