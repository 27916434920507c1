import { property } from './property.ts';
import type { Awaitable } from './time.ts';

/** What kind of thing went wrong. One word for each thing that an application does differently. */
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

/**
 * Why an operation was not tried again. `outage`: it waited for the API, or its token endpoint, to come back
 * for as long as it may. `signed_out`: the user under whom it began has left.
 */
export type StopReason =
  | 'not_retryable'
  | 'attempts'
  | 'budget'
  | 'unsafe_mutation'
  | 'deadline'
  | 'wait_too_long'
  | 'queue_full'
  | 'session_failed'
  | 'outage'
  | 'signed_out'
  | 'delivered_data'
  | 'declined'
  | 'callback_failed'
  | 'aborted';

/** Why an operation waits. */
export type WaitReason = 'tokens' | 'refresh' | 'backoff' | 'rate_limit' | 'outage' | 'offline';

/** Who said that something is wrong. */
export type FailureSource = 'graphql' | 'http' | 'network' | 'token-endpoint' | 'socket' | 'client';

/**
 * One failure, classified. It holds no token, no header value and no variables.
 *
 * @example
 * const failure = failureOf(error);
 * if (failure?.kind === 'forbidden') show(failure.advice);
 */
export interface Failure {
  readonly kind: FailureKind;
  readonly source: FailureSource;
  /**
   * The server's or transport's own words, shortened where it sent a page. Where only Holdfast has something
   * to say (a deadline, a limit, a sign-out): a sentence, and in a production build the kind alone.
   */
  readonly message: string;
  /** The HTTP status, where there was one. */
  readonly status?: number;
  /** `extensions.code`, an OAuth error word, or a transport's code such as `ECONNREFUSED`; as sent. */
  readonly code?: string;
  /** `extensions.type`, as sent. */
  readonly type?: string;
  /** `extensions.docs_url`: data for a person, never fetched. */
  readonly docsUrl?: string;
  readonly path?: readonly (string | number)[];
  readonly locations?: readonly { readonly line: number; readonly column: number }[];
  /** Non-null `data` came with it. */
  readonly partial: boolean;
  /** `false`: the server provably did not run the operation; `undefined`: nobody knows. */
  readonly executed: boolean | undefined;
  /** The same request may succeed later. */
  readonly retryable: boolean;
  /** A fresh token may cure it: `unauthenticated`, or what a profile says a dead token looks like. */
  readonly freshToken?: boolean;
  /** The instant (epoch ms) before which the server does not want to be asked again. */
  readonly retryAt?: number;
  /**
   * One sentence for the developer: what to do about it. In a production build it is the profile's own, or
   * empty.
   */
  readonly advice: string;
  /** How often the operation was sent, replays included. Set once delivered. */
  readonly attempts?: number;
  /** Why it was not tried again. Set once delivered. */
  readonly stopped?: StopReason;
  /**
   * It was a mutation that may have run: look up what became of it before it is sent again. Not set for one that
   * is marked `idempotent`. Set once delivered.
   */
  readonly outcomeUnknown?: true;
  /** The refresh's `Failure`, or the error of a user's callback. */
  readonly cause?: unknown;
  /** One for each entry of `errors[]`, most decisive first in `kind` order; at least the failure itself. */
  readonly all: readonly Failure[];
}

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/**
 * F3: the kinds in the order in which one of several entries decides; those that never stand in an entry
 * come last.
 */
export const decisiveness: readonly FailureKind[] = [
  'unauthenticated',
  'rate_limited',
  'locked',
  'unavailable',
  'conflict',
  'server_error',
  'forbidden',
  'bad_input',
  'not_found',
  'unknown',
  'bad_response',
  'network',
  'timeout',
  'aborted',
];

/** R1, R3: the kinds where the same request may succeed later. */
export const retryableKinds: readonly FailureKind[] = [
  'rate_limited',
  'locked',
  'unavailable',
  'server_error',
  'network',
  'timeout',
];

/** F10: what a developer does about each kind where the API says nothing better. Development builds alone. */
const ADVICE: Readonly<Record<FailureKind, string>> = {
  unauthenticated: 'Sign in again: the API does not take the token.',
  rate_limited: 'Send fewer requests, or wait until retryAt where it is given.',
  locked: 'Wait until whoever holds the lock has finished.',
  unavailable: 'Try again later: the API is down, overloaded or under maintenance.',
  conflict: 'Read the present state anew, and decide on that.',
  server_error: 'Look into the log of the server: it failed while it worked on this.',
  forbidden: 'Check the permissions of this user or client: the token itself is valid.',
  bad_input: 'Correct the operation or its variables: the server does not take them.',
  not_found: 'Check the identifier, and the address of the endpoint.',
  unknown: 'Look at the error itself, and teach the profile its code with defineProfile.',
  bad_response:
    'See what stands between client and API: the answer is no GraphQL, but a page of a proxy, a portal or a sign-in.',
  network: 'Check the connection, the address and, in a browser, the CORS headers.',
  timeout: 'See why the server is slow, or allow it more time with the option timeout.',
  aborted: 'Nothing is to be done: whoever started the operation ended it.',
};

