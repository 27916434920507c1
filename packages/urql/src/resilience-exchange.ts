import { checkInstance } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';
import type { Exchange, Operation, OperationResult } from '@urql/core';
import { make, makeSubject, pipe, subscribe } from 'wonka';
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
  checkInstance(resilience, 'resilienceExchange()');
  return ({ client, forward, dispatchDebug }) =>
    (operations$) =>
      make<OperationResult>(({ next }) => {
        const below = makeSubject<Operation>();
        const traffic = new Traffic(resilience, dispatchDebug, {
          forward: below.next,
          emit: next,
          forget: (operation) => forgetSuspended(client, operation),
        });
        // What is below listens before operations flow.
        const results = pipe(
          forward(below.source),
          subscribe((result) => {
            if (traffic.passes(result)) next(result);
          }),
        );
        const operations = pipe(
          operations$,
          subscribe((operation) => {
            if (traffic.lets(operation)) below.next(operation);
          }),
        );
        return () => {
          operations.unsubscribe();
          results.unsubscribe();
        };
      });
}
