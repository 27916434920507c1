import { failureOf } from '@holdfast/core';
import { CombinedError, mapExchange } from '@urql/core';
import { expect, it } from 'vitest';
import { refresher, startClient, startServer } from './exchange.fixture.ts';

it('R1 an outage passes, and the query is answered', async () => {
  const server = await startServer({ faults: [{ status: 503, times: 2 }] });
  const { client } = startClient(server.url);
  const result = await client.query('{ hello }', {});
  expect(result).toMatchObject({ data: { hello: 'Hello, world!' }, hasNext: false, stale: false });
  expect(result.error).toBeUndefined();
  expect(server.requests.map(({ status }) => status)).toEqual([503, 503, 200]);
});

it('R10 the error delivered is the CombinedError that urql made, and failureOf finds the failure', async () => {
  const server = await startServer({ faults: [{ status: 503, times: Infinity }] });
  const seen: unknown[] = [];
  const below = [mapExchange({ onError: (error) => void seen.push(error) })];
  const { client } = startClient(server.url, { outage: false }, { below });
  const result = await client.query('{ hello }', {});
  expect(result.error).toBeInstanceOf(CombinedError);
  expect(seen).toHaveLength(4);
  expect(result.error).toBe(seen[3]);
  expect(failureOf(result.error)).toMatchObject({
    kind: 'unavailable',
    status: 503,
    attempts: 4,
    stopped: 'attempts',
  });
});

it('T1 T2 an expired token is refreshed once, and each operation is answered', async () => {
  const server = await startServer({ auth: true });
  const tokens = { accessToken: server.issueToken() };
  server.expireTokens();
  const source = refresher(server);
  const { client } = startClient(server.url, { auth: { tokens, refresh: source.refresh } });
  const results = await Promise.all([
    client.query('{ hello }', {}),
    client.query('{ items { id } }', {}),
    client.mutation('mutation { add(name: "cleat") { id } }', {}),
  ]);
  expect(results.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
  expect(source.calls).toBe(1);
  expect(server.requests).toHaveLength(6);
});
