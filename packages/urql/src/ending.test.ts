import { failureOf } from '@holdfast/core';
import type { ResilienceEvent, ResilienceOptions, Tokens } from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import type { Fault, TestClock } from '@holdfast/testing';
import { createRequest, makeOperation } from '@urql/core';
import type { Client, OperationResult } from '@urql/core';
import { describe, expect, it } from 'vitest';
import { deferred, startClient, startServer } from './exchange.fixture.ts';
import type { TestClient } from './exchange.fixture.ts';

interface Waiting extends TestClient {
  readonly clock: TestClock;
  /** How many requests have left. */
  readonly sent: () => number;
  readonly results: OperationResult[];
  readonly leave: () => void;
  readonly abort: (reason?: unknown) => void;
  /** What would have let it go on. */
  readonly goOn: () => Promise<void>;
}

const QUERY = '{ hello }';
const MUTATION = 'mutation { add(name: "cleat") { id } }';

/** Each wait, and what brings an operation there. */
const WAITS: Readonly<
  Record<string, { reason: string; faults?: Fault[]; dead?: boolean; options?: ResilienceOptions }>
> = {
  'the initial tokens': { reason: 'tokens' },
  'a refresh': { reason: 'refresh', dead: true },
  'a backoff': { reason: 'backoff', faults: [{ status: 503 }] },
  'a rate limit': {
    reason: 'rate_limit',
    faults: [{ status: 429, headers: { 'retry-after': '5' } }],
  },
};

async function waitingFor(wait: string, document: string): Promise<Waiting> {
  const { reason, faults = [], dead = false } = WAITS[wait]!;
  const server = await startServer({ faults, ...(dead && { auth: true }) });
  const tokens = deferred<Tokens>();
  const clock = createTestClock();
  const auth =
    reason === 'tokens'
      ? { tokens: () => tokens.promise, refresh: () => tokens.promise }
      : { tokens: { accessToken: 'dead' }, refresh: () => tokens.promise };
  const controller = new AbortController();
  let sent = 0;
  const counting: typeof fetch = (input, init) => {
    sent++;
    return fetch(input, init);
  };
  const started = startClient(server.url, { clock, auth }, { fetch: counting });
  const results: OperationResult[] = [];
  const send = document === QUERY ? started.client.query : started.client.mutation;
  const { unsubscribe } = send(
    document,
    {},
    {
      fetchOptions: { signal: controller.signal },
      resilience: { idempotent: true },
    },
  ).subscribe((result) => results.push(result));
  expect(await started.heard('wait')).toMatchObject({ reason });
  return {
    ...started,
    clock,
    sent: () => sent,
    results,
    leave: unsubscribe,
    abort: (cause) => controller.abort(cause),
    goOn: async () => {
      tokens.resolve({ accessToken: server.issueToken() });
      await clock.advanceAsync(60_000);
    },
  };
}

function ended(events: readonly ResilienceEvent[]): unknown[] {
  return events.filter(({ type }) => type === 'operation_ended');
}

describe.each(Object.keys(WAITS))('an operation that waits for %s', (wait) => {
  it('E1 ends when its subscriber leaves, and nothing is sent afterwards', async () => {
    const { leave, goOn, sent, results, resilience, events } = await waitingFor(wait, QUERY);
    const before = sent();
    leave();
    expect(resilience.activity.get()).toEqual([]);
    expect(ended(events)).toMatchObject([{ outcome: 'cancelled' }]);
    await goOn();
    expect(sent()).toBe(before);
    expect(results).toEqual([]);
  });

  it('E1 ends by a teardown by hand, a mutation too', async () => {
    const { client, goOn, sent, results, events } = await waitingFor(wait, MUTATION);
    const before = sent();
    client.reexecuteOperation(makeOperation('teardown', mutationOf(client)));
    expect(ended(events)).toMatchObject([{ outcome: 'cancelled' }]);
    await goOn();
    expect(sent()).toBe(before);
    expect(results).toEqual([]);
  });

  it.each([
    ['query', QUERY],
    ['mutation', MUTATION],
  ])('E2 fails as aborted when the signal of a %s aborts', async (_, document) => {
    const { abort, goOn, sent, results, resilience } = await waitingFor(wait, document);
    const before = sent();
    abort();
    expect(results).toHaveLength(1);
    expect(failureOf(results[0]?.error)).toMatchObject({ kind: 'aborted', stopped: 'aborted' });
    expect(results[0]?.error?.networkError?.name).toBe('AbortError');
    expect(resilience.activity.get()).toEqual([]);
    await goOn();
    expect(sent()).toBe(before);
    expect(results).toHaveLength(1);
  });

  it('E3 fails as aborted when the instance is disposed of', async () => {
    const { goOn, sent, results, resilience } = await waitingFor(wait, QUERY);
    const before = sent();
    resilience.dispose();
    expect(failureOf(results[0]?.error)).toMatchObject({ kind: 'aborted' });
    await goOn();
    expect(sent()).toBe(before);
    expect(results).toHaveLength(1);
  });
});

