import type { Core } from './core.ts';
import { classify } from './failure/classify.ts';
import { failureOf } from './failure/failure-of.ts';
import { exhausted } from './failure/quota.ts';
import type { Failure } from './model/failure.ts';
import { ownFailure } from './model/own-failure.ts';
import type { OperationInfo } from './model/operation.ts';
import type { Signal } from './model/signal.ts';
import { hintSpread } from './time/jitter.ts';

/** The third question: what happened? `undefined` where nothing went wrong. */
export function whatHappened(core: Core, signal: Signal, info: OperationInfo): Failure | undefined {
  if (healthy(signal)) return undefined;
  const judged = judgedBelow(signal.error);
  if (judged !== undefined) return judged;
  const { profile, clock } = core.settings;
  const rootFields = signal.rootFields ?? rootFieldsOf(info);
  const failure = classify({ ...signal, rootFields, now: clock.wall() }, profile);
  return failure === undefined ? undefined : core.redact(failure);
}

/** What could not be reached may be another address than the one that was asked (F9). */
export function doubtful(failure: Failure): Failure {
  const doubt = { executed: undefined };
  return { ...failure, ...doubt, all: failure.all.map((each) => ({ ...each, ...doubt })) };
}

/** Where nobody can say, nothing is proven (F9). */
function rootFieldsOf({ rootFields }: OperationInfo): number | undefined {
  try {
    return rootFields?.();
  } catch {
    return undefined;
  }
}

/** A connection's end, which an instance has judged already: what goes over it has no second say (S4). */
function judgedBelow(error: unknown): Failure | undefined {
  const failure = failureOf(error);
  return failure?.source === 'socket' && failure.stopped !== undefined
    ? { ...failure, retryable: false, freshToken: false }
    : undefined;
}

/** What a transport's error means: something, whatever it is. */
export function whatBroke(core: Core, error: unknown, info: OperationInfo, seen?: Signal): Failure {
  return (
    whatHappened(core, { ...seen, error }, info) ??
    ownFailure({
      kind: 'unknown',
      source: 'client',
      message: 'The transport ended with an error that says nothing.',
      advice: 'Look at the error itself: nothing in it is known to the profile.',
    })
  );
}

/**
 * Closes the scope where an answer says that nothing is left, although it served (W8). One that says it
 * by failing closes the scope as a failure.
 */
export function leaveAlone(
  core: Core,
  signal: Signal,
  failure: Failure | undefined,
  scope: string,
): void {
  if (core.gate === undefined || signal.headers === undefined) return;
  if (failure?.kind === 'rate_limited') return;
  const { profile, clock, chance } = core.settings;
  const now = signal.now ?? clock.wall();
  const hint = exhausted({ headers: signal.headers, now }, profile);
  if (hint !== undefined)
    core.gate.close(scope, 'rate_limited', hint, hint + hintSpread(hint, chance()));
}

/** The answer that almost every operation gets, seen without a classifier. */
function healthy({ status, data, errors, error, close }: Signal): boolean {
  return (
    data !== undefined &&
    error === undefined &&
    close === undefined &&
    (errors === undefined || errors === null || (Array.isArray(errors) && errors.length === 0)) &&
    (status === undefined || (status >= 200 && status < 300))
  );
}
