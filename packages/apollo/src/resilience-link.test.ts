import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  ADD,
  HELLO,
  TICKS,
  answers,
  clientOf,
  clockedClient,
  httpClient,
  listen,
  scriptedLink,
  serverError,
  fails,
  hangs,
} from './client.fixture.ts';

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer();
});
afterEach(() => server.close());

it('A4 R1 emits no failing result before a retry', async () => {
  server.inject([
    { status: 503 },
    { body: { errors: [{ message: 'x', extensions: { code: 'SERVICE_UNAVAILABLE' } }] } },
  ]);
  const { client } = httpClient(server.url);
  const { data } = await client.query({ query: HELLO });
  expect(data).toEqual({ hello: 'Hello, world!' });
  expect(server.requests.length).toBe(3);
});

it('A4 M1 a mutation that provably was not executed resolves once, with the retried result', async () => {
  server.inject([
    { body: { errors: [{ message: 'slow', extensions: { code: 'RATE_LIMITED' } }] } },
  ]);
  const { client } = httpClient(server.url);
  const { data } = await client.mutate({ mutation: ADD, variables: { name: 'buoy' } });
  expect(data).toEqual({ add: { __typename: 'Item', id: '3' } });
  expect(server.executions).toEqual({ add: 1 });
});

it('M1 R10 a mutation whose outcome is unknown is delivered, with advice to look it up', async () => {
  server.inject({ reset: 'after-execute' });
  const { client } = httpClient(server.url);
  const error: unknown = await client
    .mutate({ mutation: ADD, variables: { name: 'buoy' } })
    .catch((thrown: unknown) => thrown);
  const failure = failureOf(error);
  expect(failure?.stopped).toBe('unsafe_mutation');
  expect(failure?.kind).toBe('network');
  expect(server.executions).toEqual({ add: 1 });
});

it('A2 restart is a fresh run', async () => {
  const below = scriptedLink(fails(serverError(503)), answers({ data: { hello: 'a' } }));
  const { client, clock, events } = clockedClient(below);
  const link = ApolloLink.execute(client.link, { query: HELLO }, { client });
  const first = listen(link);
  await clock.advanceAsync(100);
  await first.done;
  const second = listen(link);
  await second.done;
  expect(first.said).toEqual([{ data: { hello: 'a' } }, 'complete']);
  expect(second.said).toEqual(first.said);
  expect(below.sent.length).toBe(3);
  expect(new Set(below.sent).size).toBe(3);
  expect(events.filter(({ type }) => type === 'operation_started').length).toBe(2);
  expect(
    events.filter((event) => event.type === 'operation_ended').map((event) => event.attempts),
  ).toEqual([2, 1]);
});

it('A3 passes a synchronous answer synchronously', () => {
  const { client } = clientOf(scriptedLink(answers({ data: { hello: 'a' } })));
  const heard = listen(ApolloLink.execute(client.link, { query: HELLO }, { client }));
  expect(heard.said).toEqual([{ data: { hello: 'a' } }, 'complete']);
});

/** How many microtasks pass before a promise has settled. */
async function ticksUntil(promise: Promise<unknown>): Promise<number> {
  const state = { settled: false, ticks: 0 };
  promise.then(() => {
    state.settled = true;
  });
  for (; !state.settled; state.ticks += 1) await Promise.resolve();
  return state.ticks;
}

const bare = (below: ApolloLink): ApolloClient =>
  new ApolloClient({ link: below, cache: new InMemoryCache() });
const ours = (below: ApolloLink): ApolloClient => clientOf(below).client;

it('A3 costs no microtask', async () => {
  const ticks: number[] = [];
  for (const create of [bare, ours]) {
    const client = create(
      scriptedLink(answers({ data: { hello: 'a' } }), answers({ data: { add: { id: '1' } } })),
    );
    ticks.push(await ticksUntil(client.query({ query: HELLO })));
    ticks.push(await ticksUntil(client.mutate({ mutation: ADD })));
  }
  expect(ticks.slice(2)).toEqual(ticks.slice(0, 2));
});

it('A3 watchQuery says the same as without the link, with no loading first', async () => {
  const emissions: unknown[][] = [];
  for (const create of [bare, ours]) {
    const client = create(scriptedLink(answers({ data: { hello: 'a' } })));
    const heard = listen(client.watchQuery({ query: HELLO }));
    const first = client.watchQuery({ query: HELLO }).getCurrentResult();
    await client.query({ query: HELLO });
    emissions.push([...heard.said, first]);
    heard.unsubscribe();
  }
  expect(emissions[1]).toEqual(emissions[0]);
  expect(emissions[1]?.[0]).toMatchObject({ loading: false, data: { hello: 'a' } });
});

it('A2 restart of a subscription is a fresh run, and the old stream is closed', async () => {
  const count = { closed: 0 };
  const below = scriptedLink(hangs(count));
  const { client, resilience, events } = clientOf(below);
  const subscription = client.subscribe({ query: TICKS });
  const heard = listen(subscription);
  subscription.restart();
  expect(below.sent.length).toBe(2);
  expect(count.closed).toBe(1);
  expect(events.filter(({ type }) => type === 'operation_started').length).toBe(2);
  heard.unsubscribe();
  expect(count.closed).toBe(2);
  expect(resilience.activity.get()).toEqual([]);
});

it('A2 S2 a subscription that fails is started again after its wait', async () => {
  const below = scriptedLink(fails(serverError(503)), answers({ data: { ticks: 1 } }));
  const { client, clock } = clockedClient(below);
  const heard = listen(client.subscribe({ query: TICKS }));
  await clock.advanceAsync(1_000);
  await heard.done;
  expect(heard.said).toEqual([{ data: { ticks: 1 } }, 'complete']);
});

it('A4 watchers see no error, and no data, before the retry', async () => {
  const partial = {
    data: { hello: null },
    errors: [{ message: 'x', extensions: { code: 'UNAUTHENTICATED' } }],
  };
  const below = scriptedLink(answers(partial), answers({ data: { hello: 'a' } }));
  const { client } = clientOf(below, {
    auth: { tokens: { accessToken: '1' }, refresh: async () => ({ accessToken: '2' }) },
  });
  const seen = await new Promise<readonly unknown[]>((resolve) => {
    const all: unknown[] = [];
    client.watchQuery({ query: HELLO, errorPolicy: 'all' }).subscribe((result) => {
      all.push([result.loading, result.data, result.error]);
      if (!result.loading) resolve(all);
    });
  });
  expect(seen).toEqual([
    [true, undefined, undefined],
    [false, { hello: 'a' }, undefined],
  ]);
});
