import { createResilience } from '@holdfast/core';
import type { Resilience } from '@holdfast/core';
import { resilientSocket } from '@holdfast/graphql-ws';
import { refreshToken } from '@holdfast/oauth';
import { resilienceExchange } from '@holdfast/urql';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import type { Sink } from 'graphql-ws';

const address = (path: string): string => new URL(path, location.href).href;

/** One session for both transports: whichever hears first that the token is dead refreshes for the other. */
export const resilience: Resilience = createResilience({
  auth: { refresh: refreshToken({ url: address('/token'), clientId: 'live-page' }) },
});

const socket = createClient({
  url: address('/graphql').replace('http', 'ws'),
  ...resilientSocket(resilience),
});

export const client: Client = new Client({
  url: address('/graphql'),
  preferGetMethod: false,
  exchanges: [
    resilienceExchange(resilience),
    fetchExchange,
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        // The two types are one, but for what `exactOptionalPropertyTypes` makes of them.
        subscribe: (sink) => ({
          unsubscribe: socket.subscribe({ query, variables }, sink as Sink),
        }),
      }),
    }),
  ],
});
