import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { ResilienceLink } from '@holdfast/apollo';
import { createResilience } from '@holdfast/core';

// An app that says nothing about its types.
const link: ApolloLink = new ResilienceLink(createResilience());

export const client: ApolloClient = new ApolloClient({
  link: ApolloLink.from([link, new HttpLink({ uri: 'https://api.example.com/graphql' })]),
  cache: new InMemoryCache(),
});

const context: ResilienceLink.ContextOptions = { resilience: { auth: false, timeout: 1_000 } };

export const answer: Promise<unknown> = client.query({ query: gql('{ me }'), context });

// @ts-expect-error -- options are checked where they are given the type
export const mistyped: ResilienceLink.ContextOptions = { resilience: { auth: 'no' } };