/** The general advice for a kind; empty in a production build. */
export function adviceFor(kind: FailureKind): string {
  return process.env.NODE_ENV === 'production' ? '' : ADVICE[kind];
}

/** What a failure of ours is; a field that is `undefined` is as good as absent. */
type Given = Pick<Failure, 'kind'> & {
  readonly [K in keyof Omit<Failure, 'all'>]?: Failure[K] | undefined;
};

/**
 * A failure that no answer of a server describes: ours, or one told in our words.
 *
 * @param words what it says in a development build; in production its kind is all that it says.
 */
export function ownFailure(given: Given, words?: Partial<Failure> | false): Failure {
  const failure = {
    source: 'client',
    message: given.kind,
    partial: false,
    executed: undefined,
    retryable: false,
    freshToken: false,
    advice: adviceFor(given.kind),
    ...given,
    ...words,
  } as Failure;
  return { ...failure, all: [{ ...failure, all: [] }] };
}

/** The same for an operation that was never sent, and may be later. */
function unsent(
  kind: FailureKind,
  words: Partial<Failure> | false,
  given?: Partial<Given>,
): Failure {
  return ownFailure({ kind, executed: false, retryable: true, ...given }, words);
}

/** What leads from a failed query back to the client that it was delivered to. */
export interface Repeat {
  readonly again: () => Awaitable<void>;
  /** Counts what has failed: later failures have higher numbers. */
  readonly number: number;
}

/** What is known of errors, by the error; and of what can be asked for again, by its failure. */
export interface KnownFailures {
  readonly failures: WeakMap<object, Failure>;
  readonly repeats: WeakMap<Failure, Repeat>;
  failed: number;
}

const KEY = 'holdfast.registry';
let own: KnownFailures | undefined;

/** One for all copies of the package, each of which may stand under another client. */
export function knownFailures(): KnownFailures | undefined {
  // oxlint-disable-next-line no-restricted-globals -- the one place that every copy can reach
  return (property(globalThis, Symbol.for(KEY)) as KnownFailures | undefined) ?? own;
}

/** Made when first needed (E5). */
export function madeKnownFailures(): KnownFailures {
  const shared = knownFailures();
  if (shared) return shared;
  own = { failures: new WeakMap(), repeats: new WeakMap(), failed: 0 };
  // Where the global object is frozen, this copy keeps its own.
  // oxlint-disable-next-line no-restricted-globals -- as above
  Reflect.defineProperty(globalThis, Symbol.for(KEY), { value: own, configurable: true });
  return own;
}

/**
 * Delivered only where no server or transport error exists to deliver: an operation that was never
 * sent, ran out of time or was aborted. Everything else is the server's or transport's own object.
 *
 * An aborted operation's error is named `AbortError`, as the platform names it.
 *
 * @example
 * if (error instanceof ResilienceError) console.log(error.failure.stopped, error.failure.advice);
 */
export class ResilienceError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message, failure.cause === undefined ? undefined : { cause: failure.cause });
    this.name = failure.kind === 'aborted' ? 'AbortError' : 'ResilienceError';
    this.failure = failure;
    // F11b: what we have made is known by that, in whichever copy of the package.
    madeKnownFailures().failures.set(this, failure);
  }
}

/** No answer came in time (R2). */
export function timeoutFailure(ms: number): Failure {
  return ownFailure(
    { kind: 'timeout', retryable: true },
    process.env.NODE_ENV !== 'production' && {
      message: `No answer came within ${Math.round(ms)} ms.`,
      advice:
        'See whether the server is slow; timeout.attempt and timeout.total say how long to wait.',
    },
  );
}

/** What a deadline that passed during a wait is, where it is no `timeout`; and what was waited for. */
const UNSENT: Partial<Record<WaitReason, FailureKind>> = {
  rate_limit: 'rate_limited',
  outage: 'unavailable',
  offline: 'network',
};
const WAITED_FOR: Readonly<Record<WaitReason, string>> | undefined =
  process.env.NODE_ENV === 'production'
    ? undefined
    : {
        tokens: 'it waited for the initial tokens',
        refresh: 'it waited for a token refresh',
        backoff: 'it waited between attempts',
        rate_limit: 'it waited for a rate limit to pass',
        outage: 'it waited for an outage to end',
        offline: 'the browser said that it was offline',
      };

