import { startFaultServer } from '@holdfast/testing';
import { Miniflare } from 'miniflare';
import { expect, it, onTestFinished } from 'vitest';
import { bundled } from './runtimes.ts';

/** A client for each request, since urql's own deduplication knows nothing of requests; one instance for all. */
const WORKER = `
  import { createResilience } from '@holdfast/core';
  import { resilienceExchange } from '@holdfast/urql';
  import { Client, fetchExchange } from '@urql/core';

  let resilience;

  export default {
    async fetch(request, { url, token }) {
      resilience ??= createResilience({
        auth: {
          tokens: { accessToken: 'dead' },
          refreshTimeout: 2_000,
          refresh: async () => {
            const answer = await fetch(token, { method: 'POST' });
            return { accessToken: (await answer.json()).access_token };
          },
        },
      });
      const exchanges = [resilienceExchange(resilience), fetchExchange];
      const client = new Client({ url, exchanges, preferGetMethod: false });
      const { data, error } = await client.query('{ hello }', {});
      return Response.json({ data, error: error?.message });
    },
  };
`;

it('P3 one instance for all requests of a Worker settles each of them, however they overlap', async () => {
  const server = await startFaultServer({ auth: true, tokenLatency: 600 });
  onTestFinished(() => server.close());
  const worker = new Miniflare({
    modules: true,
    script: await bundled(WORKER),
    compatibilityDate: '2026-07-01',
    bindings: { url: server.url, token: server.tokenUrl },
  });
  onTestFinished(() => worker.dispose());
  const ask = async (): Promise<string> =>
    (await worker.dispatchFetch('http://worker.test')).text();
  const good = JSON.stringify({ data: { hello: 'Hello, world!' } });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([good, good, good]);
  expect(server.tokenRequests.length).toBeLessThanOrEqual(3);
  server.expireTokens();
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([good, good, good]);
  // One is limited, and the others wait with it at its gate.
  server.inject({ status: 429, headers: { 'retry-after': '1' } });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([good, good, good]);
  // And a probe of one request ends the outage for all.
  server.inject({ status: 503, times: 4 });
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([good, good, good]);
  expect(await ask()).toEqual(good);
});
