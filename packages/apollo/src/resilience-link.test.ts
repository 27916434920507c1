import { ApolloLink } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  ADD,
  HELLO,
  answers,
  clientOf,
  clockedClient,
  httpClient,
  listen,
  scriptedLink,
  serverError,
  fails,
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
