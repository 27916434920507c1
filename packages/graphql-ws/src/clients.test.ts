import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { ResilienceLink } from '@holdfast/apollo';
import { failureOf } from '@holdfast/core';
import { resilienceExchange } from '@holdfast/urql';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import type { ExchangeIO, ExchangeInput } from '@urql/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pipe, subscribe } from 'wonka';
import { Rig, until } from './rig.fixture.ts';
import { startSocketServer, tokenOf } from './socket-server.fixture.ts';
import type { SocketServer } from './socket-server.fixture.ts';

let server: SocketServer;
let rig: Rig;

beforeEach(async () => {
  server = await startSocketServer();
  rig = new Rig(server);
});

afterEach(async () => {
  rig.end();
  await server.close();
});

/** What a subscriber of any client saw. */
interface Seen {
  readonly values: unknown[];
  readonly errors: unknown[];
  completed: boolean;
  end(): void;
}

interface Wired {
  subscribe(): Seen;
  query(): Promise<unknown>;
}

function isSubscription(operation: ApolloLink.Operation): boolean {
  return operation.operationType === 'subscription';
}

/** @param above ResilienceLink stands above the socket as well. */
function apollo(above: boolean): Wired {
  const socket = new GraphQLWsLink(rig.client);
  const http = new HttpLink({ uri: server.httpUrl });
  const resilience = new ResilienceLink(rig.resilience);
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: above
      ? resilience.concat(ApolloLink.split(isSubscription, socket, http))
      : ApolloLink.split(isSubscription, socket, resilience.concat(http)),
  });
  return {
    query: async () => {
      const { data } = await client.query<{ hello: string }>({
        query: gql`
          {
            hello
          }
        `,
        fetchPolicy: 'no-cache',
      });
      return data?.hello;
    },
    subscribe: () => {
      const seen: Seen = { values: [], errors: [], completed: false, end: () => {} };
      const subscription = client
        .subscribe<{ ticks: number }>({
          query: gql`
            subscription {
              ticks
            }
          `,
        })
        .subscribe({
          next: ({ data, error }) => {
            if (error === undefined) seen.values.push(data?.ticks);
            else seen.errors.push(error);
          },
          error: (error) => void seen.errors.push(error),
          complete: () => {
            seen.completed = true;
          },
        });
      seen.end = () => subscription.unsubscribe();
      return seen;
    },
  };
}

/** urql; `above`: resilienceExchange sees subscriptions, too. */
function urql(above: boolean): Wired {
  const sockets = subscriptionExchange({
    forwardSubscription: ({ query = '', variables }) => ({
      subscribe: (sink) => ({
        unsubscribe: rig.client.subscribe(
          { query, ...(variables && { variables }) },
          sink as never,
        ),
      }),
    }),
  });
  const ours = (input: ExchangeInput): ExchangeIO => resilienceExchange(rig.resilience)(input);
  const client = new Client({
    url: server.httpUrl,
    preferGetMethod: false,
    exchanges: above ? [ours, sockets, fetchExchange] : [sockets, ours, fetchExchange],
  });
  return {
    query: async () => {
      const { data } = await client.query('{ hello }', {}, { requestPolicy: 'network-only' });
      return (data as { hello: string } | undefined)?.hello;
    },
    subscribe: () => {
      const seen: Seen = { values: [], errors: [], completed: false, end: () => {} };
      const { unsubscribe } = pipe(
        client.subscription('subscription { ticks }', {}),
        subscribe(({ data, error }) => {
          if (error === undefined) seen.values.push((data as { ticks: number }).ticks);
          else seen.errors.push(error);
        }),
      );
      seen.end = unsubscribe;
      return seen;
    },
  };
}

describe.each([
  ['Apollo Client, ResilienceLink beside the socket', (): Wired => apollo(false)],
  ['Apollo Client, ResilienceLink above the socket', (): Wired => apollo(true)],
  ['urql, resilienceExchange below subscriptionExchange', (): Wired => urql(false)],
  ['urql, resilienceExchange above subscriptionExchange', (): Wired => urql(true)],
])('%s', (_, wire) => {
  it('S4 a subscription outlives 4401, 4403, 4429, 1006 and 1012 in turn', async () => {
    const seen = wire().subscribe();
    await rig.standing(1);
    let nth = 1;
    for (const code of [4401, 4403, 4429, 1006, 1012]) {
      server.publish(nth);
      await until(() => seen.values.length === nth);
      const { socket } = server.current;
      if (code === 1006) socket.terminate();
      else socket.close(code);
      if (code < 4400 || code === 4429) {
        await until(() => rig.waits.length === 1);
        await rig.clock.advanceAsync(2_000);
      }
      await rig.standing(++nth);
    }
    expect(seen.values).toEqual([1, 2, 3, 4, 5]);
    expect([seen.errors, seen.completed, rig.refreshes.length]).toEqual([[], false, 2]);
    seen.end();
    await until(() => server.current.code === 1000);
  });

  it('T1 S4 HTTP and socket refresh once between them', async () => {
    const wired = wire();
    const seen = wired.subscribe();
    await rig.standing(1);
    server.publish(1);
    await until(() => seen.values.length === 1);
    server.valid.clear();
    expect(await wired.query()).toBe('world');
    server.current.socket.close(4403);
    await rig.standing(2);
    server.publish(2);
    await until(() => seen.values.length === 2);
    expect(await wired.query()).toBe('world');
    expect([rig.refreshes.length, server.requests]).toEqual([1, 3]);
    expect(server.sockets.map(tokenOf)).toEqual(['t1', 't2']);
    seen.end();
  });

  it('S3 S4 the second expiry, an hour later, refreshes again', async () => {
    const seen = wire().subscribe();
    await rig.standing(1);
    for (const nth of [2, 3]) {
      await rig.clock.advanceAsync(3_600_000);
      server.current.socket.close(4403);
      await rig.standing(nth);
      server.publish(nth);
      await until(() => seen.values.length === nth - 1);
    }
    expect([seen.values, seen.errors, rig.refreshes.length]).toEqual([[2, 3], [], 2]);
    seen.end();
  });

  it('S4 R10 the error of a final code leads to its failure', async () => {
    server.greet = () => 4403;
    const seen = wire().subscribe();
    await until(() => seen.errors.length === 1);
    expect(String(seen.errors[0])).toContain('Socket closed with event 4403');
    expect(failureOf(seen.errors[0])).toMatchObject({
      kind: 'unauthenticated',
      source: 'socket',
      stopped: 'not_retryable',
    });
    expect([rig.refreshes.length, rig.opened]).toEqual([1, 2]);
    seen.end();
  });

  it.each([1012, 4429])('E1 unsubscribing in the wait after a %i opens nothing', async (code) => {
    const seen = wire().subscribe();
    await rig.standing(1);
    server.current.socket.close(code);
    await until(() => rig.waits.length === 1);
    seen.end();
    await rig.clock.advanceAsync(60_000);
    expect([rig.opened, rig.waits, rig.clock.pending]).toEqual([1, [], 0]);
  });
});
