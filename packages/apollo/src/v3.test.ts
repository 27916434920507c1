import { ApolloError, ApolloLink, HttpLink, Observable } from 'apollo-client-3/core/index.js';
import type { Operation } from 'apollo-client-3/core/index.js';
import { failureOf } from '@holdfast/core';
import type { Resilience, ResilienceOptions, Tokens } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADD, HELLO, TICKS, listen, tokenFrom, waiting } from './client.fixture.ts';
import {
  answers,
  bare,
  clientOf,
  clockedClient,
  fails,
  httpClient,
  scriptedLink,
  serverError,
} from './v3.fixture.ts';
import type { Client, Script } from './v3.fixture.ts';
import { ResilienceLink } from './v3.ts';

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer({ auth: { reject: '401' } });
});
afterEach(() => server.close());

const variables = { name: 'buoy' };

/** A user whose token is known to the server, or dead, and whose refresh works. */
function signedIn(accessToken: string = server.issueToken()): ResilienceOptions {
  return { auth: { tokens: { accessToken }, refresh: () => tokenFrom(server.tokenUrl) } };
}

/** The error that an operation ends with. */
async function errorOf(asked: Promise<unknown>): Promise<ApolloError> {
  const settled = await asked.catch((error: unknown) => error);
  if (settled instanceof ApolloError) return settled;
  throw new Error(`No ApolloError but ${JSON.stringify(settled)}.`);
}

describe('headers', () => {
  it('A6 R7 the token is set at each send, existing headers are kept, and nothing of ours stays above', async () => {
    server.inject({ status: 503 });
    const seen: Operation[] = [];
    const above = new ApolloLink((operation, forward) => {
      operation.setContext({ headers: { 'x-tenant': '1', Authorization: 'mine' } });
      seen.push(operation);
      return forward(operation);
    });
    const { client } = clientOf(new HttpLink({ uri: server.url }), signedIn('dead'), above);
    const { data } = await client.query({ query: HELLO });
    expect(data).toEqual({ hello: 'Hello, world!' });
    const fresh = server.requests.at(-1)?.token;
    expect(server.requests.map(({ token }) => token)).toEqual(['dead', 'dead', fresh]);
    expect(fresh).not.toBe('dead');
    for (const { headers } of server.requests) expect(headers['x-tenant']).toBe('1');
    expect(seen.length).toBe(1);
    expect(seen[0]?.getContext()['headers']).toEqual({ 'x-tenant': '1', Authorization: 'mine' });
  });

  it('R7 an operation looks below as it does above', async () => {
    const seen: Operation[] = [];
    const look = (): ApolloLink =>
      new ApolloLink((operation, forward) => {
        seen.push(operation);
        return forward(operation);
      });
    const { client } = clientOf(look().concat(scriptedLink(hello)), {}, look());
    await client.query({ query: HELLO, context: { note: 'x' } });
    const [above, below] = seen as [Operation, Operation];
    expect(Object.keys(below).sort()).toEqual(Object.keys(above).sort());
    expect(below.getContext()).toMatchObject({ note: 'x', cache: client.cache });
  });

  it('A5 what links below write reaches links above, and no response of an attempt before it', async () => {
    const responses: unknown[] = [];
    const above = new ApolloLink((operation, forward) => {
      const results = forward(operation);
      return results.map((result) => {
        responses.push((operation.getContext()['response'] as Response).status);
        return result;
      });
    });
    server.inject({ status: 503 });
    const { client } = clientOf(new HttpLink({ uri: server.url }), signedIn(), above);
    await client.query({ query: HELLO });
    expect(responses).toEqual([200]);
  });
});

const MEDIA = ['application/json', 'application/graphql-response+json'];
const refusals = [
  [401, 'UNAUTHENTICATED'],
  [429, 'RATE_LIMITED'],
  [503, 'SERVICE_UNAVAILABLE'],
] as const;
const cases = refusals.flatMap(([status, code]) =>
  MEDIA.map((contentType) => ({ status, code, contentType })),
);

