import type { AuthOptions } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HELLO, httpClient, names, tokenFrom } from './client.fixture.ts';

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer({ auth: { reject: '401' } });
});
afterEach(() => server.close());

/** For what a busy machine takes long over. Milliseconds. */
const LONG = 120_000;
const timeout = { attempt: LONG, total: LONG };

function refreshing(): AuthOptions {
  return { refresh: () => tokenFrom(server.tokenUrl), refreshTimeout: LONG };
}

describe('E4 a thousand operations at once', { timeout: LONG }, () => {
  const thousand = names(1_000);

  it('T1 T3 E4 with a token known to be expired: one call, and each is sent once', async () => {
    const tokens = { accessToken: server.issueToken(), expiresAt: Date.now() - 1_000 };
    server.expireTokens();
    const { client } = httpClient(server.url, { timeout, auth: { ...refreshing(), tokens } });
    const results = await Promise.all(
      thousand.map((name) => client.query({ query: HELLO, variables: { name } })),
    );
    expect(results.map(({ data }) => data)).toEqual(
      thousand.map((name) => ({ hello: `Hello, ${name}!` })),
    );
    expect(server.tokenRequests.length).toBe(1);
    expect(server.requests.length).toBe(1_000);
  });

  it('T1 T2 E4 with a token that only the server knows to be dead: one call, one replay each', async () => {
    const tokens = { accessToken: server.issueToken() };
    server.expireTokens();
    const { client } = httpClient(server.url, { timeout, auth: { ...refreshing(), tokens } });
    await Promise.all(thousand.map((name) => client.query({ query: HELLO, variables: { name } })));
    expect(server.tokenRequests.length).toBe(1);
    const fresh = server.requests.filter(({ token }) => token !== tokens.accessToken);
    expect(fresh.length).toBe(1_000);
    expect(server.executions).toEqual({ hello: 1_000 });
  });
});
