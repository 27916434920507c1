import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { ResilienceLink } from '@holdfast/apollo';
import { breeze, createResilience, type Resilience } from '@holdfast/core';
import { browserShare } from '@holdfast/core/browser';
import { ask } from './backend.ts';

export const resilience: Resilience = createResilience({
  profile: breeze,
  auth: { refresh: ({ tokens, signal }) => ask('/token', { tokens }, signal) },
  share: browserShare('credentials'), // One session in all tabs.
});

const link = new ResilienceLink(resilience).concat(new HttpLink({ uri: '/graphql' }));

export const createClient = (): ApolloClient =>
  new ApolloClient({ link, cache: new InMemoryCache() });
