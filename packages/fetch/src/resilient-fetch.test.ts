import { createResilience, ResilienceError } from '@holdfast/core';
import type { Resilience, ResilienceOptions } from '@holdfast/core';
import { createTestClock, startFaultServer } from '@holdfast/testing';
import type { FaultServer, FaultServerOptions } from '@holdfast/testing';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { failureOf, resilientFetch } from './index.ts';
import type { ResilientFetchOptions } from './index.ts';

interface Rig {
  readonly server: FaultServer;
  readonly resilience: Resilience;
  readonly fetch: typeof globalThis.fetch;
  /** Posts a document. */
  post(query: string, init?: RequestInit): Promise<Response>;
}

/** A real server and a fetch with an instance of its own; both end with the test. */
async function rig(
  own: {
    server?: FaultServerOptions;
    resilience?: ResilienceOptions;
    fetch?: ResilientFetchOptions;
  } = {},
): Promise<Rig> {
  const server = await startFaultServer(own.server ?? {});
  const resilience = createResilience({
    retry: { backoff: { transient: 2, throttled: 5 } },
    random: () => 0,
    ...own.resilience,
  });
  onTestFinished(async () => {
    resilience.dispose();
    await server.close();
  });
  const fetch = resilientFetch(resilience, own.fetch);
  const post: Rig['post'] = (query, init) =>
    fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
      ...init,
    });
  return { server, resilience, fetch, post };
}

const ADD = 'mutation Add { add(name: "a") { id } }';

