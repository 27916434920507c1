import { ApolloClient, InMemoryCache } from '@apollo/client';
import type { ApolloLink } from '@apollo/client';
import type { LoadOperation } from '../load/operation.ts';
import type { Answer } from './client.ts';

/** Asks Apollo, and keeps nothing: the cache would answer in the server's place. */
export function askApollo(link: ApolloLink): (operation: LoadOperation) => Promise<Answer> {
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