describe.each(cases)('$status as $contentType', ({ status, code, contentType }) => {
  const body = { errors: [{ message: code, extensions: { code } }] };

  it('A5 A4 a query is answered in the end, and says nothing before', async () => {
    server.inject({ status, body, contentType });
    const { client } = httpClient(server.url, signedIn());
    const heard = listen(client.watchQuery({ query: HELLO, errorPolicy: 'all' }));
    await heard.says(1);
    expect(heard.said).toMatchObject([{ data: { hello: 'Hello, world!' }, loading: false }]);
    expect(server.requests.length).toBe(2);
    heard.unsubscribe();
  });

  it('F12 R10 one that never is gets Apollo’s own error, which leads to its failure', async () => {
    server.inject({ status, body, contentType, times: Infinity });
    const { client } = httpClient(server.url, {
      ...signedIn(),
      retry: { budget: false },
      outage: false,
      rateLimit: false,
      timeout: { total: 50 },
    });
    const error = await errorOf(client.query({ query: HELLO }));
    expect(error.networkError).toMatchObject({ name: 'ServerError', statusCode: status });
    expect(failureOf(error)).toMatchObject({ status, code, source: 'graphql' });
    expect(failureOf(error.networkError)).toBe(failureOf(error));
  });

  it('M1 F9 a mutation goes again where it provably did not run, and nowhere else', async () => {
    server.inject({ status, body, contentType });
    const { client } = httpClient(server.url, signedIn());
    const { errors, data } = await client
      .mutate({ mutation: ADD, variables, errorPolicy: 'all' })
      .catch((error: unknown) => ({ errors: [error], data: undefined }));
    if (status === 503) {
      expect(failureOf(errors?.[0])).toMatchObject({
        kind: 'unavailable',
        stopped: 'unsafe_mutation',
      });
      expect(server.requests.length).toBe(1);
    } else {
      expect(data).toMatchObject({ add: { id: '3' } });
      expect(server.executions).toEqual({ add: 1 });
    }
  });
});

// HttpLink of version 3 emits what such an answer holds, and then the error.
describe('data beside errors under an error status', () => {
  const errors = [{ message: 'x', path: ['hello'], extensions: { code: 'UNAUTHENTICATED' } }];

  it('F6 A4 a query takes the full answer after a refresh, and shows nothing before', async () => {
    server.inject({ status: 401, body: { data: { hello: null, other: 1 }, errors } });
    const { client } = httpClient(server.url, signedIn());
    const heard = listen(client.watchQuery({ query: HELLO, errorPolicy: 'all' }));
    await heard.says(1);
    expect(heard.said).toMatchObject([{ data: { hello: 'Hello, world!' } }]);
    heard.unsubscribe();
  });

  it('M2 a mutation is sent once, and answered once', async () => {
    server.inject({ status: 401, body: { data: { add: { id: '1' } }, errors } });
    const { client } = httpClient(server.url, signedIn());
    const error = await errorOf(client.mutate({ mutation: ADD, variables }));
    expect(failureOf(error)).toMatchObject({ kind: 'unauthenticated', partial: true });
    expect(server.requests.length).toBe(1);
  });
});

describe('mutations', () => {
  it.each([{ reset: 'after-execute' }, { status: 500, execute: true }] as const)(
    'M1 one whose answer is lost is not sent twice: %j',
    async (fault) => {
      server.inject(fault);
      const { client } = httpClient(server.url, { ...signedIn() });
      const error = await errorOf(client.mutate({ mutation: ADD, variables }));
      expect(failureOf(error)).toMatchObject({ stopped: 'unsafe_mutation', executed: undefined });
      expect(server.executions).toEqual({ add: 1 });
      expect(server.requests.length).toBe(1);
    },
  );

  it('M3 idempotent ones go again, with one key', async () => {
    server.inject({ status: 503 });
    const { client } = httpClient(server.url, {
      ...signedIn(),
      retry: { backoff: { transient: 2 }, idempotencyKey: 'idempotency-key' },
    });
    await client.mutate({ mutation: ADD, variables });
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys.length).toBe(2);
    expect(new Set(keys).size).toBe(1);
  });

  it('M3 A6 an idempotency key of the application’s own is kept', async () => {
    server.inject({ status: 503 });
    const { client } = httpClient(server.url, {
      ...signedIn(),
      retry: { backoff: { transient: 2 }, idempotencyKey: 'idempotency-key' },
    });
    const context = { headers: { 'Idempotency-Key': 'order-7' } };
    await client.mutate({ mutation: ADD, variables, context });
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual(['order-7', 'order-7']);
  });
});

/** Settles once only operations of this kind wait: Apollo 3 leaves on a later task. */
function left({ activity }: Resilience, kind: string): Promise<void> {
  return new Promise((resolve) => {
    const stop = activity.subscribe(() => {
      if (activity.get().some((each) => each.kind !== kind)) return;
      stop();
      resolve();
    });
  });
}