async function json(response: Response): Promise<unknown> {
  return response.json();
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('resilientFetch, tokens', () => {
  function signed(server: FaultServer): ResilienceOptions['auth'] {
    return {
      tokens: { accessToken: 'dead' },
      refresh: async () => ({ accessToken: server.issueToken() }),
    };
  }

  it.each(['graphql', '401', '401-empty'] as const)(
    'T1 T2 twenty requests whose dead token is refused by %s cost one refresh, and all are answered',
    async (reject) => {
      const server = await startFaultServer({ auth: { reject } });
      onTestFinished(() => server.close());
      const refresh = vi.fn<() => Promise<{ accessToken: string }>>(async () => ({
        accessToken: server.issueToken(),
      }));
      const auth = { tokens: { accessToken: 'dead' }, refresh };
      const { fetch } = await rig({ resilience: { auth } });
      const all = Array.from({ length: 20 }, async (_, index) => {
        const body = JSON.stringify({ query: `query Q${index} { hello }` });
        const headers = new Headers({ 'content-type': 'application/json', 'x-own': `${index}` });
        return json(await fetch(server.url, { method: 'POST', body, headers }));
      });
      for (const answer of await Promise.all(all)) {
        expect(answer).toEqual({ data: { hello: 'Hello, world!' } });
      }
      expect(refresh).toHaveBeenCalledTimes(1);
      expect(server.requests).toHaveLength(40);
      const own = server.requests.map(({ headers }) => headers['x-own']);
      expect(new Set(own).size).toBe(20);
    },
  );

  it('T13 what the application says of an operation counts', async () => {
    const seen: unknown[] = [];
    const { server, fetch } = await rig({
      resilience: { auth: { tokens: { accessToken: 'secret' } } },
      fetch: {
        operation: (request) => {
          seen.push(request);
          return { options: { auth: request.name !== 'SignIn' } };
        },
      },
    });
    const body = JSON.stringify({ query: 'query SignIn { hello }' });
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    await fetch(server.url, init);
    expect(server.requests[0]?.headers['authorization']).toBeUndefined();
    expect(seen).toEqual([
      {
        url: server.url,
        method: 'POST',
        body: JSON.parse(body),
        kind: 'query',
        name: 'SignIn',
        init,
      },
    ]);
  });

  it('T8 T7 the server’s own response is handed on where no token is to be had', async () => {
    const server = await startFaultServer({ auth: { reject: '401' } });
    onTestFinished(() => server.close());
    const body = { error: 'invalid_grant' };
    const refresh = (): Promise<never> => Promise.reject(Object.assign(new Error('x'), { body }));
    const auth = { tokens: { accessToken: 'dead' }, refresh };
    const { fetch } = await rig({ resilience: { auth } });
    const init = { method: 'POST', body: '{"query":"{ hello }"}' };
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(server.url, { ...init, headers });
    expect(response.status).toBe(401);
    expect(failureOf(response)).toMatchObject({
      kind: 'unauthenticated',
      stopped: 'session_failed',
      cause: { code: 'invalid_grant' },
    });
    expect(await response.json()).toHaveProperty('errors');
    const error = await rejection(fetch(server.url, { ...init, headers }));
    expect(error).toBeInstanceOf(ResilienceError);
    expect(failureOf(error)).toMatchObject({ stopped: 'session_failed', executed: false });
  });

  it('T3 a Request is sent again, body and all', async () => {
    const server = await startFaultServer({ auth: { reject: '401' } });
    onTestFinished(() => server.close());
    const { fetch } = await rig({ resilience: { auth: signed(server) } });
    const request = new Request(server.url, {
      method: 'POST',
      body: JSON.stringify({ query: ADD }),
      headers: { 'content-type': 'application/json', 'x-own': 'kept' },
    });
    const response = await fetch(request);
    expect(await response.json()).toHaveProperty('data.add.id');
    expect(server.requests.map(({ headers }) => headers['x-own'])).toEqual(['kept', 'kept']);
    expect(server.executions).toEqual({ add: 1 });
  });

  it('X1 a token in a field of its own follows no redirect', async () => {
    const other = await startFaultServer({});
    onTestFinished(() => other.close());
    const { server, post } = await rig({
      resilience: {
        auth: {
          tokens: { accessToken: 'secret' },
          headers: ({ accessToken }) => ({ 'x-token': accessToken }),
        },
      },
    });
    server.inject({ status: 307, headers: { location: other.url } });
    const response = await post('{ hello }');
    expect(response.status).toBe(307);
    expect(failureOf(response)).toMatchObject({ kind: 'bad_response', status: 307 });
    expect(other.requests).toEqual([]);
  });
});

describe('resilientFetch, trying again', () => {
  it.each([
    { status: 503 },
    { reset: 'before' as const },
    { reset: 'body' as const },
    { body: { errors: [{ message: 'x', extensions: { code: 'SERVICE_UNAVAILABLE' } }] } },
  ])('R1 a query goes on after %j', async (fault) => {
    const { server, post } = await rig();
    server.inject(fault);
    expect(await json(await post('query Hello { hello }'))).toEqual({
      data: { hello: 'Hello, world!' },
    });
    expect(server.requests).toHaveLength(2);
  });

  it('R10 R3 hands on the response that it was, unread, and says what it means', async () => {
    const { server, post } = await rig();
    const errors = [{ message: 'no', extensions: { code: 'FORBIDDEN' } }];
    server.inject({ body: { data: null, errors }, headers: { 'x-own': '1' } });
    const response = await post('query Hello { hello }');
    expect(response).toMatchObject({ status: 200, bodyUsed: false, url: server.url });
    expect(response.headers.get('x-own')).toBe('1');
    const failure = failureOf(response);
    expect(failure).toMatchObject({ kind: 'forbidden', stopped: 'not_retryable', attempts: 1 });
    const body = (await response.json()) as { errors: unknown[] };
    expect(body).toEqual({ data: null, errors });
    expect([failureOf(body), failureOf(body.errors[0])]).toEqual([failure, failure]);
    expect(response.bodyUsed).toBe(true);
    await expect(response.json()).rejects.toThrow(TypeError);
    expect(failureOf(new Error('other'))).toBeUndefined();
  });

  it('F11b a like answer that was not handed on is none of ours', async () => {
    const { server } = await rig();
    server.inject({ status: 503 });
    expect(failureOf(await globalThis.fetch(server.url))).toBeUndefined();
    const hostile = Object.defineProperty({}, 'response', {
      get: () => {
        throw new Error('no');
      },
    });
    expect(failureOf(hostile)).toBeUndefined();
  });

  it('R1 R10 after the last attempt the last response is handed on', async () => {
    const { server, post } = await rig({
      resilience: { outage: false, retry: { attempts: 2, backoff: { transient: 1 } } },
    });
    server.inject({ status: 503, body: 'down', times: Infinity });
    const response = await post('query Hello { hello }');
    expect([response.status, await response.text()]).toEqual([503, 'down']);
    expect(failureOf(response)).toMatchObject({
      kind: 'unavailable',
      attempts: 2,
      stopped: 'attempts',
    });
  });

  it('F8 R10 rejects with what fetch rejects with', async () => {
    const { server, post } = await rig({ resilience: { retry: false } });
    server.inject({ reset: 'before' });
    const error = await rejection(post('query Hello { hello }'));
    expect(error).toBeInstanceOf(TypeError);
    expect(failureOf(error)).toMatchObject({ kind: 'network', executed: undefined });
  });

  it('F9 an address that nobody listens at was never asked', async () => {
    const { server, fetch } = await rig({ resilience: { retry: false, outage: false } });
    const { url } = server;
    await server.close();
    const error = await rejection(
      fetch(url, { method: 'POST', body: JSON.stringify({ query: ADD }) }),
    );
    expect(failureOf(error)).toMatchObject({ kind: 'network', executed: false });
  });

  it('F9 where redirects were asked for, who could not be reached may be another', async () => {
    const gone = await startFaultServer({});
    await gone.close();
    const { server, post } = await rig({ resilience: { retry: false, outage: false } });
    server.inject({ status: 307, headers: { location: gone.url } });
    const error = await rejection(post(ADD, { redirect: 'follow' }));
    expect(failureOf(error)).toMatchObject({ kind: 'network', executed: undefined });
  });

  it.each([{ status: 500, execute: true }, { reset: 'after-execute' as const }])(
    'M1 a mutation that may have run is not sent again: %j',
    async (fault) => {
      const { server, post } = await rig();
      server.inject(fault);
      const answer = await rejection(post(ADD).then((response) => Promise.reject(response)));
      expect(failureOf(answer)).toMatchObject({ executed: undefined, stopped: 'unsafe_mutation' });
      expect(server.executions).toEqual({ add: 1 });
      expect(server.requests).toHaveLength(1);
    },
  );

  it('M1 F9 a mutation that was refused whole is sent again', async () => {
    const { server, post } = await rig();
    server.inject({ status: 429, headers: { 'retry-after': '0.001' } });
    expect(await json(await post(ADD))).toHaveProperty('data.add.id');
    expect(server.requests).toHaveLength(2);
  });

  it('M1 F9 one of a batch proves nothing, and its data is not thrown away', async () => {
    const { server, fetch } = await rig();
    const refused = { errors: [{ message: 'x', extensions: { code: 'RATE_LIMITED' } }] };
    server.inject({ body: [refused, { data: { add: { id: '9' } } }] });
    const body = JSON.stringify([{ query: ADD }, { query: ADD }]);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(server.url, { method: 'POST', body, headers });
    expect(failureOf(response)).toMatchObject({ kind: 'rate_limited', partial: true });
    expect(await response.json()).toHaveLength(2);
    server.inject({ body: [refused, refused] });
    const doubtful = await fetch(server.url, { method: 'POST', body, headers });
    expect(failureOf(doubtful)).toMatchObject({ executed: undefined, stopped: 'unsafe_mutation' });
    server.inject({ status: 429, body: refused });
    const whole = await fetch(server.url, { method: 'POST', body, headers });
    expect(failureOf(whole)).toMatchObject({ executed: undefined, stopped: 'unsafe_mutation' });
  });

  it('M3 an idempotency key of the application’s own is kept', async () => {
    const { server, post } = await rig({
      resilience: { retry: { backoff: { transient: 2 }, idempotencyKey: 'Idempotency-Key' } },
    });
    server.inject({ status: 503 });
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'order-7' };
    expect((await post(ADD, { headers })).status).toBe(200);
    await post(ADD);
    const keys = server.requests.map((request) => request.headers['idempotency-key']);
    expect(keys.slice(0, 2)).toEqual(['order-7', 'order-7']);
    expect(keys[2]).toMatch(/^\S{16,}$/);
  });

  it('T1 a batch of queries with one that was refused is sent again as it was', async () => {
    const server = await startFaultServer({ auth: { reject: 'field' } });
    onTestFinished(() => server.close());
    const refresh = async (): Promise<{ accessToken: string }> => ({
      accessToken: server.issueToken(),
    });
    const { fetch } = await rig({
      resilience: { auth: { tokens: { accessToken: 'd' }, refresh } },
    });
    const body = JSON.stringify([{ query: '{ hello }' }, { query: '{ me { id } }' }]);
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(server.url, { method: 'POST', body, headers });
    expect(JSON.stringify(await response.json())).not.toContain('errors');
  });

  it('F6 partial data is handed on where the full answer does not come', async () => {
    const server = await startFaultServer({ auth: { reject: 'field' } });
    onTestFinished(() => server.close());
    const auth = { tokens: { accessToken: 'd' }, refresh: async () => ({ accessToken: 'e' }) };
    const { fetch } = await rig({ resilience: { auth } });
    const body = JSON.stringify({ query: `{ hello(name: "${'x'.repeat(70_000)}") me { id } }` });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(server.url, { method: 'POST', body, headers });
    expect(await response.json()).toMatchObject({
      data: { hello: expect.stringMatching(/x{70000}/u) },
    });
  });

  it('X4 reads 64 KiB of a body, and hands on all of it', async () => {
    const { server, post } = await rig();
    const long = 'x'.repeat(500_000);
    const response = await post(`query Long { hello(name: "${long}") }`);
    expect(failureOf(response)).toBeUndefined();
    expect(await response.text()).toHaveLength(
      JSON.stringify({ data: { hello: `Hello, ${long}!` } }).length,
    );
    server.inject({ status: 401, body: { errors: [{ message: long }] } });
    const refused = await post(ADD);
    expect(failureOf(refused)).toMatchObject({ kind: 'unauthenticated', executed: undefined });
    expect((await refused.text()).length).toBeGreaterThan(long.length);
  });

  it('X4 F7 counts what it reads in characters: a long success in any script is one', async () => {
    const { post } = await rig();
    const long = '係留'.repeat(30_000);
    const response = await post(`mutation Add { add(name: "${long}") { name } }`);
    expect(failureOf(response)).toBeUndefined();
    expect((await response.text()).length).toBeGreaterThan(60_000);
    const longer = await post(`query Hello { hello(name: "${long}${long}") }`);
    expect(failureOf(longer)).toBeUndefined();
    expect((await longer.text()).length).toBeGreaterThan(120_000);
  });

  it('R3 a body that is a stream is sent once', async () => {
    const { server, fetch } = await rig();
    server.inject({ status: 429, headers: { 'retry-after': '0.001' } });
    const body = new Blob([JSON.stringify({ query: ADD })]).stream();
    const init = { method: 'POST', body, headers: { 'content-type': 'application/json' } };
    const response = await fetch(server.url, { ...init, duplex: 'half' } as RequestInit);
    expect(response.status).toBe(429);
    expect(server.requests).toHaveLength(1);
  });

  it('F7 M1 what is no GraphQL answer is a bad response, and the response all the same', async () => {
    const { server, post } = await rig();
    server.inject({ status: 200, html: true });
    const response = await post('query Hello { hello }');
    expect(failureOf(response)).toMatchObject({ kind: 'bad_response', stopped: 'not_retryable' });
    expect(await response.text()).toMatch(/^<!DOCTYPE/iu);
  });
});

