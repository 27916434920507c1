import { breeze, createResilience } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';
import { browserShare } from '@holdfast/core/browser';
import { resilienceExchange } from '@holdfast/urql';
import { cacheExchange, Client, fetchExchange } from 'urql';
import { refresh } from './backend.ts';

export const resilience: Resilience = createResilience({
  profile: breeze,
  auth: { refresh },
  // Its tabs have one session.
  share: browserShare('credentials'),
});

/** One for each session: with it goes all that was read. */
export function createClient(): Client {
  return new Client({
    url: '/graphql',
    preferGetMethod: false,
    exchanges: [cacheExchange, resilienceExchange(resilience), fetchExchange],
  });
}
