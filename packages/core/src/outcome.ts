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
  const mayRun = mayHaveRun || stopped === 'unsafe_mutation' || DOUBTFUL.has(failure.kind);
  const isDoubtful = info.kind === 'mutation' && failure.executed !== false && mayRun;
  if (isDoubtful) {
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
  const isHarmful = isDoubtful && info.options?.idempotent !== true;
  return {
    ...failure,
    advice,
    attempts,
    stopped,
    ...(isHarmful && { outcomeUnknown: true }),
    ...(cause !== undefined && { cause }),
  };
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