describe('resilientFetch, waiting', () => {
  it('W3 W7 waits as long as the server says, and tells so', async () => {
    const clock = createTestClock();
    const { server, resilience, post } = await rig({ resilience: { clock, random: () => 0 } });
    server.inject({ status: 429, headers: { 'retry-after': '7' } });
    const answer = post('query Hello { hello }');
    await vi.waitFor(() => expect(resilience.limits.get()).toHaveLength(1));
    expect(resilience.activity.get()).toMatchObject([
      { kind: 'query', name: 'Hello', reason: 'rate_limit', attempt: 2 },
    ]);
    clock.advance(6_999);
    expect(server.requests).toHaveLength(1);
    clock.advance(1);
    expect(await json(await answer)).toEqual({ data: { hello: 'Hello, world!' } });
  });

  it('W4 a wait that is too long fails at once with the response, and later ones unsent', async () => {
    const { server, post } = await rig();
    server.inject({ status: 429, headers: { 'retry-after': '3600' } });
    expect(failureOf(await post('query Hello { hello }'))).toMatchObject({
      stopped: 'wait_too_long',
    });
    const error = await rejection(post('query Hello { hello }'));
    expect(failureOf(error)).toMatchObject({ stopped: 'wait_too_long', executed: false });
    expect(server.requests).toHaveLength(1);
  });

  it('H1 H2 is held in an outage, a mutation too, which then runs once', async () => {
    const { server, resilience, post } = await rig({
      resilience: { outage: { probe: { base: 5, factor: 1, cap: 2_000 } } },
    });
    server.inject({ status: 503, times: 4 });
    const closed = new Promise<unknown>((resolve) => {
      resilience.subscribe((event) => {
        if (event.type === 'scope_closed') resolve(event.reason);
      });
    });
    const query = post('query Hello { hello }');
    expect(await closed).toBe('outage');
    const mutation = post(ADD);
    expect(await json(await query)).toHaveProperty('data.hello');
    expect(await json(await mutation)).toHaveProperty('data.add.id');
    expect(server.executions).toEqual({ hello: 1, add: 1 });
  });
});

