import type { Failure } from '../model/failure.ts';
import { ownFailure } from '../model/own-failure.ts';
import type { Tokens } from '../model/tokens.ts';

/** What the session says to an operation that wants to be sent. */
export type Standing =
  | { readonly type: 'go'; readonly generation: number; readonly tokens: Tokens | undefined }
  | { readonly type: 'wait'; readonly reason: 'tokens' | 'refresh' }
  /** No tokens are to be had now: it fails at once (T8). */
  | { readonly type: 'stop'; readonly failure: Failure };

/** What a rejected token means for the operation that was sent with it. */
export type Rejection =
  /** There is a newer token: replay at once (T2). */
  | 'stale'
  /** It is the newest: refresh, then replay. */
  | 'current'
  /** No refresh is to be had now (T8). */
  | 'failed'
  /** Nothing is refreshed: signed out (T11), or there is no refresh (T19). */
  | 'unrenewable';

/** Whom a waiting operation hears from: look again, or you were signed out (T11). */
export type Wake = (signedOut: boolean) => void;

/** What an operation gets that was never sent because no token was to be had (T8). */
export function sessionFailure(cause: Failure, retryAt: number | undefined): Failure {
  return ownFailure({
    kind: 'unauthenticated',
    source: 'client',
    message: `No token is to be had: ${cause.message}`,
    executed: false,
    retryable: retryAt !== undefined,
    ...(retryAt === undefined ? {} : { retryAt }),
    advice:
      retryAt === undefined
        ? cause.advice
        : `The token endpoint is left alone until retryAt. ${cause.advice}`,
    cause,
  });
}

/** What an operation gets that waited for a token when the session was signed out (T11). */
export function signedOutFailure(): Failure {
  return ownFailure({
    kind: 'unauthenticated',
    source: 'client',
    message: 'The session is signed out.',
    executed: false,
    advice: 'Sign in, then start the operation again.',
  });
}

/** What whoever asks for a refresh gets where there is none (T19). */
export function unrenewableFailure(): Failure {
  return ownFailure({
    kind: 'unauthenticated',
    source: 'client',
    message: 'There is nothing to refresh with: the option auth.refresh is not given.',
    advice: 'Give createResilience the option auth.refresh, or hand new tokens to signIn.',
  });
}

/** What whoever waits for the session gets when the instance ends (E3). */
export function endedFailure(): Failure {
  return ownFailure({
    kind: 'aborted',
    source: 'client',
    message: 'The instance was disposed of.',
    advice: 'Create a new instance with createResilience().',
  });
}
