import {
  ApolloClient,
  ApolloLink,
  CombinedGraphQLErrors,
  HttpLink,
  InMemoryCache,
} from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { RetryLink } from '@apollo/client/link/retry';
import { ResilienceLink } from '@holdfast/apollo';
import { from, switchMap } from 'rxjs';
import type { ShopClient, Surroundings } from './client.ts';
import { createHeld } from './holdfast.ts';
import { createPlain } from './plain.ts';
import type { Plain } from './plain.ts';

/** Asks Apollo, and keeps nothing: the cache would answer in the server's place. */
function asking(link: ApolloLink): ShopClient['ask'] {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const options = { fetchPolicy: 'no-cache', errorPolicy: 'all' } as const;
  return async ({ kind, document, variables }) => {
    const { data, error } =
      kind === 'query'
        ? await client.query({ query: document, variables, ...options })
        : await client.mutate({ mutation: document, variables, ...options });
    return { data, error };
  };
}

export async function apolloWithHoldfast(surroundings: Surroundings): Promise<ShopClient> {
  const held = await createHeld(surroundings);
  const http = new HttpLink({ uri: surroundings.url, fetch: surroundings.network.fetch });
  return {
    ...held,
    ask: asking(new ResilienceLink(held.resilience).concat(http)),
  };
}

/**
 * Apollo's links as its documentation shows them: `ErrorLink` renews the token and sends the operation
 * again, `RetryLink` with its defaults, `SetContextLink` for the header.
 */
function usualLinks({ accessToken, refresh, fetch }: Plain, uri: string): ApolloLink {
  const errors = new ErrorLink(({ error, operation, forward }) => {
    if (!CombinedGraphQLErrors.is(error)) return undefined;
    const rejected = error.errors.some(
      ({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED',
    );
    return rejected ? from(refresh()).pipe(switchMap(() => forward(operation))) : undefined;
  });
  const authorization = new SetContextLink(({ headers }) => {
    const token = accessToken();
    return token === undefined ? {} : { headers: { ...headers, authorization: `Bearer ${token}` } };
  });
  return ApolloLink.from([errors, new RetryLink(), authorization, new HttpLink({ uri, fetch })]);
}

export async function apolloAsUsual(surroundings: Surroundings): Promise<ShopClient> {
  const plain = await createPlain(surroundings);
  return {
    ...plain,
    ask: plain.recorder.recordedAsk(asking(usualLinks(plain, surroundings.url))),
  };
}
