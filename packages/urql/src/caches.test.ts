import { failureOf } from '@holdfast/core';
import { cacheExchange as graphcache } from '@urql/exchange-graphcache';
import { cacheExchange, mapExchange, ssrExchange } from '@urql/core';
import type { Operation, OperationResult } from '@urql/core';
import { describe, expect, it } from 'vitest';
import { ADD, HELLO, ITEMS, RENAME } from './documents.fixture.ts';
import { deferred, refresher, startClient, startServer } from './exchange.fixture.ts';

describe('with cacheExchange above', () => {
  it('U6 a cached answer comes at once, and asks nobody', async () => {
    const server = await startServer();
    const { client, events } = startClient(server.url, {}, { above: [cacheExchange] });
    await client.query(HELLO, {});
    const before = events.length;
    expect(client.readQuery(HELLO, {})?.data).toMatchObject({ hello: 'Hello, world!' });
    expect(events).toHaveLength(before);
    expect(server.requests).toHaveLength(1);
  });

  it('U3 U6 what the cache asks again after a mutation carries nothing of an earlier attempt', async () => {
    const server = await startServer({ auth: true, faults: [{ status: 503 }] });
    const source = refresher(server);
    const stored: Operation[] = [];
    let layers = 0;
    const own: typeof fetch = (input, init) => {
      layers++;
      return fetch(input, init);
    };
    const { client } = startClient(
      server.url,
      { auth: { tokens: { accessToken: 'dead' }, refresh: source.refresh } },
      {
        above: [
          cacheExchange,
          mapExchange({ onResult: ({ operation }) => void stored.push(operation) }),
        ],
        fetch: own,
        fetchOptions: { headers: { 'x-mine': '1' } },
      },
    );
    const refetched = deferred<OperationResult>();
    const { unsubscribe } = client.query(ITEMS, {}).subscribe((result) => {
      if (!result.stale && result.data?.items.length === 3) refetched.resolve(result);
    });
    await client.query(ITEMS, {});
    server.expireTokens();
    await client.mutation(ADD, { name: 'cleat' });
    expect((await refetched.promise).data?.items).toHaveLength(3);
    unsubscribe();
    expect(stored.length).toBeGreaterThan(2);
    for (const { context } of stored) {
      expect(context.fetch).toBe(own);
      expect(context.fetchOptions).toEqual({ headers: { 'x-mine': '1' } });
    }
    expect(layers).toBe(server.requests.length);
    expect(server.requests.every(({ headers }) => headers['x-mine'] === '1')).toBe(true);
    expect(server.tokenRequests).toHaveLength(2);
  });

  it('R7 asking again after giving up starts from nothing', async () => {
    const server = await startServer({ faults: [{ status: 503, times: 8 }] });
    const { client } = startClient(server.url, { outage: false }, { above: [cacheExchange] });
    for (const sent of [4, 8]) {
      const { error } = await client.query(HELLO, {}, { requestPolicy: 'network-only' });
      expect(failureOf(error)).toMatchObject({ attempts: 4, stopped: 'attempts' });
      expect(server.requests).toHaveLength(sent);
    }
    expect((await client.query(HELLO, {})).error).toBeUndefined();
  });

  it('U4 U6 while a refetch waits, the old answer is stale, and nothing is invented', async () => {
    const server = await startServer();
    const { client } = startClient(server.url, {}, { above: [cacheExchange] });
    await client.query(HELLO, {});
    server.inject({ status: 503, times: 2 });
    const results: OperationResult[] = [];
    const done = deferred<void>();
    const context = { requestPolicy: 'cache-and-network' } as const;
    client.query(HELLO, {}, context).subscribe((result) => {
      results.push(result);
      if (!result.stale) done.resolve();
    });
    await done.promise;
    expect(results.map(({ stale }) => stale)).toEqual([true, false]);
    expect(server.requests).toHaveLength(4);
  });
});

describe('with ssrExchange above', () => {
  it('U6 what the server rendered is not asked for again; what it did not is', async () => {
    const server = await startServer({ faults: [{ status: 503 }] });
    const rendered = ssrExchange({ isClient: false });
    await startClient(server.url, {}, { above: [rendered] }).client.query(HELLO, {});
    expect(server.requests).toHaveLength(2);
    const ssr = ssrExchange({ isClient: true, initialState: rendered.extractData() });
    const { client } = startClient(server.url, {}, { above: [cacheExchange, ssr] });
    expect((await client.query(HELLO, {})).data).toMatchObject({ hello: 'Hello, world!' });
    expect(server.requests).toHaveLength(2);
    expect((await client.query(ITEMS, {})).data?.items).toHaveLength(2);
    expect(server.requests).toHaveLength(3);
  });
});

describe('with Graphcache above', () => {
  it('U6 an optimistic mutation shows at once, survives a retry, and is settled by the answer', async () => {
    const server = await startServer({ auth: true });
    const source = refresher(server);
    const cache = graphcache({
      optimistic: {
        rename: ({ id, name }) => ({ __typename: 'Item', id, name: `${String(name)}?` }),
      },
    });
    const { client } = startClient(
      server.url,
      { auth: { tokens: { accessToken: 'dead' }, refresh: source.refresh }, random: () => 0 },
      { above: [cache] },
    );
    const names: string[] = [];
    const { unsubscribe } = client
      .query(ITEMS, {})
      .subscribe(
        ({ data }) => void names.push(...(data?.items.slice(0, 1).map(({ name }) => name) ?? [])),
      );
    await client.query(ITEMS, {});
    server.expireTokens();
    server.inject({
      on: { type: 'mutation' },
      after: 1,
      status: 429,
      headers: { 'retry-after': '0' },
    });
    const result = await client.mutation(RENAME, { id: '1', name: 'bow' });
    unsubscribe();
    expect(result.data?.rename).toMatchObject({ id: '1', name: 'bow' });
    expect([...new Set(names)]).toEqual(['anchor', 'bow?', 'bow']);
    expect(source.calls).toBe(2);
    expect(server.executions['rename']).toBe(1);
  });
});
