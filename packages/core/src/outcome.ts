import type { WaitReason } from './base/events.ts';
import { ownFailure, unsent } from './base/failure.ts';
import type { Failure, FailureKind, StopReason } from './base/failure.ts';
import type { OperationInfo } from './base/operation.ts';
import { isOfOtherOrigin } from './platform.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/**
 * An answer that did not serve, with what it means. `own`: no server or transport said anything, and there is
 * only our failure to deliver (R10).
 */
export type Held<R> = { readonly failure: Failure } & (
  | { readonly type: 'result'; readonly value: R }
  | { readonly type: 'error'; readonly value: unknown }
  | { readonly type: 'own' }
);

/** The better of two answers that did not serve: the one held, and the last. */
export function better<R>(
  held: Held<R> | undefined,
  last: Held<R>,
  { kind }: OperationInfo,
): Held<R> {
  if (held === undefined || held.type === 'own') return last;
  // A part is the best there is, until a whole comes (F6). What a server said is worth more than that it
  // then was silent (R10), unless the silence is what leaves open whether a mutation ran (M1).
  const silent = last.type === 'own' && kind !== 'mutation';
  return held.failure.partial || silent ? held : last;
}

/** What a failure becomes once it is final. */
interface Ending {
  readonly attempts: number;
  readonly stopped: StopReason;
  readonly cause?: unknown;
  /** An earlier attempt may have run, whatever the last answer says. */
  readonly mayHaveRun: boolean;
  /** The API does not want what the token endpoint gives (T4b). */
  readonly refused: boolean;
  /** The profile's advice for a mutation that may have run. */
  readonly outcomeUnknown: string;
}

export function ended(info: OperationInfo, failure: Failure, ending: Ending): Failure {
  const { attempts, stopped, cause, mayHaveRun, refused, outcomeUnknown } = ending;
  let { advice } = failure;
  const doubtful = mayHaveRun || stopped === 'unsafe_mutation' || DOUBTFUL.has(failure.kind);
  if (info.kind === 'mutation' && failure.executed !== false && doubtful) {
    // What led to it is to be known as well, and where it leads (R3, F9a).
    const { status = 0, kind } = failure;
    const isTold = DOUBTFUL.has(kind) && (status < 300 || status >= 400);
    advice = isTold ? outcomeUnknown : `${advice} ${outcomeUnknown}`;
  } else if (process.env.NODE_ENV !== 'production') {
    if (refused) {
      advice =
        'Check environment, audience and caches: `refresh` brings tokens that the API has never taken, and is not asked again for a while.';
    } else if (hidesItsHint(info, failure)) advice = EXPOSE;
  }
  return { ...failure, advice, attempts, stopped, ...(cause !== undefined && { cause }) };
}

const EXPOSE =
  'The browser may hide how long to wait: the API must list Retry-After in Access-Control-Expose-Headers for this origin.';

/** Whether a browser may keep the server's hint from the page, as it does with an answer of another origin (W12). */
function hidesItsHint(info: OperationInfo, { status, retryAt }: Failure): boolean {
  if ((status !== 429 && status !== 503) || retryAt !== undefined) return false;
  const address = info.endpoint ?? info.answeredBy?.();
  return address !== undefined && isOfOtherOrigin(address);
}

const told = /* @__PURE__ */ new WeakSet<object>();

/** Says so on the console of a development build, once for each instance (W12). */
export function warnOfHiddenHint(instance: object, info: OperationInfo, failure: Failure): void {
  if (told.has(instance) || !hidesItsHint(info, failure)) return;
  told.add(instance);
  console.warn(`Holdfast: ${failure.status} without a hint from another origin. ${EXPOSE}`);
}

/** After these nobody knows whether a mutation ran: somebody must look it up (M1). */
const DOUBTFUL: ReadonlySet<FailureKind> = new Set([
  'network',
  'timeout',
  'aborted',
  'server_error',
  'unavailable',
  'bad_response',
]);

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
