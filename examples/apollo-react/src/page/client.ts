import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { ResilienceLink } from '@holdfast/apollo';
import { breeze, createResilience } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';
import { browserShare } from '@holdfast/core/browser';
import { refresh } from './backend.ts';

export const resilience: Resilience = createResilience({
  profile: breeze,
  auth: { refresh },
  // Its tabs have one session.
  share: browserShare('credentials'),
});

/** One for each session: with it goes all that was read. */
export function createClient(): ApolloClient {
  return new ApolloClient({
    link: new ResilienceLink(resilience).concat(new HttpLink({ uri: '/graphql' })),
    cache: new InMemoryCache(),
  });
}