it.each([
  ['query', QUERY],
  ['mutation', MUTATION],
])('E2 a %s whose signal is aborted already is not sent, and settles', async (_, document) => {
  const server = await startServer();
  const { client } = startClient(server.url);
  const send = document === QUERY ? client.query : client.mutation;
  const result = await send(document, {}, { fetchOptions: { signal: AbortSignal.abort() } });
  expect(failureOf(result.error)).toMatchObject({ kind: 'aborted', executed: false, attempts: 0 });
  expect(server.requests).toHaveLength(0);
});

it.each([
  ['query', QUERY],
  ['mutation', MUTATION],
])(
  'E2 a %s in flight whose signal aborts ends its request and is told so once',
  async (_, document) => {
    const server = await startServer({ faults: [{ hang: true }] });
    const { client } = startClient(server.url);
    const controller = new AbortController();
    const requestEnded = deferred<unknown>();
    const watched: typeof fetch = (input, init) => {
      init?.signal?.addEventListener('abort', () => requestEnded.resolve('aborted'));
      return fetch(input, init);
    };
    const results: OperationResult[] = [];
    const send = document === QUERY ? client.query : client.mutation;
    send(document, {}, { fetch: watched, fetchOptions: { signal: controller.signal } }).subscribe(
      (result) => results.push(result),
    );
    await server.received(1);
    controller.abort();
    expect(await requestEnded.promise).toBe('aborted');
    expect((await client.query('{ items { id } }', {})).error).toBeUndefined();
    expect(results).toHaveLength(1);
    expect(failureOf(results[0]?.error)).toMatchObject({ kind: 'aborted', attempts: 1 });
  },
);

it('E1 leaving a query in flight ends its request', async () => {
  const server = await startServer({ faults: [{ hang: true }] });
  const { client, events } = startClient(server.url);
  const requestEnded = deferred<unknown>();
  const watched: typeof fetch = (input, init) => {
    init?.signal?.addEventListener('abort', () => requestEnded.resolve('aborted'));
    return fetch(input, init);
  };
  const { unsubscribe } = client.query(QUERY, {}, { fetch: watched }).subscribe(() => {});
  await server.received(1);
  unsubscribe();
  expect(await requestEnded.promise).toBe('aborted');
  expect(ended(events)).toMatchObject([{ outcome: 'cancelled', attempts: 1 }]);
});

it('E1 an operation that was answered has ended as a success, although its subscriber leaves at once', async () => {
  const server = await startServer();
  const { client, events } = startClient(server.url);
  await client.query(QUERY, {}).toPromise();
  await client.mutation(MUTATION, {}).toPromise();
  expect(ended(events)).toMatchObject([{ outcome: 'success' }, { outcome: 'success' }]);
});

it('E5 nothing happens when the exchange is built', async () => {
  const server = await startServer();
  const clock = createTestClock();
  const { events } = startClient(server.url, {
    clock,
    auth: {
      tokens: () => {
        throw new Error('read');
      },
      refresh: () => Promise.reject(new Error('refreshed')),
    },
  });
  await clock.advanceAsync(1_000);
  expect([clock.pending, events.length, server.requests.length]).toEqual([0, 0, 0]);
});

function mutationOf(client: Client): Parameters<Client['reexecuteOperation']>[0] {
  return client.createRequestOperation('mutation', createRequest(MUTATION, {}));
}
