import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import type { ApolloLink } from '@apollo/client';
import { GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { ResilienceLink } from '@holdfast/apollo';
import { createResilience } from '@holdfast/core';

// An app with incremental delivery, whose context is checked: `ApolloLink.Result` is a union here.
declare module '@apollo/client' {
  interface TypeOverrides extends GraphQL17Alpha9Handler.TypeOverrides {}
  interface DefaultContext extends HttpLink.ContextOptions, ResilienceLink.ContextOptions {}
}

export const client: ApolloClient = new ApolloClient({
  link: new ResilienceLink(createResilience()).concat(
    new HttpLink({ uri: 'https://api.example.com/graphql' }),
  ),
  cache: new InMemoryCache(),
  incrementalHandler: new GraphQL17Alpha9Handler(),
});

// The overrides are in force: `errors` cannot be read off a result before it is narrowed.
export function errorsOf(result: ApolloLink.Result): unknown {
  // @ts-expect-error -- one of the chunk types has no `errors`
  return result.errors;
}

export const answer: Promise<unknown> = client.query({
  query: gql('{ me }'),
  context: { resilience: { idempotent: true, scope: 'reports' }, headers: { 'x-tenant': '1' } },
});

export const mistyped: Promise<unknown> = client.query({
  query: gql('{ me }'),
  // @ts-expect-error -- the app's context knows our options
  context: { resilience: { retry: 3 } },
});
