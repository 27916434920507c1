import { adviceFor } from './failure/advice.ts';
import type { Profile } from './failure/profile.ts';
import type { Failure, FailureKind, StopReason } from './model/failure.ts';
import type { OperationInfo } from './model/operation.ts';
import type { WaitReason } from './model/event.ts';
import { ownFailure } from './model/own-failure.ts';
import type { Closure } from './pacing/admission.ts';

/** How an attempt, or an operation that was never sent, came out. */
export type Outcome<R> =
  | { readonly type: 'result'; readonly result: R }
  | { readonly type: 'error'; readonly error: unknown }
  /** No server or transport said anything: there is only our failure to deliver (R10). */
  | { readonly type: 'own' };

/** What a failure becomes once it is final. */
export interface Ending {
  readonly attempts: number;
  readonly stopped: StopReason;
  readonly cause?: unknown;
  /** In place of the failure's own advice. */
  readonly advice?: string | undefined;
}

export function ended(failure: Failure, { attempts, stopped, cause, advice }: Ending): Failure {
  return {
    ...failure,
    attempts,
    stopped,
    ...(cause === undefined ? {} : { cause }),
    ...(advice === undefined ? {} : { advice }),
  };
}

/**
 * A mutation of which nobody knows whether it ran: somebody must look it up (M1). Of one that has data, the
 * data says it.
 */
export function lookUp(
  info: OperationInfo,
  { kind, partial, executed, status = 0, advice }: Failure,
  stopped: StopReason,
  profile: Profile,
): string | undefined {
  if (info.kind !== 'mutation' || executed === false) return undefined;
  const isDoubtful = stopped === 'signed_out' || (stopped === 'unsafe_mutation' && !partial);
  if (!isDoubtful && !OUTCOME_UNKNOWN.has(kind)) return undefined;
  const look = adviceFor('outcomeUnknown', profile);
  // Where a redirect leads, only its answer can say.
  return status >= 300 && status < 400 ? `${advice} ${look}` : look;
}

/** Whoever began it has signed out since (T11b). @param last what its last answer meant. */
export function departedFailure(last: Failure | undefined, executed: Failure['executed']): Failure {
  return ownFailure({
    kind: 'unauthenticated',
    source: 'client',
    message: 'The user who began the operation has signed out.',
    executed,
    partial: last?.partial ?? false,
    advice: 'Start it again if whoever is signed in now wants it.',
    ...(last === undefined ? {} : { cause: last }),
  });
}

const OUTCOME_UNKNOWN: ReadonlySet<FailureKind> = new Set([
  'network',
  'timeout',
  'aborted',
  'server_error',
  'unavailable',
  'bad_response',
]);

/** No answer came in time (R2). */
export function timeoutFailure(ms: number): Failure {
  return ownFailure({
    kind: 'timeout',
    source: 'client',
    message: `No answer came within ${Math.round(ms)} ms.`,
    retryable: true,
    advice:
      'See whether the server is slow; timeout.attempt and timeout.total say how long to wait.',
  });
}

/** The deadline passed while the operation waited to be sent (R2). */
export function unsentFailure(reason: WaitReason): Failure {
  const kinds = { rate_limit: 'rate_limited', offline: 'network' } as const;
  const kind = reason === 'rate_limit' || reason === 'offline' ? kinds[reason] : 'timeout';
  return ownFailure({
    kind,
    source: 'client',
    message: `The deadline passed before the operation could be sent: ${WAITED_FOR[reason]}.`,
    executed: false,
    retryable: true,
    advice: 'Start the operation again later, or give it a longer timeout.',
  });
}

const WAITED_FOR: Readonly<Record<WaitReason, string>> = {
  tokens: 'it waited for the initial tokens',
  refresh: 'it waited for a token refresh',
  backoff: 'it waited between attempts',
  rate_limit: 'it waited for a rate limit to pass',
  offline: 'the browser said that it was offline',
};

/** A closed scope would not let the operation in (W4, W7). */
export function refusedFailure(reason: 'queue_full' | 'wait_too_long', closure: Closure): Failure {
  const full = reason === 'queue_full';
  return ownFailure({
    kind: closure.kind,
    source: 'client',
    message: full
      ? 'Too many operations wait for a rate limit to pass already.'
      : 'A rate limit is in force for longer than this operation may wait.',
    executed: false,
    retryable: true,
    retryAt: closure.named,
    advice: full
      ? 'Send less, or allow more to wait with rateLimit.queue.'
      : 'Start it again after retryAt, or allow longer waits with rateLimit.maxWait and timeout.total.',
  });
}

/** The operation was ended from outside (E2, E3). */
export function abortedFailure(disposed: boolean, cause: unknown, sent: boolean): Failure {
  return ownFailure({
    kind: 'aborted',
    source: 'client',
    message: disposed ? 'The instance was disposed of.' : 'The operation was aborted.',
    executed: sent ? undefined : false,
    advice: disposed
      ? 'Create a new instance with createResilience().'
      : 'Nothing is to be done: whoever holds the signal ended it.',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A callback of the application failed before anything was sent (R9). */
export function callbackFailure(callback: string, cause: unknown): Failure {
  return ownFailure({
    kind: 'unknown',
    source: 'client',
    message: `The callback ${callback} failed.`,
    executed: false,
    advice: `Mend ${callback}: its error is the cause.`,
    cause,
  });
}
