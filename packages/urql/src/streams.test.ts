import { failureOf } from '@holdfast/core';
import type { Tokens } from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import { subscriptionExchange } from '@urql/core';
import type { ExecutionResult, OperationResult } from '@urql/core';
import { expect, it } from 'vitest';
import { deferred, refresher, startClient, startServer } from './exchange.fixture.ts';
import type { TestClient } from './exchange.fixture.ts';

const TICKS = 'subscription Ticks { ticks(count: 3, every: 1) }';
const UNAUTHENTICATED = { message: 'Sign in first.', extensions: { code: 'UNAUTHENTICATED' } };

interface Stream {
  next(value: ExecutionResult): void;
  error(error: unknown): void;
  complete(): void;
  closed: boolean;
}

/** A client whose subscriptions run over a socket that the test plays. */
function overSocket(options: Parameters<typeof startClient>[1] = {}): TestClient & {
  readonly streams: readonly Stream[];
  readonly open: () => number;
  started(count: number): Promise<Stream>;
} {
  const streams: Stream[] = [];
  const awaited = new Map<number, (stream: Stream) => void>();
  const below = [
    subscriptionExchange({
      forwardSubscription: () => ({
        subscribe: (observer) => {
          const stream = { ...observer, closed: false } as Stream;
          streams.push(stream);
          awaited.get(streams.length)?.(stream);
          return { unsubscribe: () => void (stream.closed = true) };
        },
      }),
    }),
  ];
  return {
    ...startClient('http://127.0.0.1:9/unused', options, { below }),
    streams,
    open: () => streams.filter(({ closed }) => !closed).length,
    started: (count) =>
      new Promise((resolve) => {
        const stream = streams[count - 1];
        if (stream === undefined) awaited.set(count, resolve);
        else resolve(stream);
      }),
  };
}

function listen(
  { client }: Pick<TestClient, 'client'>,
  context = {},
): { results: OperationResult[]; ended: Promise<void>; leave: () => void; ticks: () => unknown[] } {
  const results: OperationResult[] = [];
  const ended = deferred<void>();
  const { unsubscribe } = client.subscription(TICKS, {}, context).subscribe((result) => {
    results.push(result);
    if (!result.hasNext) ended.resolve();
  });
  return {
    results,
    ended: ended.promise,
    leave: unsubscribe,
    ticks: () => results.map(({ data }) => data?.ticks as unknown),
  };
}

it('S2 a subscription over fetch whose connection is lost is started again', async () => {
  const server = await startServer({ faults: [{ reset: 'body' }] });
  const started = startClient(server.url, {}, { fetchSubscriptions: true });
  const { ended, ticks, results } = listen(started);
  await ended;
  expect(ticks()).toEqual([1, 1, 2, 3, 3]);
  expect(results.map(({ error }) => error)).toEqual(Array.from({ length: 5 }));
  expect(server.requests).toHaveLength(2);
  expect(started.events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'success' });
});

it('S3 a subscription over fetch that is refused is started again with a new token', async () => {
  const server = await startServer({ auth: true });
  const source = refresher(server);
  const started = startClient(
    server.url,
    { auth: { tokens: { accessToken: 'dead' }, refresh: source.refresh } },
    { fetchSubscriptions: true },
  );
  const { ended, ticks } = listen(started);
  await ended;
  expect(ticks()).toEqual([1, 2, 3, 3]);
  expect(source.calls).toBe(1);
});

it('S2 R10 a subscription that is answered with one failing document is tried again, then told', async () => {
  const body = {
    data: null,
    errors: [{ message: 'down', extensions: { code: 'SERVICE_UNAVAILABLE' } }],
  };
  const server = await startServer({ faults: [{ body, times: Infinity }] });
  const { ended, results } = listen(startClient(server.url, {}, { fetchSubscriptions: true }));
  await ended;
  expect(results).toHaveLength(1);
  expect(results[0]).toMatchObject({ data: null, hasNext: false });
  expect(failureOf(results[0]?.error)).toMatchObject({ kind: 'unavailable', attempts: 4 });
  expect(server.requests).toHaveLength(4);
});

