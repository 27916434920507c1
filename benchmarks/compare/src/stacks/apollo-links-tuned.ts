import { ApolloLink, CombinedGraphQLErrors, HttpLink, ServerError } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { RetryLink } from '@apollo/client/link/retry';
import { catchError, from, mergeMap, throwError } from 'rxjs';
import { apolloClient } from '../clients/apollo.ts';
import { makeMistake } from '../stack.ts';
import type { Setting, Stack } from '../stack.ts';
import { isRejected, signing } from './apollo-links.ts';
import { fetchWithin, isLost, passes, retryAfter } from './patience.ts';

/** The same links, with what their options allow a careful application to do. */
export const apolloLinksTuned: Stack = {
  name: 'Apollo links, tuned',
  contents:
    'the same links, with what their documented options allow: one shared promise for the refresh, with a deadline, also where the token is known to have expired; the original error where the refresh fails; no replay of a mutation that brought data; `RetryLink` for queries alone, three attempts, for statuses that pass and lost connections, with a `delay` that reads `Retry-After` and gives up beyond 30 s; a `fetch` with a deadline',
  holdfast: false,
  readsAnswers: true,
  start(setting) {
    const renew = sharedRenewal(setting);
    return apolloClient(
      ApolloLink.from([
        retrying(setting),
        refreshing(renew),
        new SetContextLink(async () => {
          if (setting.application.expired) await renew();
          return {};
        }),
        signing(setting),
        new HttpLink({ uri: setting.url, fetch: fetchWithin(setting.attemptTimeout ?? 15_000) }),
      ]),
    );
  },
};

/** One refresh at a time, with a deadline. */
function sharedRenewal({ application, refreshTimeout }: Setting): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= application
      .renew(AbortSignal.timeout(refreshTimeout ?? 10_000))
      .finally(() => (running = undefined));
    return running;
  };
}

function refreshing(renew: () => Promise<void>): ApolloLink {
  return new ErrorLink(({ error, result, operation, forward }) => {
    if (!isRejected(error)) return undefined;
    const mayHaveRun = operation.operationType === 'mutation' && result?.data != null;
    if (mayHaveRun) return undefined;
    return from(renew()).pipe(
      catchError(() => throwError(() => error)),
      mergeMap(() => forward(operation)),
    );
  });
}

function retrying({ throwing, longestHint = 30_000 }: Setting): ApolloLink {
  return new RetryLink({
    attempts(count, { operationType }, error) {
      if (throwing === 'retry') makeMistake();
      if (operationType === 'mutation' || count >= 3) return false;
      return isPassing(error) && (hintOf(error) ?? 0) <= longestHint;
    },
    delay: (count, _operation, error) => hintOf(error) ?? Math.min(1_000 * 2 ** count, 30_000),
  });
}

function isPassing(error: unknown): boolean {
  if (ServerError.is(error)) return passes(error.statusCode);
  return !CombinedGraphQLErrors.is(error) && isLost(error);
}

function hintOf(error: unknown): number | undefined {
  return ServerError.is(error) ? retryAfter(error.response.headers) : undefined;
}
