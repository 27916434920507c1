import type { CombinedError, Exchange, Operation } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { retryExchange } from '@urql/exchange-retry';
import { urqlClient } from '../clients/urql.ts';
import { makeMistake } from '../stack.ts';
import type { Setting, Stack } from '../stack.ts';
import { fetchWithin, isLost, passes } from './patience.ts';

/** urql's own exchanges, as its documentation shows them. */
export const urqlExchanges: Stack = {
  name: 'urql exchanges',
  contents:
    '`retryExchange` with its defaults, `authExchange` with `willAuthError` (the token is known to have expired) and `didAuthError` (UNAUTHENTICATED, or a 401), `fetchExchange`: as the documentation shows them',
  holdfast: false,
  readsAnswers: true,
  start: (setting) =>
    urqlClient(setting.url, [
      retryExchange(setting.throwing === 'retry' ? { retryIf: retryIf(setting) } : {}),
      authenticating(setting, () => setting.application.renew()),
    ]),
};

/** The same exchanges, with what their options allow a careful application to do. */
export const urqlExchangesTuned: Stack = {
  name: 'urql exchanges, tuned',
  contents:
    'the same exchanges, with what their documented options allow: a refresh with a deadline; `retryIf` for queries alone, for statuses that pass and lost connections, three attempts; a `fetch` with a deadline. `retryExchange` has no option for its delay that could read `Retry-After`',
  holdfast: false,
  readsAnswers: true,
  start: (setting) =>
    urqlClient(
      setting.url,
      [
        retryExchange({ maxNumberAttempts: 3, retryIf: retryIf(setting) }),
        authenticating(setting, () =>
          setting.application.renew(AbortSignal.timeout(setting.refreshTimeout ?? 10_000)),
        ),
      ],
      fetchWithin(setting.attemptTimeout ?? 15_000),
    ),
};

function authenticating(
  { application, throwing }: Setting,
  refreshAuth: () => Promise<void>,
): Exchange {
  return authExchange(({ appendHeaders }) =>
    Promise.resolve({
      addAuthToOperation(operation) {
        if (throwing === 'sign') makeMistake();
        return appendHeaders(operation, { authorization: application.authorization });
      },
      willAuthError: () => application.expired,
      didAuthError: ({ graphQLErrors, response }) =>
        statusOf(response) === 401 ||
        graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED'),
      refreshAuth,
    }),
  );
}

function retryIf({ throwing }: Setting): (error: CombinedError, operation: Operation) => boolean {
  return ({ networkError, response }, { kind }) => {
    if (throwing === 'retry') makeMistake();
    if (kind === 'mutation') return false;
    const status = statusOf(response);
    return status === undefined ? isLost(networkError) : passes(status);
  };
}

function statusOf(response: unknown): number | undefined {
  return (response as Response | undefined)?.status;
}
