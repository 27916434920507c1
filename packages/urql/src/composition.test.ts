import { persistedExchange } from '@urql/exchange-persisted';
import { failureOf } from '@holdfast/core';
import { CombinedError, mapExchange } from '@urql/core';
import type { Exchange, OperationResult } from '@urql/core';
import { filter, map, pipe, take, toPromise } from 'wonka';
import { describe, expect, it } from 'vitest';
import { ADD, HELLO } from './documents.fixture.ts';
import { refresher, startClient, startServer } from './exchange.fixture.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('with mapExchange', () => {
  it('U6 above it sees what is delivered, below every attempt', async () => {
    const server = await startServer({ faults: [{ status: 503, times: 2 }] });
    const above: unknown[] = [];
    const below: unknown[] = [];
    const { client } = startClient(
      server.url,
      {},
      {
        above: [mapExchange({ onResult: ({ error }) => void above.push(error) })],
        below: [mapExchange({ onResult: ({ error }) => void below.push(error) })],
      },
    );
    await client.query(HELLO, {});
    expect(above).toEqual([undefined]);
    expect(below).toEqual([expect.any(CombinedError), expect.any(CombinedError), undefined]);
  });

  it('U6 below it may be late with operations and results, and replace the fetch', async () => {
    const server = await startServer({ faults: [{ status: 503 }] });
    const { client } = startClient(
      server.url,
      {},
      {
        below: [
          mapExchange({
            onOperation: async (operation) => ({
              ...operation,
              context: { ...operation.context, fetch },
            }),
            onResult: async (result) => result,
          }),
        ],
      },
    );
    const [query, mutation] = await Promise.all([
      client.query(HELLO, {}),
      client.mutation(ADD, { name: 'cleat' }, { resilience: { idempotent: true } }),
    ]);
    expect(query.data).toMatchObject({ hello: 'Hello, world!' });
    expect(mutation.data?.add.name).toBe('cleat');
    expect(server.requests).toHaveLength(3);
  });

  it('R9 E4 below it may throw for an operation, which then settles', async () => {
    const server = await startServer();
    const problem = new Error('not today');
    const below = [
      mapExchange({
        onOperation: () => {
          throw problem;
        },
      }),
    ];
    const { client } = startClient(server.url, {}, { below });
    expect((await client.query(HELLO, {})).error?.networkError).toBe(problem);
  });
});

describe('with an exchange that fails in words of its own', () => {
  // Tests' mocks and exchanges for other transports do so.
  const failing = (error: object): Exchange => {
    return () => (operations$) =>
      pipe(
        operations$,
        filter(({ kind }) => kind !== 'teardown'),
        map((operation) => ({ operation, error, stale: false, hasNext: false }) as OperationResult),
      );
  };

  it('U6 F8 the error reaches the application as it is, and is read as what it says', async () => {
    const server = await startServer();
    const refused = Object.assign(new TypeError('fetch failed'), { code: 'ECONNREFUSED' });
    for (const [error, kind] of [
      [refused, 'network'],
      [{ name: 'error', message: 'scary' }, 'unknown'],
    ] as const) {
      const { client } = startClient(server.url, { retry: false }, { below: [failing(error)] });
      const results = await Promise.all([
        client.query(HELLO, {}),
        client.mutation(ADD, { name: 'a' }),
      ]);
      for (const result of results) {
        expect(result.error).toBe(error);
        expect(failureOf(result.error)?.kind).toBe(kind);
      }
    }
  });

  it('U6 S2 a subscription ends with it', async () => {
    const server = await startServer();
    const error = { name: 'error', message: 'scary' };
    const { client } = startClient(server.url, {}, { below: [failing(error)] });
    const seen = await pipe(client.subscription('subscription { ticks }', {}), take(1), toPromise);
    expect([seen.error, seen.hasNext]).toEqual([error, false]);
  });
});

describe('with persistedExchange', () => {
  it.each(['above', 'below'] as const)(
    'U6 %s it, a miss is answered by that exchange',
    async (place) => {
      const miss = { errors: [{ message: 'PersistedQueryNotFound' }] };
      const server = await startServer({
        auth: true,
        faults: [
          { status: 503 },
          {
            on: ({ body, path, token }) =>
              path === '/graphql' && token !== 'dead' && !body.includes('"query":'),
            body: miss,
          },
        ],
      });
      const source = refresher(server);
      const { client } = startClient(
        server.url,
        { auth: { tokens: { accessToken: 'dead' }, refresh: source.refresh } },
        { [place]: [persistedExchange({ preferGetForPersistedQueries: false })] },
      );
      const result = await client.query(HELLO, {});
      expect(result.error).toBeUndefined();
      expect(result.data).toMatchObject({ hello: 'Hello, world!' });
      const last = server.requests.at(-1);
      expect(last?.token).not.toBe('dead');
      expect(last?.body).toContain('"query":');
      expect(source.calls).toBe(1);
    },
  );

  it.each(['above', 'below'] as const)(
    'U6 R1 %s it, a query that is missing on the retried attempt is sent whole',
    async (place) => {
      // Asked by GET and by hash alone; the server forgets the hash between the two attempts.
      const byHash = ({ method }: { readonly method: string }): boolean => method === 'GET';
      const miss = { errors: [{ message: 'PersistedQueryNotFound' }] };
      const server = await startServer({
        faults: [
          { on: byHash, status: 503, name: 'down' },
          { on: byHash, body: miss, name: 'miss', times: Infinity },
        ],
      });
      const { client, events } = startClient(
        server.url,
        {},
        { [place]: [persistedExchange({ preferGetForPersistedQueries: 'force' })] },
      );
      const whole: typeof fetch = (input, init) => {
        const isMissed = String(input).includes('miss');
        const url = String(input).split('?')[0] ?? '';
        if (!isMissed) return fetch(input, init);
        const query = new URL(String(input)).searchParams.get('query');
        const body = JSON.stringify({ query });
        return fetch(url, { ...init, method: 'POST', body, headers: JSON_TYPE });
      };
      const result = await client.query(HELLO, {}, { fetch: whole });
      expect(result.data).toMatchObject({ hello: 'Hello, world!' });
      expect(server.requests.map(({ fault }) => fault)).toEqual(['down', 'miss', undefined]);
      expect(events.filter(({ type }) => type === 'gave_up')).toHaveLength(
        place === 'above' ? 1 : 0,
      );
    },
  );
});
