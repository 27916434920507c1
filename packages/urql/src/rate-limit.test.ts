import { failureOf } from '@holdfast/core';
import { breeze } from '@holdfast/profiles';
import { createTestClock } from '@holdfast/testing';
import { expect, it } from 'vitest';
import { startBreezeServer, startClient, startServer } from './exchange.fixture.ts';

const LIMIT = { status: 429, headers: { 'retry-after': '5' } };

it('W7 U4 one limit holds all operations back, remounted ones too, and opens in order', async () => {
  const server = await startServer({ faults: [LIMIT] });
  const clock = createTestClock();
  const { client, heard, resilience } = startClient(server.url, { clock });
  const first = client.query('query First { hello }', {}).toPromise();
  await heard('scope_closed');
  const second = client.query('query Second { hello }', {});
  const { unsubscribe } = second.subscribe(() => {});
  const third = client.mutation('mutation Third { add(name: "cleat") { id } }', {}).toPromise();
  unsubscribe();
  const again = second.toPromise();
  expect(resilience.limits.get()).toMatchObject([{ waiting: 3 }]);
  await clock.advanceAsync(4_999);
  expect(server.requests).toHaveLength(1);
  await clock.advanceAsync(10_001);
  const results = await Promise.all([first, third, again]);
  expect(results.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
  expect(server.requests.map(({ operationName }) => operationName)).toEqual([
    'First',
    'First',
    'Third',
    'Second',
  ]);
});

it('W4 a limit beyond the longest wait is delivered at once, and the next operation is not sent', async () => {
  const server = await startServer({
    faults: [{ status: 429, headers: { 'retry-after': '600' } }],
  });
  const { client } = startClient(server.url);
  const { error } = await client.query('{ hello }', {});
  expect(error?.response?.status).toBe(429);
  expect(failureOf(error)).toMatchObject({ kind: 'rate_limited', stopped: 'wait_too_long' });
  const next = await client.query('{ items { id } }', {});
  expect(failureOf(next.error)).toMatchObject({ stopped: 'wait_too_long', executed: false });
  expect(server.requests).toHaveLength(1);
});

it('W8 U1 a success whose headers say that nothing is left closes the scope', async () => {
  const server = await startBreezeServer({ limit: 1, window: 300 });
  const { client, resilience } = startClient(server.url, {
    profile: breeze,
    auth: { tokens: { accessToken: server.issueToken() }, refresh: async () => undefined },
  });
  expect((await client.query('{ __typename }', {})).error).toBeUndefined();
  expect(resilience.limits.get()).toHaveLength(1);
});
