import { getEventListeners } from 'node:events';
import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import type { AddressInfo } from 'node:net';
import { createResilience } from '@holdfast/core';
import type { Resilience, ResilienceOptions } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
// @ts-expect-error -- its types are a package of their own
import nodeFetch from 'node-fetch';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failureOf, resilientFetch } from './index.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

function instance(own: ResilienceOptions = {}): Resilience {
  const resilience = createResilience({
    retry: { backoff: { transient: 2, throttled: 5 } },
    random: () => 0,
    ...own,
  });
  onTestFinished(() => resilience.dispose());
  return resilience;
}

describe('resilientFetch, bodies that can be sent once', () => {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('{"query":"mutation Add { add(name: \\"a\\") { id } }"}');
  }

  it.each([
    ['a generator', () => chunks()],
    ['a stream of Node', () => Readable.from(chunks())],
    ['a web stream', () => Readable.toWeb(Readable.from(chunks()))],
  ])('R3 M1 %s is never sent a second time, empty', async (_, body) => {
    const server = await startFaultServer({ auth: { reject: '401' } });
    onTestFinished(() => server.close());
    const refresh = async (): Promise<{ accessToken: string }> => ({
      accessToken: server.issueToken(),
    });
    const auth = { tokens: { accessToken: 'dead' }, refresh };
    const fetch = resilientFetch(instance({ auth }));
    const init = { method: 'POST', headers: JSON_TYPE, duplex: 'half' };
    const send = (): Promise<Response> =>
      fetch(server.url, { ...init, body: body() } as unknown as RequestInit);
    const error: unknown = await send().catch((thrown: unknown) => thrown);
    expect(failureOf(error)).toMatchObject({ kind: 'bad_input' });
    expect(server.requests).toHaveLength(1);
    // The next one has the new token.
    expect(await (await send()).json()).toHaveProperty('data.add.id');
    server.inject({ status: 503 });
    expect((await send()).status).toBe(503);
    expect(server.executions).toEqual({ add: 1 });
  });
});

describe('resilientFetch, what it reads of a request', () => {
  it('R1 a document as application/graphql is read as one', async () => {
    const server = await startFaultServer({});
    onTestFinished(() => server.close());
    const seen: unknown[] = [];
    const fetch = resilientFetch(instance(), {
      operation: ({ kind, name }) => void seen.push([kind, name]) as never,
    });
    const send = async (body: string, type: string): Promise<Response> =>
      fetch(server.url, { method: 'POST', headers: [['Content-Type', type]], body });
    await send('query Hello { hello }', 'application/graphql');
    await send('mutation Add { add(name: "a") { id } }', 'application/graphql; charset=utf-8');
    // What is no JSON, and does not say that it is GraphQL, may be anything.
    await send('{ "query": "mutation { a }", }', 'application/json');
    expect(seen).toEqual([
      ['query', 'Hello'],
      ['mutation', 'Add'],
      ['mutation', undefined],
    ]);
  });

  it('E2 where a request gives up the signal of its Request, that ends nothing', async () => {
    const server = await startFaultServer({});
    onTestFinished(() => server.close());
    const request = new Request(server.url, {
      method: 'POST',
      body: '{"query":"{ hello }"}',
      headers: JSON_TYPE,
      signal: AbortSignal.abort(),
    });
    const fetch = resilientFetch(instance());
    const response = await fetch(request, { signal: null });
    expect(await response.json()).toEqual({ data: { hello: 'Hello, world!' } });
  });

  it('F5 a HEAD has no body to judge by', async () => {
    const server = await startFaultServer({});
    onTestFinished(() => server.close());
    server.inject({ status: 200, body: '' });
    const fetch = resilientFetch(instance());
    const response = await fetch(server.url, { method: 'HEAD' });
    expect([response.status, failureOf(response)]).toEqual([200, undefined]);
  });
});

