import type { Outcome } from './ending.ts';
import { registerFailure } from './failure/failure-of.ts';
import type { Failure } from './model/failure.ts';
import type { Receiver } from './model/operation.ts';
import { ResilienceError } from './model/resilience-error.ts';

/** An answer that did not serve, with what it means. */
export interface Held<R> {
  readonly outcome: Outcome<R>;
  readonly failure: Failure;
}

/**
 * Hands a failure to the subscriber: the server's or transport's own object, by which `failureOf` finds
 * the failure; an error of ours only where there is none (R10).
 *
 * @param open more may follow from where the answer comes from; else the operation is over with this.
 * @param finish ends the run; called before the subscriber hears of the end.
 */
export function deliver<R>(
  receiver: Receiver<R>,
  outcome: Outcome<R>,
  failure: Failure,
  open: boolean,
  finish: () => void,
): void {
  if (outcome.type === 'result') {
    registerFailure(outcome.result, failure);
    if (open) return receiver.next(outcome.result);
    finish();
    receiver.next(outcome.result);
    return receiver.complete();
  }
  const error = outcome.type === 'own' ? new ResilienceError(failure) : outcome.error;
  registerFailure(error, failure);
  finish();
  receiver.error(error);
}
