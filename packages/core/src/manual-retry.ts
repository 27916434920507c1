import { failureOf, registerFailure } from './failure/failure-of.ts';
import { sharedByCopies } from './model/shared-by-copies.ts';
import type { Failure } from './model/failure.ts';
import type { OperationInfo, Transport } from './model/operation.ts';

/** One wish of a person to have things tried again. */
export interface ManualRetry {
  /**
   * Sends what failed again, or makes it ready to be asked for anew.
   *
   * @returns what settles, and never rejects, as soon as asking anew is not answered with the old failure.
   *   `undefined` where there is nothing to be done: what failed after the wish, what was sent for it
   *   already, and what no client keeps.
   */
  send(error: unknown): Promise<void> | undefined;
}

interface Remembered {
  readonly transport: Pick<Transport<never>, 'again'>;
  /** Counts what has failed: later failures have higher numbers. */
  readonly number: number;
}

/** What can be asked for again, by its failure. */
class Memory extends WeakMap<Failure, Remembered> {
  failed = 0;
}

const memory = sharedByCopies('holdfast.failed', () => new Memory());

/**
 * Begins to try again by hand, as a button does. Only queries are sent: a mutation never is (M1), and a
 * subscription starts anew with its subscriber. Whatever is sent waits like any operation: for the network,
 * for a token, for a rate limit.
 *
 * One wish sends what had failed before it, each failure once, however often its errors come up. So an
 * error boundary may ask for every error that it catches, and ends in no loop.
 *
 * @example
 * const retry = manualRetry();
 * await retry.send(error); // what had failed with this error is loaded again
 * await retry.send(error); // nothing: it was sent already
 */
export function manualRetry(): ManualRetry {
  const { failed } = memory();
  const sent = new Set<Failure>();
  return {
    send: (error) => {
      const failure = failureOf(error);
      const found = failure === undefined ? undefined : memory().get(failure);
      if (failure === undefined || found === undefined) return undefined;
      if (found.number > failed || sent.has(failure)) return undefined;
      sent.add(failure);
      return again(found, failure, error);
    },
  };
}

/** Keeps what leads from a failure back to the client that it was delivered to. */
export function rememberAgain(
  { kind }: OperationInfo,
  transport: Remembered['transport'],
  failure: Failure,
): void {
  if (kind !== 'query' || transport.again === undefined) return;
  const remembered = memory();
  remembered.failed++;
  remembered.set(failure, { transport, number: remembered.failed });
}

async function again({ transport }: Remembered, failure: Failure, error: unknown): Promise<void> {
  try {
    await transport.again?.(failure);
  } catch (latest) {
    // A client may go on showing the old error where the new one says the same: it now means the new one (R10).
    const renewed = failureOf(latest);
    if (renewed !== undefined) registerFailure(error, renewed);
  }
}
