import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  HttpLink,
  InMemoryCache,
  gql,
} from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { RetryLink } from '@apollo/client/link/retry';
import { ResilienceLink } from '@holdfast/apollo';
import { createResilience } from '@holdfast/core';
import { from, switchMap } from 'rxjs';
import { document, requestToken } from './scene.ts';
import type { Scene, Send } from './scene.ts';

const query = gql(document);

function sender(scene: Scene, above: ApolloLink): Send {
  const client = new ApolloClient({
    link: above.concat(new HttpLink({ uri: scene.url })),
    cache: new InMemoryCache(),
  });
  return async () => {
    const { data } = await client.query({
      query,
      fetchPolicy: 'no-cache',
      context: { queryDeduplication: false },
    });
    return data;
  };
}

export function apolloOurs(scene: Scene): Send {
  const resilience = createResilience({
    auth: {
      tokens: { accessToken: scene.deadToken },
      refresh: async () => ({ accessToken: await requestToken(scene) }),
    },
  });
  return sender(scene, new ResilienceLink(resilience));
}

/** As careful applications write it: one refresh for all, and each operation sent again after it. */
export function apolloPeers(scene: Scene): Send {
  let token = scene.deadToken;
  let refreshing: Promise<string> | undefined;
  const refresh = async (): Promise<string> => {
    token = await requestToken(scene);
    return token;
  };
  const onError = new ErrorLink(({ error, operation, forward }) => {
    if (!CombinedGraphQLErrors.is(error)) return undefined;
    refreshing ??= refresh();
    return from(refreshing).pipe(switchMap(() => forward(operation)));
  });
  const sign = new SetContextLink(({ headers }) => ({
    headers: { ...headers, authorization: `Bearer ${token}` },
  }));
  return sender(scene, ApolloLink.from([onError, new RetryLink(), sign]));
}
