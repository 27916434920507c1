import type { Resilience } from '@holdfast/core';
import type { Exchange, Operation, OperationResult } from '@urql/core';
import { filter, makeSubject, merge, pipe } from 'wonka';
import { forgetSuspended } from './suspense-cache.ts';
import { Traffic } from './traffic.ts';

/**
 * Keeps operations attached to their API through expired tokens, rate limits and outages. Its place is
 * between the caches and `fetchExchange` (U1).
 *
 * @remarks
 * An operation's own options stand in its context under `resilience`. An `AbortSignal` in
 * `context.fetchOptions` ends the operation, also while it waits. Errors are urql's own; `failureOf` of
 * `@holdfast/core` says what is behind them.
 *
 * @param resilience what `createResilience` made. Several clients may share one.
 *
 * @example
 * const client = new Client({
 *   url,
 *   exchanges: [cacheExchange, resilienceExchange(resilience), fetchExchange],
 * });
 */
export function resilienceExchange(resilience: Resilience): Exchange {
  return ({ client, forward, dispatchDebug }) =>
    (operations$) => {
      const attempts = makeSubject<Operation>();
      const results = makeSubject<OperationResult>();
      const traffic = new Traffic(resilience, dispatchDebug, {
        forward: attempts.next,
        emit: results.next,
        forget: (operation) => forgetSuspended(client, operation),
      });
      const passing$ = pipe(
        operations$,
        filter((operation) => traffic.lets(operation)),
      );
      const foreign$ = pipe(
        forward(merge([attempts.source, passing$])),
        filter((result) => traffic.passes(result)),
      );
      // Subjects come first, so that they are live before operations flow.
      return merge([results.source, foreign$]);
    };
}
