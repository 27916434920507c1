import { ApolloClient, ApolloLink, InMemoryCache, Observable, gql } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { RetryLink } from '@apollo/client/link/retry';
import { ResilienceLink } from '@holdfast/apollo';
import { createResilience } from '@holdfast/core';
import { Sent } from './crowd.ts';
import type { Crowd } from './crowd.ts';
import { closedScope, limitHeaders, LONG_BACKOFF, pendingRefresh } from './obstacles.ts';

const query = gql`
  query Item($id: ID!) {
    item(id: $id) {
      id
    }
  }
`;

/** A link that answers from memory, in a later job as a network would, and notes that it was asked. */
function memory(sent: Sent): ApolloLink {
  return new ApolloLink(
    () =>
      new Observable((observer) => {
        sent.note();
        queueMicrotask(() => {
          observer.next({ data: { item: { id: '1' } } });
          observer.complete();
        });
      }),
  );
}

function crowd(link: ApolloLink, sent: Sent, release?: () => void): Crowd {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  let id = 0;
  return {
    join(done) {
      id += 1;
      ApolloLink.execute(link, { query, variables: { id } }, { client }).subscribe({
        error: (error: unknown) => {
          throw error;
        },
        complete: done,
      });
    },
    ...(release && { release }),
    began: () => sent.any(),
  };
}

/** Nothing waits but the client: requests under way, which hold their observers. */
export function apolloBare(): Crowd {
  const underWay = new Set<unknown>();
  const silent = new ApolloLink(() => new Observable((observer) => void underWay.add(observer)));
  return crowd(silent, new Sent());
}

export function apolloRefresh(): Crowd {
  const { refresh, succeed } = pendingRefresh();
  const sent = new Sent();
  const link = new ResilienceLink(createResilience({ auth: { refresh } })).concat(memory(sent));
  return crowd(link, sent, () => {
    succeed({ accessToken: 'fresh' });
  });
}

export function apolloGate(): Crowd {
  const sent = new Sent();
  const { options, open } = closedScope();
  const resilience = createResilience(options);
  const link = new ResilienceLink(resilience).concat(memory(sent));
  resilience.execute(
    { kind: 'query', options: { retry: false } },
    {
      send(_attempt, receiver) {
        receiver.error(new Error('Too many requests.'), { status: 429, headers: limitHeaders });
        return () => {};
      },
      read: () => undefined,
    },
    { next: () => {}, error: () => {}, complete: () => {} },
  );
  return crowd(link, sent, open);
}

/** The trio waits for a token: `SetContextLink` for a promise. */
export function apolloPeersRefresh(): Crowd {
  const { refresh, succeed } = pendingRefresh();
  const sent = new Sent();
  const token = refresh();
  const link = ApolloLink.from([
    new ErrorLink(() => {}),
    new RetryLink(),
    new SetContextLink(async ({ headers }) => {
      const { accessToken } = await token;
      return { headers: { ...headers, authorization: `Bearer ${accessToken}` } };
    }),
    memory(sent),
  ]);
  return crowd(link, sent, () => {
    succeed({ accessToken: 'fresh' });
  });
}

/** The trio waits before it tries again. */
export function apolloPeersBackoff(): Crowd {
  const failing = new ApolloLink(
    () => new Observable((observer) => observer.error(new Error('Unavailable.'))),
  );
  const link = ApolloLink.from([
    new ErrorLink(() => {}),
    new RetryLink({ delay: { initial: LONG_BACKOFF, jitter: false } }),
    new SetContextLink(({ headers }) => ({
      headers: { ...headers, authorization: 'Bearer token' },
    })),
    failing,
  ]);
  return crowd(link, new Sent());
}