describe('resilientFetch, ending', () => {
  it('E1 E2 an aborted signal ends a wait, and nothing is sent afterwards', async () => {
    const { server, resilience, post } = await rig();
    server.inject({ status: 429, headers: { 'retry-after': '20' } });
    const controller = new AbortController();
    const answer = rejection(post('query Hello { hello }', { signal: controller.signal }));
    await vi.waitFor(() => expect(resilience.activity.get()).toHaveLength(1));
    controller.abort();
    const error = await answer;
    expect(error).toMatchObject({ name: 'AbortError' });
    expect(failureOf(error)).toMatchObject({ kind: 'aborted' });
    expect(server.requests).toHaveLength(1);
  });

  it('E1 an aborted signal ends the request in flight, a Request’s own as well', async () => {
    const { server, fetch } = await rig();
    server.inject({ hang: true, times: 2 });
    const controller = new AbortController();
    const { signal } = controller;
    const sent: (AbortSignal | null | undefined)[] = [];
    const { resilience } = await rig();
    const watched = resilientFetch(resilience, {
      fetch: (input, init) => {
        sent.push(init?.signal);
        return globalThis.fetch(input, init);
      },
    });
    const first = rejection(watched(server.url, { signal }));
    const second = rejection(fetch(new Request(server.url, { signal })));
    await server.received(2);
    controller.abort();
    expect([await first, await second]).toMatchObject([
      { name: 'AbortError' },
      { name: 'AbortError' },
    ]);
    expect(sent.map((one) => one?.aborted)).toEqual([true]);
  });

  it('E2 one that is aborted already sends nothing', async () => {
    const { server, post } = await rig();
    const error = await rejection(post('{ hello }', { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: 'AbortError' });
    expect(server.requests).toEqual([]);
  });

  it('E2b fifty requests and streams that share a signal raise no warning', async () => {
    const warnings: Error[] = [];
    const heard = (warning: Error): unknown => warnings.push(warning);
    process.on('warning', heard);
    onTestFinished(() => void process.off('warning', heard));
    const { post } = await rig();
    const { signal } = new AbortController();
    const headers = { accept: 'text/event-stream', 'content-type': 'application/json' };
    const all = Array.from({ length: 50 }, (_, index) =>
      index % 2 === 0
        ? post('{ hello }', { signal })
        : post('subscription { ticks(count: 1, every: 1) }', { signal, headers }),
    );
    await Promise.all(all.map(async (response) => (await response).text()));
    // Node tells of one in a later turn.
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([]);
  });

  it('E3 dispose ends what waits', async () => {
    const { server, resilience, post } = await rig();
    server.inject({ hang: true });
    const answer = rejection(post('{ hello }'));
    await server.received(1);
    resilience.dispose();
    expect(failureOf(await answer)).toMatchObject({ kind: 'aborted' });
  });

  it('R2 an attempt that takes too long is cut, and tried again', async () => {
    const clock = createTestClock();
    const { server, post } = await rig({ resilience: { clock, timeout: { attempt: 1_000 } } });
    server.inject({ hang: true });
    const answer = post('query Hello { hello }');
    await server.received(1);
    clock.advance(1_000);
    clock.advance(1_000);
    expect(await json(await answer)).toHaveProperty('data.hello');
  });
});

describe('resilientFetch, streams', () => {
  const events = { accept: 'text/event-stream', 'content-type': 'application/json' };

  it('S1 events pass as they come, with the token of the session', async () => {
    const { server, post } = await rig({
      resilience: { auth: { tokens: { accessToken: 'secret' } } },
    });
    const response = await post('subscription { ticks(count: 2, every: 1) }', { headers: events });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.bodyUsed).toBe(false);
    expect((await response.text()).match(/event: next/gu)).toHaveLength(2);
    expect(server.requests[0]?.headers['authorization']).toBe('Bearer secret');
  });

  it('S1 parts of a deferred answer pass unread', async () => {
    const { post } = await rig();
    const response = await post('query D { hello ... @defer { slow(ms: 1) } }', {
      headers: { accept: 'multipart/mixed', 'content-type': 'application/json' },
    });
    expect(response.headers.get('content-type')).toContain('multipart/mixed');
    expect(await response.text()).toContain('slow');
  });

  it('S2 E1 a refused stream is tried again, and one under way ends with its signal', async () => {
    const { server, post } = await rig();
    server.inject({ status: 503, contentType: 'text/event-stream' });
    const controller = new AbortController();
    const { signal } = controller;
    const response = await post('subscription { ticks(count: 9, every: 60000) }', {
      headers: events,
      signal,
    });
    expect(response.status).toBe(200);
    expect(server.requests).toHaveLength(2);
    const other = await post('subscription { ticks(count: 9, every: 60000) }', {
      headers: events,
      signal,
    });
    const read = [response.text(), other.text()];
    controller.abort();
    const ends = await Promise.all(read.map(rejection));
    expect(ends).toMatchObject([{ name: 'AbortError' }, { name: 'AbortError' }]);
  });
});

