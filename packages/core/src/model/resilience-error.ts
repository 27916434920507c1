import { ownErrors } from './own-errors.ts';
import type { Failure } from './failure.ts';

/**
 * Delivered only where no server or transport error exists to deliver: an operation that was never
 * sent, ran out of time or was aborted (R10). Everything else is the server's or transport's own object.
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
    ownErrors().set(this, failure);
  }
}
