import { resilienceExchange } from '@holdfast/urql';
import { authExchange } from '@urql/exchange-auth';
import { retryExchange } from '@urql/exchange-retry';
import { Client, fetchExchange } from '@urql/core';
import type { Exchange } from '@urql/core';
import type { Fetch } from '../run/network.ts';
import type { ShopClient, Surroundings } from './client.ts';
import { createHeld } from './holdfast.ts';
import { createPlain } from './plain.ts';
import type { Plain } from './plain.ts';

/** Asks urql, without a cache, which would answer in the server's place. */
function asking(url: string, fetch: Fetch, exchanges: Exchange[]): ShopClient['ask'] {
  const client = new Client({ url, fetch, exchanges, preferGetMethod: false });
  const context = { requestPolicy: 'network-only' } as const;
  return async ({ kind, document, variables }) => {
    const { data, error } =
      kind === 'query'
        ? await client.query(document, variables, context).toPromise()
        : await client.mutation(document, variables, context).toPromise();
    return { data, error };
  };
}

export async function urqlWithHoldfast(surroundings: Surroundings): Promise<ShopClient> {
  const held = await createHeld(surroundings);
  const exchanges = [resilienceExchange(held.resilience), fetchExchange];
  return {
    ...held,
    ask: asking(surroundings.url, surroundings.network.fetch, exchanges),
  };
}

/** urql's exchanges as its documentation shows them; where a refresh fails, the user is signed out. */
function usualExchanges({ accessToken, refresh, signOut }: Plain): Exchange[] {
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

export async function urqlAsUsual(surroundings: Surroundings): Promise<ShopClient> {
  const plain = await createPlain(surroundings);
  return {
    ...plain,
    ask: plain.recorder.recordedAsk(asking(surroundings.url, plain.fetch, usualExchanges(plain))),
  };
}
