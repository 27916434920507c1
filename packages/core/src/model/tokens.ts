import type { Awaitable, Clock, Unsubscribe } from './clock.ts';

/** What a session holds. */
export interface Tokens {
  readonly accessToken: string;
  /** Kept from the previous tokens where an answer omits it (T16). */
  readonly refreshToken?: string | undefined;
  /** Epoch milliseconds. */
  readonly expiresAt?: number | undefined;
}

/** Why a refresh is asked for. */
export type RefreshReason = 'missing' | 'expiring' | 'rejected' | 'requested';

/** What `refresh` is called with. */
export interface RefreshRequest {
  /** The tokens to be replaced. */
  readonly tokens: Tokens | undefined;
  readonly reason: RefreshReason;
  /** Aborts after `refreshTimeout`, on sign-in, sign-out and `dispose` (T5, T11). */
  readonly signal: AbortSignal;
  /** The instance's clock, for turning a lifetime into `expiresAt`. Default: the system's. */
  readonly clock?: Clock | undefined;
}

/** How requests are signed, and how new tokens are had. */
export interface AuthOptions {
  /**
   * Tokens to start with, or a function that finds them: read lazily, once (T12). Absent: the first
   * operation calls `refresh` with reason `missing`.
   */
  readonly tokens?: Tokens | (() => Awaitable<Tokens | undefined>) | undefined;
  /**
   * Gets new tokens. `undefined` means that there is nothing to refresh with: the session is signed out
   * (T11). `'renewed'` says that the session is good again, and that no token of it is in the page: a cookie
   * that scripts do not see (T19). It may reject with anything; what is read from it: `status`, `headers`,
   * `body` (parsed or text), or a `Response`, itself or in `response`, whose body is read up to 64 KiB.
   *
   * Left out: there is nothing to refresh, as with an API key. A rejected token is then delivered as such.
   */
  refresh?(request: RefreshRequest): Promise<Tokens | 'renewed' | undefined>;
  /** Header fields for a request. Default: the profile's, else `authorization: Bearer <accessToken>`. */
  headers?(tokens: Tokens): Record<string, string>;
  /** Milliseconds a token lives when neither `expiresAt` nor a JWT's `exp` is there to read. Default: the profile's. */
  readonly lifetime?: number | undefined;
  /**
   * Milliseconds before expiry at which a refresh starts while the token still serves. Default: the
   * profile's, else 20 % of the lifetime, at most 120,000 (T10).
   */
  readonly refreshAhead?: number | undefined;
  /** Milliseconds for one call of `refresh`. Default 10,000 (T5). */
  readonly refreshTimeout?: number | undefined;
}

/** Tokens as a share stores them. An empty store is generation 0; neither `tokens` nor `renewed` means signed out. */
export interface SharedTokens {
  readonly generation: number;
  readonly tokens?: Tokens | undefined;
  /** In place of tokens: a session that has none in the page is good (T19). */
  readonly renewed?: true | undefined;
  /**
   * Names the sign-in that the tokens belong to; a refresh keeps it. By it an instance that has missed a
   * sign-out learns that somebody else has signed in since (T11b). Absent: the application started with
   * them, or the share does not keep it; then only a JWT's subject tells.
   */
  readonly signedIn?: string | undefined;
}

/** What another tab or process did. */
export type ShareChange =
  | { readonly type: 'tokens'; readonly value: SharedTokens | undefined }
  | { readonly type: 'closed'; readonly scope: string; readonly until: number };

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
  closeUntil?(scope: string, instant: number): Awaitable<void>;
  subscribe?(listener: (change: ShareChange) => void): Unsubscribe;
}