describe('the store, while a refresh runs', () => {
  it('A7 clearStore ends queries as Apollo does, and a mutation is answered', async () => {
    let answer: (tokens: Tokens) => void = () => {};
    const { client, resilience } = httpClient(server.url, {
      auth: {
        tokens: { accessToken: 'dead' },
        refresh: () => new Promise((resolve) => (answer = resolve)),
      },
    });
    const query = client.query({ query: HELLO }).catch((error: unknown) => error);
    await waiting(resilience, 'refresh');
    const mutation = client.mutate({ mutation: ADD, variables });
    await client.clearStore();
    expect(String(await query)).toMatch(/Invariant Violation/u);
    await left(resilience, 'mutation');
    answer({ accessToken: server.issueToken() });
    expect((await mutation).data).toMatchObject({ add: { id: '3' } });
    expect(server.executions).toEqual({ add: 1 });
  });

  it('A7 T1 resetStore: a watched query ends as Apollo ends it, and who asks anew waits for the same refresh', async () => {
    let answer: (tokens: Tokens) => void = () => {};
    const { client, resilience, events } = httpClient(server.url, {
      auth: {
        tokens: { accessToken: 'dead' },
        refresh: () => new Promise((resolve) => (answer = resolve)),
      },
    });
    const watched = listen(client.watchQuery({ query: HELLO }));
    await waiting(resilience, 'refresh');
    const reset = client.resetStore();
    await watched.done;
    expect(watched.said).toMatchObject([
      { error: { networkError: { name: 'Invariant Violation' } } },
    ]);
    const again = client.query({ query: HELLO });
    answer({ accessToken: server.issueToken() });
    expect((await again).data).toEqual({ hello: 'Hello, world!' });
    await reset;
    expect(events.filter(({ type }) => type === 'refresh_started').length).toBe(1);
  });
});

const hello = answers({ data: { hello: 'a' } });
const never = (): Promise<never> => new Promise(() => {});

/** Everything an operation can wait for, and how it comes to. */
const waits: readonly [string, ResilienceOptions, Script, number][] = [
  ['tokens', { auth: { tokens: never, refresh: never } }, hello, 0],
  [
    'refresh',
    { auth: { tokens: { accessToken: 'one' }, refresh: never } },
    fails(serverError(401)),
    1,
  ],
  ['backoff', {}, fails(serverError(503)), 1],
  ['rate_limit', {}, fails(serverError(429, { 'retry-after': '5' })), 1],
];

describe.each(waits)('a wait for %s', (reason, options, script, sent) => {
  it('E1 ends when nobody listens any more, and nothing is sent afterwards', async () => {
    const below = scriptedLink(script);
    const { client, clock, resilience } = clockedClient(below, options);
    const heard = listen(ApolloLink.execute(client.link, { query: HELLO }));
    await clock.advanceAsync(0);
    expect(resilience.activity.get()).toMatchObject([{ reason, attempt: sent + 1 }]);
    heard.unsubscribe();
    expect(resilience.activity.get()).toEqual([]);
    await clock.advanceAsync(120_000);
    expect(below.sent.length).toBe(sent);
    expect(heard.said).toEqual([]);
  });

  it('E2 ends as aborted when the signal aborts', async () => {
    const below = scriptedLink(script);
    const { client, clock } = clockedClient(below, options);
    const controller = new AbortController();
    const context = { fetchOptions: { signal: controller.signal } };
    const result = errorOf(client.query({ query: HELLO, context }));
    await clock.advanceAsync(0);
    controller.abort();
    expect(failureOf(await result)?.stopped).toBe('aborted');
    await clock.advanceAsync(120_000);
    expect(below.sent.length).toBe(sent);
  });
});

it('E1 leaving ends the attempt in flight', async () => {
  const { client, clock } = clockedClient(
    new ApolloLink(() => new Observable(() => () => closed())),
  );
  let closed = (): void => {};
  const ended = new Promise<void>((resolve) => (closed = resolve));
  listen(client.watchQuery({ query: HELLO })).unsubscribe();
  // Apollo 3 leaves on a later task.
  await ended;
  expect(clock.pending).toBe(0);
});

