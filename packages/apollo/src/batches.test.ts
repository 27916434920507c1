import { ApolloClient, InMemoryCache } from '@apollo/client';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { createResilience, failureOf } from '@holdfast/core';
import type { ResilienceOptions } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer, RecordedRequest } from '@holdfast/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HELLO, clientOf, clockedClient, waiting } from './client.fixture.ts';
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
      typeDefs: 'type Query { hello(name: String): String! }',
      resolvers: { Query: { hello } },
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
