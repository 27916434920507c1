import { failureOf } from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import { createRequest, makeOperation } from '@urql/core';
import { expect, it } from 'vitest';
import { deferred, refresher, startClient, startServer } from './exchange.fixture.ts';

const ADD = 'mutation Add { add(name: "cleat") { id } }';

it('M1 a mutation whose outcome is unknown is not sent again, but delivered with advice', async () => {
  const server = await startServer({ faults: [{ status: 503, execute: true }] });
  const { client } = startClient(server.url);
  const { error } = await client.mutation(ADD, {});
  expect(failureOf(error)).toMatchObject({
    kind: 'unavailable',
    executed: undefined,
    stopped: 'unsafe_mutation',
    attempts: 1,
  });
  expect(failureOf(error)?.advice).not.toBe('');
  expect(server.executions).toEqual({ add: 1 });
});

it('M1 a lost answer is not asked for again', async () => {
  const server = await startServer({ faults: [{ reset: 'after-execute' }] });
  const { client } = startClient(server.url);
  const { error } = await client.mutation(ADD, {});
  expect(failureOf(error)).toMatchObject({ kind: 'network', stopped: 'unsafe_mutation' });
  expect(server.executions).toEqual({ add: 1 });
});

it('M1 a mutation marked idempotent is retried as a query is', async () => {
  const server = await startServer({ faults: [{ status: 503, times: 2 }] });
  const { client } = startClient(server.url);
  const result = await client.mutation(ADD, {}, { resilience: { idempotent: true } });
  expect(result.error).toBeUndefined();
  expect(server.requests).toHaveLength(3);
});

it('M2 a mutation that answers with data is not sent again, unauthenticated or not', async () => {
  const server = await startServer({ auth: { reject: 'field' } });
  const source = refresher(server);
  const { client } = startClient(server.url, {
    auth: { tokens: { accessToken: 'dead' }, refresh: source.refresh },
  });
  const result = await client.mutation(
    'mutation { add(name: "cleat") { id } rename(id: 1, name: "bow") { id } }',
    {},
  );
  expect(result.data).toMatchObject({ add: { id: '3' }, rename: null });
  expect(failureOf(result.error)).toMatchObject({
    kind: 'unauthenticated',
    stopped: 'unsafe_mutation',
  });
  expect(server.executions['add']).toBe(1);
});

it('M3 every attempt of one mutation carries the same idempotency key', async () => {
  const server = await startServer({ auth: true, faults: [{ status: 503, after: 1 }] });
  const source = refresher(server);
  const { client } = startClient(server.url, {
    auth: { tokens: { accessToken: 'dead' }, refresh: source.refresh },
    retry: { idempotencyKey: 'Idempotency-Key' },
  });
  expect((await client.mutation(ADD, {})).error).toBeUndefined();
  const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toHaveLength(3);
  expect(new Set(keys).size).toBe(1);
  expect(keys[0]).toBeTruthy();
});

it.each([
  ['an object', { headers: { 'Idempotency-Key': 'order-7' } }],
  ['tuples', { headers: [['idempotency-key', 'order-7']] as [string, string][] }],
  ['Headers', { headers: new Headers({ 'idempotency-key': 'order-7' }) }],
  ['a function', () => ({ headers: { 'idempotency-key': 'order-7' } })],
])('M3 U2 an idempotency key of the application’s own is kept: %s', async (_, fetchOptions) => {
  const server = await startServer({ faults: [{ status: 503 }] });
  const { client } = startClient(server.url, {
    retry: { backoff: { transient: 2 }, idempotencyKey: 'Idempotency-Key' },
  });
  expect((await client.mutation(ADD, {}, { fetchOptions })).error).toBeUndefined();
  const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
  expect(keys).toEqual(['order-7', 'order-7']);
});

it('M4 two identical mutations in flight each get their own answer', async () => {
  const server = await startServer({ auth: true });
  const source = refresher(server);
  const { client } = startClient(server.url, {
    auth: { tokens: { accessToken: 'dead' }, refresh: source.refresh },
  });
  const results = await Promise.all([client.mutation(ADD, {}), client.mutation(ADD, {})]);
  expect(new Set(results.map(({ data }) => data?.add.id as string))).toEqual(new Set(['3', '4']));
  expect(source.calls).toBe(1);
  expect(server.executions).toEqual({ add: 2 });
});

it('M4 U1 aborting one of two identical mutations leaves the other alone', async () => {
  const server = await startServer({ faults: [{ hang: true }] });
  const { client } = startClient(server.url);
  const controller = new AbortController();
  const aborted = deferred<void>();
  const hanging: typeof fetch = (input, init) => {
    init?.signal?.addEventListener('abort', () => aborted.resolve());
    return fetch(input, init);
  };
  const answer = deferred<void>();
  const slow: typeof fetch = async (input, init) => {
    await answer.promise;
    return fetch(input, init);
  };
  const first = client
    .mutation(ADD, {}, { fetch: hanging, fetchOptions: { signal: controller.signal } })
    .toPromise();
  await server.received(1);
  const second = client.mutation(ADD, {}, { fetch: slow }).toPromise();
  controller.abort();
  expect(failureOf((await first).error)).toMatchObject({ kind: 'aborted', attempts: 1 });
  await aborted.promise;
  answer.resolve();
  expect((await second).data).toMatchObject({ add: { id: '3' } });
});

it('M4 U1 a timeout of one of two identical mutations leaves the other alone', async () => {
  const server = await startServer({ faults: [{ hang: true }] });
  const clock = createTestClock();
  const { client } = startClient(server.url, { clock, timeout: { attempt: 5_000 } });
  const first = client.mutation(ADD, {}, { resilience: { timeout: 1_000 } }).toPromise();
  await server.received(1);
  const answer = deferred<void>();
  const slow: typeof fetch = async (input, init) => {
    await answer.promise;
    return fetch(input, init);
  };
  const second = client.mutation(ADD, {}, { fetch: slow }).toPromise();
  clock.advance(1_000);
  expect(failureOf((await first).error)).toMatchObject({ kind: 'timeout' });
  answer.resolve();
  expect((await second).data).toMatchObject({ add: { id: '3' } });
});

it('E1 a teardown by hand ends every identical mutation, in flight or waiting', async () => {
  const server = await startServer({ faults: [{ hang: true, times: 2 }] });
  const { client, events, resilience } = startClient(server.url);
  const results: unknown[] = [];
  const request = client.createRequestOperation('mutation', createRequest(ADD, {}));
  client.executeRequestOperation(request).subscribe((result) => results.push(result));
  const other = client.createRequestOperation('mutation', createRequest(ADD, {}));
  client.executeRequestOperation(other).subscribe((result) => results.push(result));
  await server.received(2);
  client.reexecuteOperation(makeOperation('teardown', request));
  const ended = events.filter(({ type }) => type === 'operation_ended');
  expect(ended).toMatchObject([{ outcome: 'cancelled' }, { outcome: 'cancelled' }]);
  expect(resilience.activity.get()).toEqual([]);
  expect((await client.query('{ hello }', {})).error).toBeUndefined();
  expect(results).toEqual([]);
});
