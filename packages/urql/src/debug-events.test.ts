import type { DebugEvent } from '@urql/core';
import { expect, it, vi } from 'vitest';
import { refresher, startClient, startServer } from './exchange.fixture.ts';

it('U5 the debug channel hears of refresh, retry, wait and giving up, and of no secret', async () => {
  const server = await startServer({ auth: true });
  const dead = { accessToken: 'secret-token' };
  const source = refresher(server);
  const { client } = startClient(server.url, {
    auth: { tokens: dead, refresh: source.refresh },
    retry: { attempts: 2 },
    outage: false,
  });
  const heard: DebugEvent[] = [];
  client.subscribeToDebugTarget?.((event) => {
    if (event.source === 'resilienceExchange') heard.push(event);
  });
  server.inject({ after: 1, status: 503, times: 2 });
  await client.query('query Hello { hello }', {});
  expect(heard.map(({ type }) => type)).toEqual(['retry', 'refresh', 'retry', 'wait', 'giveUp']);
  expect(heard.map(({ data }) => data as unknown)).toMatchObject([
    { type: 'retry', fresh: true, name: 'Hello' },
    { type: 'wait', reason: 'refresh' },
    { type: 'retry', fresh: false, failure: { kind: 'unavailable', status: 503 } },
    { type: 'wait', reason: 'backoff' },
    { type: 'gave_up', stopped: 'attempts' },
  ]);
  expect(heard.every(({ operation }) => operation.kind === 'query')).toBe(true);
  expect(JSON.stringify(heard)).not.toContain('secret-token');
});

it('U5 production hears nothing', async () => {
  vi.stubEnv('NODE_ENV', 'production');
  try {
    const server = await startServer({ faults: [{ status: 503 }] });
    const { client } = startClient(server.url);
    const heard: DebugEvent[] = [];
    client.subscribeToDebugTarget?.((event) => void heard.push(event));
    expect((await client.query('{ hello }', {})).error).toBeUndefined();
    expect(heard).toEqual([]);
  } finally {
    vi.unstubAllEnvs();
  }
});
