import { ApolloClient, HttpLink, InMemoryCache, from, gql } from '@apollo/client/core/index.js';
import type { ApolloLink, NormalizedCacheObject } from '@apollo/client/core/index.js';
import { ResilienceLink, createResilience } from '@holdfast/apollo/v3';

// An app with Apollo Client 3, whose context is checked.
declare module '@apollo/client/core/types.js' {
  interface DefaultContext extends ResilienceLink.ContextOptions {}
}

const link: ApolloLink = new ResilienceLink(createResilience());

export const client: ApolloClient<NormalizedCacheObject> = new ApolloClient({
  link: from([link, new HttpLink({ uri: 'https://api.example.com/graphql' })]),
  cache: new InMemoryCache(),
});

export const answer: Promise<unknown> = client.query({
  query: gql('{ me }'),
  context: { resilience: { auth: false, timeout: 1_000 } },
});

export const mistyped: Promise<unknown> = client.query({
  query: gql('{ me }'),
  // @ts-expect-error -- the app's context knows our options
  context: { resilience: { auth: 'no' } },
});
