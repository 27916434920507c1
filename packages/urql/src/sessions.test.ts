import { failureOf } from '@holdfast/core';
import type { Tokens } from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import { fetchExchange, Client, mapExchange } from '@urql/core';
import { describe, expect, it } from 'vitest';
import { ADD, HELLO, ITEMS } from './documents.fixture.ts';
import { deferred, refresher, startClient, startServer } from './exchange.fixture.ts';
import { resilienceExchange } from './index.ts';
import { listen, startLiveClient } from './live-client.fixture.ts';
import { coded, startLive } from './live-server.fixture.ts';

describe('signing out', () => {
  it('T11 while operations wait for a refresh ends them, and the tokens that come later serve nobody', async () => {
    const server = await startServer({ auth: true });
    const tokens = deferred<Tokens>();
    const { client, resilience, waiting } = startClient(server.url, {
      auth: { tokens: { accessToken: 'dead' }, refresh: () => tokens.promise },
    });
    const rejected = client.query(HELLO, {}).toPromise();
    await waiting('refresh');
    const unsent = client.mutation(ADD, { name: 'cleat' }).toPromise();
    resilience.session.signOut();
    tokens.resolve({ accessToken: server.issueToken() });
    expect(failureOf((await rejected).error)).toMatchObject({ kind: 'unauthenticated' });
    expect(failureOf((await unsent).error)).toMatchObject({
      kind: 'unauthenticated',
      executed: false,
      stopped: 'signed_out',
    });
    expect(server.requests).toHaveLength(1);
    const { error } = await client.query(ITEMS, {});
    expect(failureOf(error)?.kind).toBe('unauthenticated');
    expect(server.requests.at(-1)?.token).toBeUndefined();
    expect(resilience.session.get().status).toBe('signed-out');
  });

  it('T11b while a query waits to be tried again ends it: it is not sent for anybody else', async () => {
    const server = await startServer({ faults: [{ status: 503 }] });
    const clock = createTestClock();
    const { client, resilience, waiting } = startClient(server.url, {
      clock,
      auth: { tokens: { accessToken: 'alice' }, refresh: async () => undefined },
    });
    const query = client.query(HELLO, {}).toPromise();
    await waiting('backoff');
    resilience.session.signOut();
    resilience.session.signIn({ accessToken: 'bob' });
    expect(failureOf((await query).error)).toMatchObject({
      kind: 'unauthenticated',
      stopped: 'signed_out',
    });
    await client.query(ITEMS, {});
    expect(server.requests.map(({ token }) => token)).toEqual(['alice', 'bob']);
  });

  it('T11 S3 while a subscription waits for a refresh ends it', async () => {
    const server = await startLive('fetch');
    const tokens = deferred<Tokens>();
    const started = startLiveClient('fetch', server.url, {
      auth: { tokens: { accessToken: 'n0' }, refresh: () => tokens.promise },
    });
    const listener = listen(started);
    const stream = await server.started(1);
    stream.push(1, coded('UNAUTHENTICATED', ['ticks']));
    await started.waiting('refresh');
    await stream.closed;
    started.resilience.session.signOut();
    tokens.resolve({ accessToken: 'n1' });
    expect(failureOf((await listener.last).error)).toMatchObject({ kind: 'unauthenticated' });
    expect(server.asked()).toBe(1);
  });
});

it('T1 W7 E6 two clients that share an instance share its tokens and its limits', async () => {
  const server = await startServer({ auth: true });
  const source = refresher(server);
  const clock = createTestClock();
  const { client, resilience, waiting } = startClient(server.url, {
    clock,
    auth: { tokens: { accessToken: 'dead' }, refresh: source.refresh },
  });
  const delivered: unknown[] = [];
  const other = new Client({
    url: server.url,
    preferGetMethod: false,
    exchanges: [
      mapExchange({ onResult: ({ error }) => void delivered.push(error) }),
      resilienceExchange(resilience),
      fetchExchange,
    ],
  });
  const both = await Promise.all([client.query(HELLO, {}), other.query(HELLO, {})]);
  expect(both.map(({ error }) => error)).toEqual([undefined, undefined]);
  expect(source.calls).toBe(1);
  const before = server.requests.length;
  server.inject({ status: 429, headers: { 'retry-after': '3' } });
  const limited = client.query(ITEMS, {}).toPromise();
  await waiting('rate_limit');
  const queued = other.query(ITEMS, {}).toPromise();
  expect(resilience.activity.get()).toHaveLength(2);
  expect(server.requests).toHaveLength(before + 1);
  await clock.advanceAsync(10_000);
  expect((await limited).data?.items).toHaveLength(2);
  expect((await queued).data?.items).toHaveLength(2);
  expect(delivered).toEqual([undefined, undefined]);
});
