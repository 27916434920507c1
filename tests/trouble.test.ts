import { failureOf } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { everyClient, closing, QUICK } from './both-clients.ts';

const HELLO = 'query Hello { hello }';
const ADD = 'mutation Add { add(name: "a") { id } }';

describe.each(everyClient)('trouble with $client', ({ connect }) => {
  it('R1 R10 a query is sent four times, and then gets the last answer as the client makes it', async () => {
    const server = closing(await startFaultServer({ faults: [{ html: true, times: 5 }] }));
    const { client } = connect(server.url, { outage: false });
    const { error, failure } = await client.query(HELLO);
    expect(server.requests).toHaveLength(4);
    expect(failure).toMatchObject({
      kind: 'server_error',
      status: 500,
      attempts: 4,
      stopped: 'attempts',
    });
    expect(failureOf(error)).toBe(failure);
  });

  it.each([400, 403, 404, 422])('R3 a %i is not sent again', async (status) => {
    const server = closing(await startFaultServer({ faults: [{ status, times: 5 }] }));
    const { client } = connect(server.url);
    const { failure } = await client.query(HELLO);
    expect(server.requests).toHaveLength(1);
    expect(failure).toMatchObject({ status, stopped: 'not_retryable', attempts: 1 });
  });

  it('R4 two operations through the public API drain the same bucket', async () => {
    const server = closing(await startFaultServer({ faults: [{ status: 500, times: 9 }] }));
    const { client } = connect(server.url, {
      retry: { ...QUICK.retry, budget: { capacity: 56 } },
      outage: false,
    });
    const first = await client.query(HELLO);
    const second = await client.query(HELLO);
    const third = await client.query(HELLO);
    expect([first, second, third].map(({ failure }) => failure?.stopped)).toEqual([
      'attempts',
      'budget',
      'budget',
    ]);
    expect(server.requests).toHaveLength(4 + 2 + 1);
  });

  it('H2 H5 R10 in an outage a query is held, and then gets the last answer as the client makes it', async () => {
    const server = closing(await startFaultServer({ faults: [{ status: 500, times: 99 }] }));
    const { client, resilience } = connect(server.url, {
      outage: { patience: 50, probe: { base: 1, factor: 1, cap: 2_000 } },
    });
    const closed: string[] = [];
    resilience.subscribe((event) => {
      if (event.type === 'scope_closed') closed.push(event.reason);
    });
    const { error, failure } = await client.query(HELLO);
    expect(failure).toMatchObject({ kind: 'server_error', status: 500, stopped: 'outage' });
    expect(failureOf(error)).toBe(failure);
    expect(closed[0]).toBe('outage');
  });

  it('M1 a mutation that failed with 503 is delivered, and sent again only where it is idempotent', async () => {
    const server = closing(await startFaultServer({}));
    const { client } = connect(server.url);
    server.inject({ status: 503, execute: true });
    const unsafe = await client.mutate(ADD);
    expect(unsafe.failure).toMatchObject({ stopped: 'unsafe_mutation', executed: undefined });
    expect(server.executions).toEqual({ add: 1 });
    server.inject({ status: 503 });
    const safe = await client.mutate(ADD, { resilience: { idempotent: true } });
    expect(safe.error).toBeUndefined();
    expect(server.executions).toEqual({ add: 2 });
  });

  it('M3 the idempotency key is the same for every attempt, and another for every run', async () => {
    const server = closing(await startFaultServer({ faults: [{ status: 503, times: 2 }] }));
    const { client } = connect(server.url, {
      retry: { ...QUICK.retry, idempotencyKey: 'Idempotency-Key' },
    });
    await client.mutate(ADD);
    await client.mutate(ADD);
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toHaveLength(4);
    expect(new Set(keys.slice(0, 3)).size).toBe(1);
    expect(new Set(keys).size).toBe(2);
  });

  it('R6 F9 a request that never left is sent again like any other, mutations too', async () => {
    const gone = await startFaultServer({});
    const { url } = gone;
    await gone.close();
    const { client, resilience } = connect(url, {
      retry: { ...QUICK.retry, attempts: 2 },
      outage: false,
    });
    const attempts: number[] = [];
    resilience.subscribe((event) => {
      if (event.type === 'attempt_started') attempts.push(event.attempt);
    });
    const { failure } = await client.mutate(ADD);
    expect(attempts).toEqual([1, 2]);
    expect(failure).toMatchObject({ kind: 'network', executed: false, attempts: 2 });
  });

  it.each([
    ['before any byte', { reset: 'before' }],
    ['within the headers', { reset: 'headers' }],
    ['within the body', { reset: 'body' }],
  ] as const)('F8 a connection lost %s is tried again', async (_, fault) => {
    const server = closing(await startFaultServer({ faults: [fault] }));
    const { client } = connect(server.url);
    const { error } = await client.query(HELLO);
    expect(error).toBeUndefined();
    expect(server.requests).toHaveLength(2);
  });

  it('F7 a page in place of an answer is a bad response, and not asked for again', async () => {
    const fault = { status: 200, html: true, times: 3 } as const;
    const server = closing(await startFaultServer({ faults: [fault] }));
    const { client } = connect(server.url);
    const { failure } = await client.query(HELLO);
    expect(failure).toMatchObject({ kind: 'bad_response', stopped: 'not_retryable' });
    expect(server.requests).toHaveLength(1);
  });

  it('E2 a signal that aborts in mid-wait ends the operation as aborted, and nothing is sent after it', async () => {
    const server = closing(await startFaultServer({ faults: [{ status: 503, times: 9 }] }));
    const { client, resilience } = connect(server.url, {
      retry: { backoff: { transient: 60_000, cap: 60_000 } },
      timeout: { total: 600_000 },
      random: () => 0.9,
    });
    const controller = new AbortController();
    resilience.subscribe(({ type }) => {
      if (type === 'wait') queueMicrotask(() => controller.abort());
    });
    const { failure } = await client.query(HELLO, { signal: controller.signal });
    expect(failure).toMatchObject({ kind: 'aborted', stopped: 'aborted' });
    expect(server.requests).toHaveLength(1);
    expect(resilience.activity.get()).toEqual([]);
  });
});
