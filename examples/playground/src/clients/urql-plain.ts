import { authExchange } from '@urql/exchange-auth';
import { retryExchange } from '@urql/exchange-retry';
import { fetchExchange } from 'urql';
import type { Exchange } from 'urql';
import type { Addresses } from '../server/state.ts';
import type { PlaygroundClient } from './client.ts';
import type { Network } from './network.ts';
import { createPlain } from './plain.ts';
import type { Plain } from './plain.ts';
import { askUrql } from './urql.ts';

/** urql's exchanges as its documentation shows them; where a refresh fails, the user is signed out. */
function exchanges({ accessToken, refresh, signOut }: Plain): Exchange[] {
  const auth = authExchange(async ({ appendHeaders }) => ({
    addAuthToOperation(operation) {
      const token = accessToken();
      if (token === undefined) return operation;
      return appendHeaders(operation, { authorization: `Bearer ${token}` });
    },
    willAuthError: () => accessToken() === undefined,
    didAuthError: ({ graphQLErrors }) =>
      graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED'),
    async refreshAuth() {
      if (accessToken() === undefined) return;
      await refresh().catch(signOut);
    },
  }));
  const retry = retryExchange({
    initialDelayMs: 1_000,
    maxDelayMs: 15_000,
    randomDelay: true,
    maxNumberAttempts: 2,
    retryIf: ({ networkError }) => networkError !== undefined,
  });
  return [retry, auth, fetchExchange];
}

export async function createUrqlPlain(
  addresses: Addresses,
  network: Network,
): Promise<PlaygroundClient> {
  const plain = await createPlain(addresses, network);
  const ask = askUrql(addresses.graphql, plain.fetch, exchanges(plain));
  return {
    ...plain,
    title: 'Plain urql',
    parts: 'retryExchange, authExchange, fetchExchange',
    ask: plain.recorder.recordedAsk(ask),
  };
}