it('S3 U6 a stream that says UNAUTHENTICATED is closed before the next one is opened', async () => {
  const answer = deferred<Tokens>();
  const socket = overSocket({
    auth: { tokens: { accessToken: 'old' }, refresh: () => answer.promise },
  });
  const { results, ticks, leave } = listen(socket);
  const first = await socket.started(1);
  first.next({ data: { ticks: 1 } });
  first.next({ data: null, errors: [UNAUTHENTICATED] });
  await socket.heard('refresh_started');
  expect([first.closed, socket.open()]).toEqual([true, 0]);
  answer.resolve({ accessToken: 'new' });
  const second = await socket.started(2);
  first.next({ data: { ticks: 99 } });
  second.next({ data: { ticks: 2 } });
  expect(ticks()).toEqual([1, 2]);
  expect(results.every(({ error }) => error === undefined)).toBe(true);
  leave();
  expect(socket.open()).toBe(0);
});

it('S3 errors that urql repeats on healthy events are no second failure', async () => {
  const socket = overSocket();
  const { results, leave } = listen(socket);
  const stream = await socket.started(1);
  stream.next({ data: { ticks: 1 }, errors: [{ message: 'half', extensions: {} }] });
  for (const ticks of [2, 3]) stream.next({ data: { ticks } });
  expect(results.map(({ error }) => error?.message)).toEqual(Array(3).fill('[GraphQL] half'));
  expect(socket.events.filter(({ type }) => type === 'gave_up')).toHaveLength(1);
  expect(socket.open()).toBe(1);
  leave();
});

it('S2 a socket that fails is opened again after a backoff, one stream at a time', async () => {
  const socket = overSocket();
  const { results, ticks, leave } = listen(socket);
  const first = await socket.started(1);
  first.next({ data: { ticks: 1 } });
  first.error({ code: 1006, reason: '', type: 'close' });
  const second = await socket.started(2);
  second.next({ data: { ticks: 2 } });
  expect(ticks()).toEqual([1, 2]);
  expect(results.every(({ error }) => error === undefined)).toBe(true);
  leave();
});

it('S2 a socket that refuses the subscription for now is asked again', async () => {
  const socket = overSocket();
  const { ticks, leave } = listen(socket);
  const first = await socket.started(1);
  first.error([{ message: 'down', extensions: { code: 'SERVICE_UNAVAILABLE' } }]);
  const second = await socket.started(2);
  second.next({ data: { ticks: 1 } });
  expect(ticks()).toEqual([1]);
  leave();
});

it('S5 U6 a subscription that completes has ended, and nothing is started again', async () => {
  const socket = overSocket();
  const { results } = listen(socket);
  const stream = await socket.started(1);
  stream.next({ data: { ticks: 1 } });
  stream.complete();
  expect(results).toHaveLength(2);
  expect(results[1]).toMatchObject({ data: { ticks: 1 }, hasNext: false });
  expect(socket.events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'success' });
  expect(socket.resilience.activity.get()).toEqual([]);
});

it('S5 U6 a subscription that completes without an event ends its run', async () => {
  const socket = overSocket();
  const { results } = listen(socket);
  const stream = await socket.started(1);
  stream.complete();
  expect(results).toEqual([]);
  expect(socket.events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'success' });
});

it('E1 leaving a subscription that waits to be started again sends nothing more', async () => {
  const clock = createTestClock();
  const socket = overSocket({ clock });
  const { leave, results } = listen(socket);
  const first = await socket.started(1);
  first.error({ code: 1006, reason: '', type: 'close' });
  await socket.heard('wait');
  leave();
  await clock.advanceAsync(60_000);
  expect([socket.streams.length, results.length, clock.pending]).toEqual([1, 0, 0]);
});

it('S1 an incremental answer that breaks off after its first part is not asked for again', async () => {
  let sent = 0;
  const part = JSON.stringify({ data: { hello: 'first' }, hasNext: true });
  const broken: typeof fetch = async () => {
    sent++;
    const chunks = [`---\r\nContent-Type: application/json\r\n\r\n${part}\r\n---`];
    const body = new ReadableStream({
      pull: (stream) => {
        const chunk = chunks.shift();
        if (chunk === undefined) stream.error(new TypeError('terminated'));
        else stream.enqueue(new TextEncoder().encode(chunk));
      },
    });
    return new Response(body, { headers: { 'content-type': 'multipart/mixed; boundary="-"' } });
  };
  const { client } = startClient('http://127.0.0.1:9/unused', {}, { fetch: broken });
  const results: OperationResult[] = [];
  const ended = deferred<void>();
  client.query('{ hello }', {}).subscribe((result) => {
    results.push(result);
    if (!result.hasNext) ended.resolve();
  });
  await ended.promise;
  expect(results).toMatchObject([{ data: { hello: 'first' }, hasNext: true }, { hasNext: false }]);
  expect(failureOf(results[1]?.error)).toMatchObject({
    kind: 'network',
    stopped: 'delivered_data',
  });
  expect(sent).toBe(1);
});
