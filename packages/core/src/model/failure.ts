/**
 * What kind of thing went wrong. One word for each thing that an application does differently.
 *
 * The order of precedence among several errors of one response is F3 in docs/behaviour.md.
 */
export type FailureKind =
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'bad_input'
  | 'conflict'
  | 'rate_limited'
  | 'locked'
  | 'unavailable'
  | 'server_error'
  | 'bad_response'
  | 'network'
  | 'timeout'
  | 'aborted'
  | 'unknown';

/** Why an operation was not tried again. */
export type StopReason =
  | 'not_retryable'
  | 'attempts'
  | 'budget'
  | 'unsafe_mutation'
  | 'deadline'
  | 'wait_too_long'
  | 'queue_full'
  | 'session_failed'
  /** Its user has signed out since it began: it is not sent for whoever signs in next (T11b). */
  | 'signed_out'
  | 'delivered_data'
  | 'declined'
  | 'callback_failed'
  | 'aborted';

/** Who said that something is wrong. */
export type FailureSource = 'graphql' | 'http' | 'network' | 'token-endpoint' | 'socket' | 'client';

/**
 * One failure, classified. It holds no token, no header value and no variables (F11).
 *
 * @example
 * const failure = failureOf(error);
 * if (failure?.kind === 'forbidden') show(failure.advice);
 */
export interface Failure {
  readonly kind: FailureKind;
  readonly source: FailureSource;
  /** The server's or transport's own words, shortened where it sent a page. */
  readonly message: string;
  /** The HTTP status, where there was one. */
  readonly status?: number;
  /** `extensions.code`, an OAuth error word, or a transport's code such as `ECONNREFUSED`; raw (F11). */
  readonly code?: string;
  /** `extensions.type`, raw. */
  readonly type?: string;
  /** `extensions.docs_url`: data for a person, never fetched. */
  readonly docsUrl?: string;
  readonly path?: readonly (string | number)[];
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  /** Non-null `data` came with it (F6). */
  readonly partial: boolean;
  /** `false`: the server provably did not run the operation; `undefined`: unknown (F9). */
  readonly executed: boolean | undefined;
  /** The same request may succeed later. */
  readonly retryable: boolean;
  /** A fresh token may cure it: `unauthenticated`, or what a profile says a dead token looks like. */
  readonly freshToken?: boolean;
  /** The instant (epoch ms) before which the server does not want to be asked again. */
  readonly retryAt?: number;
  /** One sentence for the developer: what to do about it (F10). */
  readonly advice: string;
  /** How often the operation was sent, replays included. Set once delivered. */
  readonly attempts?: number;
  /** Why it was not tried again. Set once delivered. */
  readonly stopped?: StopReason;
  /** The refresh's `Failure` (T8), or the error of a user's callback (R9). */
  readonly cause?: unknown;
  /** One for each entry of `errors[]`, most decisive first in `kind` order (F3); at least the failure itself. */
  readonly all: readonly Failure[];
}