it('A2 what it returns can be subscribed again: a fresh run, which is forwarded anew', async () => {
  const below = scriptedLink(fails(serverError(503)), hello);
  const { client, events } = clientOf(below);
  const results = ApolloLink.execute(client.link, { query: HELLO });
  for (const each of [listen(results), listen(results)]) {
    await each.done;
    expect(each.said).toEqual([{ data: { hello: 'a' } }, 'complete']);
  }
  expect(new Set(below.sent).size).toBe(3);
  expect(events.filter(({ type }) => type === 'operation_started').length).toBe(2);
});

/** How many microtasks pass before a promise has settled. */
async function ticksUntil(promise: Promise<unknown>): Promise<number> {
  const state = { settled: false, ticks: 0 };
  void promise.then(() => {
    state.settled = true;
  });
  for (; !state.settled; state.ticks += 1) await Promise.resolve();
  return state.ticks;
}

describe('A3 with nothing to wait for', () => {
  const ours = (below: ApolloLink): Client => clientOf(below).client;
  const passing = (below: ApolloLink): Client =>
    bare(ApolloLink.from([(operation, forward) => forward(operation), below]));

  it('A3 costs no microtask', async () => {
    const ticks: number[] = [];
    for (const create of [passing, ours]) {
      const client = create(scriptedLink(hello, answers({ data: { add: { id: '1' } } })));
      ticks.push(await ticksUntil(client.query({ query: HELLO })));
      ticks.push(await ticksUntil(client.mutate({ mutation: ADD, variables })));
    }
    expect(ticks.slice(2)).toEqual(ticks.slice(0, 2));
  });

  it('A3 watchQuery says the same as without the link', async () => {
    const emissions: unknown[][] = [];
    for (const create of [passing, ours]) {
      const client = create(scriptedLink(hello));
      const heard = listen(client.watchQuery({ query: HELLO, notifyOnNetworkStatusChange: true }));
      const first = client.watchQuery({ query: HELLO }).getCurrentResult();
      await client.query({ query: HELLO });
      await heard.says(1);
      emissions.push([...heard.said, first]);
      heard.unsubscribe();
    }
    expect(emissions[1]).toEqual(emissions[0]);
  });

  it('A3 a result passes as the very same object', async () => {
    const result = { data: { hello: 'a' }, extensions: { cost: 1 } };
    const { client } = clientOf(scriptedLink(answers(result)));
    const heard = listen(ApolloLink.execute(client.link, { query: HELLO }));
    await heard.done;
    expect(heard.said[0]).toBe(result);
  });
});

it.each(['down', ['down', null], { message: 'down' }])(
  'A6b F11b errors that are no list of errors are made one, which leads to their failure: %j',
  async (errors) => {
    const { client } = clientOf(scriptedLink(answers({ errors: errors as never })));
    const error = await errorOf(client.query({ query: HELLO }));
    expect(error.message).toMatch(/^down/u);
    expect(failureOf(error)).toMatchObject({ source: 'graphql', attempts: 1 });
    expect(failureOf(error.graphQLErrors[0])).toBe(failureOf(error));
  },
);

describe('E4 an answer that Apollo 3 would wait for without end', () => {
  it.each([
    ['without a result', []],
    ['that says more will come', [{ data: { add: { id: '1' } }, hasNext: true }]],
  ])('E4 M1 settles a mutation: %s', async (_, results) => {
    const below = scriptedLink(answers(...(results as object[])));
    const { client } = clientOf(below);
    const error = await errorOf(client.mutate({ mutation: ADD, variables }));
    expect(failureOf(error)?.executed).toBeUndefined();
    expect(failureOf(error)?.attempts).toBe(1);
    expect(below.sent.length).toBe(1);
  });

  it('E4 settles a query without a result', async () => {
    const error = await errorOf(clientOf(scriptedLink(answers())).client.query({ query: HELLO }));
    expect(failureOf(error)?.stopped).toBe('not_retryable');
  });
});

it('X5 a link without an instance says so', () => {
  expect(() => new ResilienceLink(undefined as never)).toThrow(/new ResilienceLink\(\)/u);
});

it('A1 each kind of operation is known by its document', async () => {
  const { client, events } = clientOf(scriptedLink(hello));
  await client.query({ query: HELLO });
  await client.mutate({ mutation: ADD, variables });
  await listen(client.subscribe({ query: TICKS })).done;
  const started = events.filter((event) => event.type === 'operation_started');
  expect(started).toMatchObject([
    { kind: 'query', name: 'Hello' },
    { kind: 'mutation', name: 'Add' },
    { kind: 'subscription', name: 'Ticks' },
  ]);
});
