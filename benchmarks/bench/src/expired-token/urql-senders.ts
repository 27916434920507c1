import { createResilience } from '@holdfast/core';
import { resilienceExchange } from '@holdfast/urql';
import { Client, fetchExchange } from '@urql/core';
import type { Exchange } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { retryExchange } from '@urql/exchange-retry';
import { requestToken } from './scene.ts';
import type { Scene, Send } from './scene.ts';

function sender(scene: Scene, above: Exchange[]): Send {
  const client = new Client({
    url: scene.url,
    preferGetMethod: false,
    exchanges: [...above, fetchExchange],
  });
  let id = 0;
  return async () => {
    // urql would make one operation of what is equal.
    id += 1;
    const { data, error } = await client
      .query('query ($name: String) { hello(name: $name) }', { name: `reader ${id}` })
      .toPromise();
    if (error !== undefined) throw error;
    return data;
  };
}

export function urqlOurs(scene: Scene): Send {
  const resilience = createResilience({
    auth: {
      tokens: { accessToken: scene.deadToken },
      refresh: async () => ({ accessToken: await requestToken(scene) }),
    },
  });
  return sender(scene, [resilienceExchange(resilience)]);
}

export function urqlPeers(scene: Scene): Send {
  let token = scene.deadToken;
  const auth = authExchange((own) =>
    Promise.resolve({
      addAuthToOperation: (operation) =>
        own.appendHeaders(operation, { authorization: `Bearer ${token}` }),
      didAuthError: ({ graphQLErrors }) =>
        graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED'),
      refreshAuth: async () => {
        token = await requestToken(scene);
      },
    }),
  );
  return sender(scene, [auth, retryExchange({})]);
}
