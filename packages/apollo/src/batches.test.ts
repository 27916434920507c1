import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { createResilience, failureOf } from '@holdfast/core';
import type { Failure, ResilienceOptions } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer, RecordedRequest } from '@holdfast/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ADD, HELLO, clientOf, clockedClient, waiting } from './client.fixture.ts';
import { coded } from './feed.fixture.ts';
import { ResilienceLink } from './resilience-link.ts';

/** What a name is answered with, where it is not greeted; each serves once. */
let troubles: Map<string, Error>;
let server: FaultServer;
beforeEach(async () => {
  troubles = new Map();
  const hello = (_: unknown, { name }: { name: string }): string => {
    const trouble = troubles.get(name);
    troubles.delete(name);
    if (trouble !== undefined) throw trouble;
    return `Hello, ${name}!`;
  };
  server = await startFaultServer({
    schema: {
      typeDefs: `
        type Query { hello(name: String): String! }
        type Mutation { add(name: String!): Item }
        type Item { id: ID! }
      `,
      resolvers: {
        Query: { hello },
        Mutation: { add: (_: unknown, { name }: { name: string }) => ({ id: name }) },
      },
    },
  });
});
afterEach(() => server.close());

const auth: ResilienceOptions['auth'] = {
  tokens: { accessToken: 'one' },
  refresh: async () => ({ accessToken: 'two' }),
};

function batching(): BatchHttpLink {
  return new BatchHttpLink({ uri: server.url, batchInterval: 1 });
}

function namesIn({ body }: RecordedRequest): readonly string[] {
  const sent = JSON.parse(body) as readonly { variables: { name: string } }[];
  return sent.map(({ variables }) => variables.name).sort();
}

function three(client: ApolloClient): Promise<readonly unknown[]> {
  const results = ['a', 'b', 'c'].map(async (name) => {
    const { data, error } = await client.query({
      query: HELLO,
      variables: { name },
      errorPolicy: 'all',
    });
    return error ?? (data as { hello: string }).hello;
  });
  return Promise.all(results);
}

it('A6 of a batch of three with one failing, only that one goes again', async () => {
  troubles.set('b', coded('SERVICE_UNAVAILABLE'));
  const { client } = clientOf(batching());
  expect(await three(client)).toEqual(['Hello, a!', 'Hello, b!', 'Hello, c!']);
  expect(server.requests.map(namesIn)).toEqual([['a', 'b', 'c'], ['b']]);
  expect(server.executions).toEqual({ hello: 4 });
});

it('A6 T1 of a batch of three with one rejected, only that one goes again, with a new token', async () => {
  troubles.set('b', coded('UNAUTHENTICATED'));
  const { client } = clientOf(batching(), { auth });
  expect(await three(client)).toEqual(['Hello, a!', 'Hello, b!', 'Hello, c!']);
  expect(server.requests.map(namesIn)).toEqual([['a', 'b', 'c'], ['b']]);
  expect(server.requests.map(({ token }) => token)).toEqual(['one', 'two']);
});

it('A6 R3 one that is refused for good is delivered to it alone', async () => {
  troubles.set('b', coded('FORBIDDEN'));
  const { client } = clientOf(batching());
  const [first, second, third] = await three(client);
  expect([first, third]).toEqual(['Hello, a!', 'Hello, c!']);
  expect(failureOf(second)).toMatchObject({ kind: 'forbidden', attempts: 1 });
  expect(server.requests.length).toBe(1);
});

it('A6 W7 a limit that a batch meets closes the scope once, and all of it goes again', async () => {
  server.inject({ status: 429, headers: { 'retry-after': '5' } });
  const { client, clock, resilience, events } = clockedClient(batching());
  const results = three(client);
  await waiting(resilience, 'rate_limit');
  await clock.advanceAsync(4_999);
  expect(server.requests.length).toBe(1);
  expect(resilience.activity.get().length).toBe(3);
  await clock.advanceAsync(10_000);
  expect(await results).toEqual(['Hello, a!', 'Hello, b!', 'Hello, c!']);
  expect(events.filter(({ type }) => type === 'scope_closed').length).toBe(1);
  // One goes first; the others are a batch again.
  const [, ...again] = server.requests.map(namesIn);
  expect(again.map(({ length }) => length)).toEqual([1, 2]);
  expect(again.flat().sort()).toEqual(['a', 'b', 'c']);
});

