import type { Failure } from '../base/failure.ts';
import type { Awaitable } from '../base/time.ts';
import type { Repeat } from '../base/failure.ts';
import { knownFailures, madeKnownFailures } from '../base/failure.ts';
import { count, firstItems, follow, isObject, property } from '../base/property.ts';

/** How far causes are followed, and how many entries are looked at (X4). */
const DEEPEST = 8;
const MOST_ENTRIES = 100;

/**
 * The failure behind an error that Holdfast delivered: what a client hands to the user, a `Response` too, as
 * it is, a part of it, or wrapped with `cause`. `undefined` for everything else, whatever it looks like.
 * Never throws.
 *
 * @example
 * const { error } = useQuery(ORDERS);
 * failureOf(error)?.advice; // what to do about it
 */
export function failureOf(error: unknown): Failure | undefined {
  let node = error;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    // F11b: by what was made and delivered here, never by its shape.
    // Relay's network keeps what it was answered as `source`.
    const known = [node, property(node, 'source')]
      .flatMap(partsOf)
      .find((part) => knownFailures()?.failures.has(part));
    if (known) return knownFailures()?.failures.get(known);
    node = property(node, 'cause');
  }
  return undefined;
}

/**
 * Remembers the failure of what is delivered: an error, a result with `errors`, a CombinedError. Its
 * parts lead to it too, since clients hand on parts. The last registration counts (R10).
 *
 * @param again Sees to it that whoever asks for a failed query anew is not answered with what the client has
 * kept of its failure; for {@link manualRetry}.
 */
export function registerFailure(
  target: unknown,
  failure: Failure,
  again?: () => Awaitable<void>,
): void {
  const known = madeKnownFailures();
  for (const part of partsOf(target)) known.failures.set(part, failure);
  if (again) known.repeats.set(failure, { again, number: ++known.failed });
}

/** The failure that a delivered error of ours is made of, of this copy of the package or another. */
export function failureWithin(error: unknown): Failure | undefined {
  const failure = knownFailures()?.failures.get(error as object);
  return failure === property(error, 'failure') ? failure : undefined;
}

/**
 * The target, its error, and of both the lists of errors, their entries, the network error, and the response with
 * its headers: graphql-request makes an object of its own of the first, which has the second.
 */
function partsOf(target: unknown): readonly object[] {
  const error = property(target, 'error');
  return [target, error]
    .flatMap((holder) => {
      const lists = ['errors', 'graphQLErrors']
        .map((key) => property(holder, key))
        // An empty list may be one constant that many results share.
        .filter(count)
        .flatMap((list) => [list, ...firstItems(list, MOST_ENTRIES)]);
      const others = ['networkError', 'response', 'response.headers'];
      return [holder, ...others.map((path) => follow(holder, path)), ...lists];
    })
    .filter(isObject);
}

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

/**
 * Begins to try again by hand, as a button does. Only queries are sent: a mutation never is, and a
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
  const { failed, repeats } = madeKnownFailures();
  const sent = new Set<Failure>();
  return {
    send: (error) => {
      const failure = failureOf(error);
      const repeat = failure && repeats.get(failure);
      if (!repeat || repeat.number > failed || sent.has(failure)) return undefined;
      sent.add(failure);
      return repeated(repeat, error);
    },
  };
}

async function repeated({ again }: Repeat, error: unknown): Promise<void> {
  try {
    await again();
  } catch (latest) {
    // A client may go on showing the old error where the new one says the same: it now means the new one (R10).
    const renewed = failureOf(latest);
    if (renewed) registerFailure(error, renewed);
  }
}
