import { failureOf } from '@holdfast/core';
import { expect, it, vi } from 'vitest';
import { startClient, startServer } from './exchange.fixture.ts';

const auth = { tokens: { accessToken: 'ours' }, refresh: async () => undefined };

it.each([
  ['an object', { headers: { 'X-Mine': '1', Authorization: 'theirs' } }],
  ['a Headers', { headers: new Headers({ 'x-mine': '1', authorization: 'theirs' }) }],
  [
    'tuples',
    {
      headers: [
        ['x-mine', '1'],
        ['Authorization', 'theirs'],
      ] as [string, string][],
    },
  ],
  ['a function', () => ({ headers: { 'x-mine': '1', authorization: 'theirs' } })],
  ['a function of tuples', () => ({ headers: [['x-mine', '1']] as [string, string][] })],
])('U2 headers given as %s survive, and the token goes with them', async (_, fetchOptions) => {
  const server = await startServer({ faults: [{ status: 503 }] });
  const { client } = startClient(server.url, { auth });
  const result = await client.query('{ hello }', {}, { fetchOptions });
  expect(result.data).toEqual({ hello: 'Hello, world!' });
  const sent = server.requests.map(({ headers }) => [headers['x-mine'], headers['authorization']]);
  expect(sent).toEqual([
    ['1', 'Bearer ours'],
    ['1', 'Bearer ours'],
  ]);
});

it('U2 fetchOptions as a function are evaluated once for each attempt', async () => {
  const server = await startServer({ faults: [{ status: 503, times: 2 }] });
  const { client } = startClient(server.url);
  let calls = 0;
  const fetchOptions = (): RequestInit => ({ headers: { 'x-call': String(++calls) } });
  await client.query('{ hello }', {}, { fetchOptions });
  expect(server.requests.map(({ headers }) => headers['x-call'])).toEqual(['1', '2', '3']);
});

it('U2 all other fields of fetchOptions reach the request', async () => {
  const server = await startServer();
  const { client } = startClient(server.url, { auth });
  const given = vi.fn<typeof fetch>((input, init) => fetch(input, init));
  await client.query(
    '{ hello }',
    {},
    {
      fetch: given,
      fetchOptions: { credentials: 'include', keepalive: true },
    },
  );
  expect(given.mock.calls[0]?.[1]).toMatchObject({
    method: 'POST',
    credentials: 'include',
    keepalive: true,
    headers: { authorization: 'Bearer ours', 'content-type': 'application/json' },
  });
});

it("U1 the platform's fetch is looked up when it is called", async () => {
  const server = await startServer();
  const { client } = startClient(server.url);
  const real = globalThis.fetch;
  const late = vi.fn<typeof fetch>((input, init) => real(input, init));
  vi.stubGlobal('fetch', late);
  try {
    await client.query('{ hello }', {});
  } finally {
    vi.unstubAllGlobals();
  }
  expect(late).toHaveBeenCalledTimes(1);
});

it('R9 fetchOptions that throw fail the operation with what they threw', async () => {
  const server = await startServer();
  const { client } = startClient(server.url);
  const problem = new Error('no options today');
  const fetchOptions = (): RequestInit => {
    throw problem;
  };
  const result = await client.query('{ hello }', {}, { fetchOptions });
  expect(result.error?.networkError).toBe(problem);
  expect(failureOf(result.error)).toMatchObject({ stopped: 'not_retryable' });
  expect(server.requests).toHaveLength(0);
});

it('R9 U2 fetchOptions that throw once are not asked a second time for the same attempt', async () => {
  const server = await startServer();
  const { client } = startClient(server.url);
  let calls = 0;
  const fetchOptions = (): RequestInit => {
    if (calls++ === 0) throw new Error('no options yet');
    return {};
  };
  const result = await client.query('{ hello }', {}, { fetchOptions });
  expect(result.error?.networkError?.message).toBe('no options yet');
  expect([calls, server.requests.length]).toEqual([1, 0]);
});

it('U1 the status of an answer with data and no error is seen', async () => {
  const body = { data: { hello: null } };
  const server = await startServer({ faults: [{ status: 503, body }] });
  const { client, events } = startClient(server.url);
  const result = await client.query('{ hello }', {});
  expect(result.data).toEqual(body.data);
  expect(events.find(({ type }) => type === 'gave_up')).toMatchObject({
    failure: { kind: 'unavailable', status: 503 },
    stopped: 'delivered_data',
  });
});

it('U1 an answer with a failing status and null data is tried again', async () => {
  const server = await startServer({ faults: [{ status: 503, body: { data: null } }] });
  const { client } = startClient(server.url);
  expect((await client.query('{ hello }', {})).data).toEqual({ hello: 'Hello, world!' });
  expect(server.requests).toHaveLength(2);
});

it('U1 an empty list of errors is no failure', async () => {
  const body = { data: { hello: 'you' }, errors: [] };
  const server = await startServer({ faults: [{ body }] });
  const { client, events } = startClient(server.url);
  const result = await client.query('{ hello }', {});
  expect(result).toMatchObject({ data: { hello: 'you' }, error: { graphQLErrors: [] } });
  expect(events.map(({ type }) => type)).not.toContain('gave_up');
});