it('A6 E6 operations with different tokens are not mixed in one batch', async () => {
  const below = batching();
  const clients = ['mine', 'yours'].map((accessToken) => {
    const tokens = { accessToken };
    const link = new ResilienceLink(
      createResilience({ auth: { tokens, refresh: async () => undefined } }),
    );
    return new ApolloClient({ link: link.concat(below), cache: new InMemoryCache() });
  });
  await Promise.all(clients.map(three));
  expect(server.requests.map(({ token }) => token).sort()).toEqual(['mine', 'yours']);
  expect(server.requests.map(namesIn)).toEqual([
    ['a', 'b', 'c'],
    ['a', 'b', 'c'],
  ]);
});

it('E1 leaving one of a batch does not end the others', async () => {
  server.inject({ status: 503 });
  const { client, clock, resilience } = clockedClient(batching());
  const controller = new AbortController();
  const context = { fetchOptions: { signal: controller.signal } };
  const left = client.query({
    query: HELLO,
    variables: { name: 'x' },
    context,
    errorPolicy: 'all',
  });
  const results = three(client);
  await waiting(resilience, 'backoff');
  controller.abort();
  expect(failureOf((await left).error)?.stopped).toBe('aborted');
  await clock.advanceAsync(10_000);
  expect(await results).toEqual(['Hello, a!', 'Hello, b!', 'Hello, c!']);
  expect(server.requests.slice(1).flatMap(namesIn)).toEqual(['a', 'b', 'c']);
});

/** Mutations of one client or several, in the same turn. */
function added(clients: readonly ApolloClient[]): Promise<readonly (Failure | undefined)[]> {
  const results = clients.map(async (client, index) => {
    const variables = { name: `n${index}` };
    const { error } = await client.mutate({ mutation: ADD, variables, errorPolicy: 'all' });
    return failureOf(error);
  });
  return Promise.all(results);
}

it.each([401, 429])(
  'F9 a %i that answers a batch proves nothing of its mutations',
  async (status) => {
    server.inject({ status, times: 9 });
    const { client } = clientOf(batching(), { auth });
    for (const failure of await added([client, client])) {
      expect(failure).toMatchObject({ status, executed: undefined, attempts: 1 });
    }
    expect(server.requests.length).toBe(1);
  },
);

it('F9 nor does an entry of a batch that refuses one of them', async () => {
  const refused = { errors: [{ message: 'x', extensions: { code: 'UNAUTHENTICATED' } }] };
  server.inject({ body: [refused, { data: { add: { id: 'b' } } }] });
  const { client } = clientOf(batching(), { auth });
  const [failure, other] = await added([client, client]);
  expect(failure).toMatchObject({ kind: 'unauthenticated', executed: undefined, attempts: 1 });
  expect(other).toBeUndefined();
  expect(server.requests.length).toBe(1);
});

it('F9 a batch is one, too, where two clients of one link share it', async () => {
  server.inject({ status: 401, times: 9 });
  const below = batching();
  const clients = [clientOf(below), clientOf(below)].map(({ client }) => client);
  const failures = await added(clients);
  expect(failures.map((failure) => failure?.executed)).toEqual([undefined, undefined]);
  expect(server.requests.length).toBe(1);
});

it('F9 A6 an operation that is alone in its batch, or passes two of our links, is answered alone', async () => {
  const { client } = clientOf(batching(), { auth });
  server.inject({ status: 401 });
  expect(await added([client])).toEqual([undefined]);
  expect(server.requests.map(({ token }) => token)).toEqual(['one', 'two']);
  server.inject({ status: 401 });
  const inner = new ResilienceLink(createResilience({ retry: false }));
  const [failure] = await added([clientOf(inner.concat(new HttpLink({ uri: server.url }))).client]);
  expect(failure).toMatchObject({ status: 401, executed: false });
});