describe('resilientFetch over a fetch of somebody’s tests', () => {
  it.each([{ json: async () => ({}) }, { ok: true, status: 200, headers: new Headers() }])(
    'P1 hands on what stands for a response: %j',
    async (given) => {
      const { post } = await rig({ fetch: { fetch: async () => given as unknown as Response } });
      expect(await post('{ hello }')).toBe(given);
      expect(failureOf(given)).toBeUndefined();
    },
  );

  it('P1 R1 and believes the status of one', async () => {
    const given = [{ status: 503 }, { status: 200 }];
    const { post } = await rig({ fetch: { fetch: async () => given.shift() as Response } });
    expect(await post('query Hello { hello }')).toEqual({ status: 200 });
  });
});

describe('resilientFetch, called wrongly', () => {
  it('X5 says that it needs an instance', () => {
    expect(() => resilientFetch(undefined as never)).toThrow(/resilientFetch\(\)/u);
  });

  it.each([
    [null, 'options must be an object, not null.'],
    [fetch, 'options must be an object, not a function.'],
    [[], 'options must be an object, not a list.'],
    [{ fetch: 'node-fetch' }, 'fetch must be a function, not "node-fetch".'],
    [{ fetch: null }, 'fetch must be a function, not null.'],
    [{ operation: { kind: 'query' } }, 'operation must be a function, not an object.'],
    [{ operation: Number.NaN }, 'operation must be a function, not NaN.'],
    [{ fetsh: fetch }, 'each option must be one of fetch, operation, not "fetsh".'],
  ])('X5 of bad options it says what is wrong: %j', (bad, sentence) => {
    const resilience = createResilience();
    expect(() => resilientFetch(resilience, bad as never)).toThrow(
      new TypeError(`resilientFetch: ${sentence}`),
    );
    vi.stubEnv('NODE_ENV', 'production');
    expect(() => resilientFetch(resilience, { ...bad } as never)).not.toThrow();
    vi.unstubAllEnvs();
  });

  it('R9 an application that throws of its operation hears of it', async () => {
    const own = new Error('own');
    const { post } = await rig({
      fetch: {
        operation: () => {
          throw own;
        },
      },
    });
    expect(await rejection(post('{ hello }'))).toBe(own);
  });
});