describe('resilientFetch, long answers', () => {
  /** A server whose answer is longer than what is looked at; `endless`: it never ends. */
  async function long(endless: boolean): Promise<{ url: string; closed: Promise<unknown> }> {
    let close: (value?: unknown) => void;
    const closed = new Promise((resolve) => (close = resolve));
    const server = createServer((_, response) => {
      response.writeHead(200, { ...JSON_TYPE, connection: 'close' });
      response.on('close', () => close());
      const text = JSON.stringify({ data: { hello: 'x'.repeat(300_000) } });
      if (endless) response.write(text.slice(0, -2));
      else response.end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, closed };
  }
  const init = { method: 'POST', body: '{"query":"{ hello }"}', headers: JSON_TYPE };

  it('E3 leave nothing behind at a signal that lives as long as the application', async () => {
    const { url } = await long(false);
    const fetch = resilientFetch(instance());
    const { signal } = new AbortController();
    for (let count = 0; count < 5; count += 1) {
      const response = await fetch(url, { ...init, signal });
      expect((await response.text()).length).toBeGreaterThan(300_000);
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('E1 let go of the connection where whoever reads stops half-way', async () => {
    const { url, closed } = await long(true);
    const response = await resilientFetch(instance())(url, init);
    await response.body?.cancel();
    await expect(closed).resolves.toBeUndefined();
  });

  it('E1 end with their signal', async () => {
    const { url, closed } = await long(true);
    const controller = new AbortController();
    const { signal } = controller;
    const response = await resilientFetch(instance())(url, { ...init, signal });
    const read = response.text().catch((error: unknown) => error);
    controller.abort();
    expect(await read).toMatchObject({ name: 'AbortError' });
    await closed;
  });

  it.each([20_000, 200_000])(
    'P1 of %s characters come through a fetch whose copies wait for each other, as node-fetch',
    async (length) => {
      const server = await startFaultServer({});
      onTestFinished(() => server.close());
      const fetch = resilientFetch(instance(), {
        fetch: nodeFetch as unknown as typeof globalThis.fetch,
      });
      const name = 'x'.repeat(length);
      const body = JSON.stringify({ query: `query Hello { hello(name: "${name}") }` });
      server.inject({ status: 502, body: name });
      const response = await fetch(server.url, { ...init, body });
      expect(await response.json()).toEqual({ data: { hello: `Hello, ${name}!` } });
      const errors = [{ message: 'no', extensions: { code: 'FORBIDDEN' } }];
      server.inject({ body: { errors } });
      const refused = await fetch(server.url, { ...init, body });
      expect(failureOf(refused)).toMatchObject({ kind: 'forbidden' });
      expect(JSON.parse(await refused.text())).toEqual({ errors });
    },
  );
});

describe('resilientFetch, a connection that is lost inside an answer', () => {
  /** As Firefox tells of it: as of an abort, though nobody has aborted. */
  function lossy(times: number, whenRead?: () => void): typeof globalThis.fetch {
    let sent = 0;
    return async () => {
      sent += 1;
      if (sent > times) return Response.json({ data: { hello: 'at last' } });
      const lost = new DOMException('The operation was aborted. ', 'AbortError');
      let pulled = 0;
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          pulled += 1;
          if (pulled === 1) controller.enqueue(new TextEncoder().encode('{"data":'));
          else {
            whenRead?.();
            controller.error(lost);
          }
        },
      });
      return new Response(body, { headers: JSON_TYPE });
    };
  }
  const url = 'https://api.test/graphql';
  const init = { method: 'POST', headers: JSON_TYPE };

  it('F8 P2 is a network failure: a query goes on', async () => {
    const fetch = resilientFetch(instance(), { fetch: lossy(1) });
    const response = await fetch(url, { ...init, body: '{"query":"{ hello }"}' });
    expect(await response.json()).toEqual({ data: { hello: 'at last' } });
  });

  it('F8 M1 R10 is told as one where nothing may be sent again, by the error that fetch gave', async () => {
    const fetch = resilientFetch(instance(), { fetch: lossy(1) });
    const body = '{"query":"mutation Add { add }"}';
    const error: unknown = await fetch(url, { ...init, body }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'AbortError' });
    expect(failureOf(error)).toMatchObject({
      kind: 'network',
      executed: undefined,
      stopped: 'unsafe_mutation',
    });
  });

  it('F8 is an abort where the request’s own signal was aborted', async () => {
    const controller = new AbortController();
    const fetch = resilientFetch(instance(), { fetch: lossy(1, () => controller.abort()) });
    const { signal } = controller;
    const answer = fetch(url, { ...init, signal, body: '{"query":"{ hello }"}' });
    const error: unknown = await answer.catch((thrown: unknown) => thrown);
    expect(failureOf(error)).toMatchObject({ kind: 'aborted' });
  });
});

describe('resilientFetch, a batch', () => {
  it('F11b a failure is found by the errors of its answers', async () => {
    const server = await startFaultServer({});
    onTestFinished(() => server.close());
    const errors = [{ message: 'no', extensions: { code: 'FORBIDDEN' } }];
    server.inject({ body: [{ data: { hello: 'a' } }, { data: null, errors }] });
    const body = '[{"query":"{ hello }"},{"query":"{ hello }"}]';
    const fetch = resilientFetch(instance());
    const response = await fetch(server.url, { method: 'POST', headers: JSON_TYPE, body });
    const [, refused] = (await response.json()) as { errors: unknown[] }[];
    expect(refused).toEqual({ data: null, errors });
    expect(failureOf(refused?.errors[0])).toMatchObject({ kind: 'forbidden', partial: true });
  });
});

describe('resilientFetch, budgets that are told in data', () => {
  it('W8 what a query asks of its own limit closes the scope', async () => {
    const { github } = await import('@holdfast/profiles');
    const server = await startFaultServer({});
    onTestFinished(() => server.close());
    const resilience = instance({ profile: github });
    const resetAt = new Date(Date.now() + 3_600_000).toISOString();
    server.inject({ body: { data: { rateLimit: { remaining: 0, resetAt } } } });
    const fetch = resilientFetch(resilience);
    const body = '{"query":"{ rateLimit { remaining resetAt } }"}';
    await fetch(server.url, { method: 'POST', headers: JSON_TYPE, body });
    expect(resilience.limits.get()).toMatchObject([{ reason: 'rate_limit' }]);
  });
});
