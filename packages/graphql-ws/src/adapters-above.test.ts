import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import type { ApolloLink } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { ResilienceLink } from '@holdfast/apollo';
import { failureOf } from '@holdfast/core';
import { resilienceExchange } from '@holdfast/urql';
import { Client, subscriptionExchange } from '@urql/core';
import type { ExchangeIO, ExchangeInput } from '@urql/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rig, turn, until } from './rig.fixture.ts';
import { startSocketServer } from './socket-server.fixture.ts';
import type { SocketServer } from './socket-server.fixture.ts';

let server: SocketServer;
let rig: Rig;
let touched: number;

beforeEach(async () => {
  server = await startSocketServer();
  touched = 0;
  server.touch = () => {
    touched++;
    return new Promise(() => {});
  };
  rig = new Rig(server);
});

afterEach(async () => {
  rig.end();
  await server.close();
});

/** What an app does over the socket. */
interface Wire {
  /** Sends a mutation; settles with its error. */
  touch(): Promise<unknown>;
  /** Subscribes; settles with the error that ends it. */
  ticks(): Promise<unknown>;
}

function apollo(above: boolean): Wire {
  const socket = new GraphQLWsLink(rig.client);
  const link: ApolloLink = above ? new ResilienceLink(rig.resilience).concat(socket) : socket;
  const client = new ApolloClient({ cache: new InMemoryCache(), link });
  return {
    touch: () =>
      client
        .mutate({
          mutation: gql`
            mutation {
              touch
            }
          `,
        })
        .then(
          () => undefined,
          (error: unknown) => error,
        ),
    ticks: () =>
      new Promise((resolve) => {
        const query = gql`
          subscription {
            ticks
          }
        `;
        const told = ({ error }: { error?: unknown }): void => {
          if (error !== undefined) resolve(error);
        };
        client.subscribe({ query }).subscribe({ next: told, error: resolve });
      }),
  };
}

function urql(above: boolean): Wire {
  const sockets = subscriptionExchange({
    enableAllOperations: true,
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
    exchanges: above ? [ours, sockets] : [sockets],
  });
  return {
    touch: async () => (await client.mutation('mutation { touch }', {})).error,
    ticks: () =>
      new Promise((resolve) => {
        client.subscription('subscription { ticks }', {}).subscribe(({ error }) => {
          if (error !== undefined) resolve(error);
        });
      }),
  };
}

describe.each([
  ['Apollo Client', (): Wire => apollo(false)],
  ['Apollo Client, ResilienceLink above the socket', (): Wire => apollo(true)],
  ['urql', (): Wire => urql(false)],
  ['urql, resilienceExchange above the socket', (): Wire => urql(true)],
])('over the socket: %s', (_, wire) => {
  it.each([1011, 1012, 4403, 4500])(
    'S4 M1 a mutation runs once, whatever a %i leads to',
    async (code) => {
      const result = wire().touch();
      await until(() => touched === 1);
      server.current.socket.close(code, 'because');
      const error = await result;
      expect(failureOf(error)).toMatchObject({
        executed: undefined,
        source: 'socket',
        // Whoever stands above has nothing to decide any more.
        stopped: expect.stringMatching(/^(?:unsafe_mutation|not_retryable)$/),
        advice: expect.stringMatching(/look up/i),
      });
      for (let round = 0; round < 5; round++) {
        for (let turns = 0; turns < 10; turns++) await turn();
        await rig.clock.advanceAsync(rig.clock.nextDelay ?? 0);
      }
      expect([touched, server.sends('mutation { touch }') <= 1]).toEqual([1, true]);
    },
  );

  it('S4 M1 M2 a mutation runs once where the server closes over it each time', async () => {
    server.admit = () => 1011;
    const result = wire().touch();
    const error = await result;
    expect(failureOf(error)).toMatchObject({ source: 'socket', executed: undefined });
    for (let round = 0; round < 10; round++) {
      for (let turns = 0; turns < 10; turns++) await turn();
      await rig.clock.advanceAsync(rig.clock.nextDelay ?? 0);
    }
    expect(touched).toBe(1);
  });

  it('T11b a subscription ends with its sign-in, and says so', async () => {
    const ended = wire().ticks();
    await rig.standing(1);
    rig.resilience.session.signOut();
    expect(failureOf(await ended)).toMatchObject({
      kind: 'unauthenticated',
      stopped: 'signed_out',
      retryable: false,
    });
  });

  it('T11b so it does where the socket is being opened again', async () => {
    const ended = wire().ticks();
    await rig.standing(1);
    server.current.socket.terminate();
    await rig.waitsFor('backoff');
    rig.resilience.session.signOut();
    expect(failureOf(await ended)).toMatchObject({
      kind: 'unauthenticated',
      stopped: 'signed_out',
    });
  });
});
