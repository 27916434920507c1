import type { WaitReason } from './events.ts';
import { ownFailure, unsent } from './failure.ts';
import type { Failure, FailureKind } from './failure.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

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