/** The deadline passed while the operation waited to be sent (R2). */
export function unsentFailure(reason: WaitReason): Failure {
  return unsent(
    UNSENT[reason] ?? 'timeout',
    process.env.NODE_ENV !== 'production' && {
      message: `The deadline passed before the operation could be sent: ${WAITED_FOR?.[reason]}.`,
      advice: 'Start the operation again later, or give it a longer timeout.',
    },
  );
}

/** It waited for an outage to end for as long as it may, and was never sent (H5). */
export function outageFailure(cause: Failure | undefined): Failure {
  return unsent(
    'unavailable',
    process.env.NODE_ENV !== 'production' && {
      message: 'The API is down, and the operation was not sent.',
      advice:
        'Start it again later: the API is down. outage.patience says how long operations wait for it.',
    },
    { cause },
  );
}

/** A closed scope would not let the operation in (W4, W7). */
export function refusedFailure(
  reason: 'queue_full' | 'wait_too_long',
  kind: FailureKind = 'rate_limited',
  retryAt: number,
): Failure {
  const words =
    process.env.NODE_ENV !== 'production' &&
    (reason === 'queue_full'
      ? {
          message: 'Too many operations wait already.',
          advice: 'Send less, or allow more to wait with rateLimit.queue.',
        }
      : {
          message: 'The limit lasts longer than it may wait.',
          advice:
            'Start it again after retryAt, or allow longer waits with rateLimit.maxWait and timeout.total.',
        });
  return unsent(kind, words, { retryAt });
}

/** The operation, or the session, was ended from outside (E2, E3). */
export function abortedFailure(disposed: boolean, cause: unknown, sent: boolean): Failure {
  return ownFailure(
    { kind: 'aborted', executed: sent ? undefined : false, cause },
    process.env.NODE_ENV !== 'production' && {
      message: disposed ? 'The instance was disposed of.' : 'The operation was aborted.',
      advice: disposed
        ? 'Create a new instance with createResilience().'
        : 'Nothing is to be done: whoever holds the signal ended it.',
    },
  );
}

/** A callback of the application failed before anything was sent (R9). */
export function callbackFailure(callback: string, cause: unknown): Failure {
  return ownFailure(
    { kind: 'unknown', message: callback, executed: false, cause },
    process.env.NODE_ENV !== 'production' && {
      message: `The callback ${callback} failed.`,
      advice: `Mend ${callback}: its error is the cause.`,
    },
  );
}

/** Options of the operation that are none, or have a value that is not allowed (X5). */
export function optionsFailure(message: string): Failure {
  return ownFailure({ kind: 'bad_input', message, executed: false });
}

/** The transport's error means nothing that is known. */
export function silentFailure(): Failure {
  return ownFailure(
    { kind: 'unknown' },
    process.env.NODE_ENV !== 'production' && {
      message: 'The transport ended with an error that says nothing.',
      advice: 'Look at the error itself: nothing in it is known to the profile.',
    },
  );
}

/** What an operation gets that was never sent because no token was to be had (T8). */
export function sessionFailure(cause: Failure): Failure {
  const { retryAt, advice, message } = cause;
  return unsent(
    'unauthenticated',
    process.env.NODE_ENV !== 'production' && {
      message: `No token is to be had: ${message}`,
      advice:
        retryAt === undefined
          ? `Sign in again: the token endpoint refused for good. ${advice}`
          : `The token endpoint is left alone until retryAt. ${advice}`,
    },
    { retryable: retryAt !== undefined, retryAt, cause, message, advice },
  );
}

/** What an operation gets whose user has left (T11, T11b). */
export function signedOutFailure(): Failure {
  return ownFailure(
    { kind: 'unauthenticated', executed: false },
    process.env.NODE_ENV !== 'production' && {
      message: 'The session is signed out.',
      advice: 'Sign in, then start the operation again.',
    },
  );
}

export function noRefreshFailure(): Failure {
  return ownFailure(
    { kind: 'unauthenticated', executed: false },
    process.env.NODE_ENV !== 'production' && {
      message: 'There is no auth.refresh.',
      advice: 'Give createResilience the option auth.refresh.',
    },
  );
}

/** Nothing to refresh with, while the tokens still serve (T9). */
export function nothingFailure(): Failure {
  return ownFailure(
    { kind: 'unauthenticated', source: 'token-endpoint' },
    process.env.NODE_ENV !== 'production' && {
      message: 'There was nothing to refresh the tokens with.',
      advice: 'Sign in again before the tokens expire.',
    },
  );
}
