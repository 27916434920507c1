import { startFaultServer } from '@holdfast/testing';
import { ApolloClient, gql, InMemoryCache } from 'apollo-client-3/core/index.js';
import type { ApolloLink } from 'apollo-client-3/core/index.js';
import { afterEach, expect, it, vi } from 'vitest';
import type { Resilience } from '@holdfast/core';
import { closing } from '../both-clients.ts';
import { run, sampleWith } from '../samples/samples.ts';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The chain of the page after the migration, with a dead token, and a token endpoint that answers so. */
async function play(tokenAnswers: readonly number[]) {
  const server = closing(await startFaultServer({ auth: {} }));
  const send = globalThis.fetch;
  const left = [...tokenAnswers];
  vi.stubGlobal('fetch', async (input: string, init?: RequestInit) => {
    if (input !== '/token') return send(server.url, init);
    const status = left.shift() ?? 200;
    return status === 200
      ? Response.json({ accessToken: server.issueToken() })
      : new Response(status === 400 ? '{"error":"invalid_grant"}' : '', { status });
  });
  const assign = vi.fn<(to: string) => void>();
  const sample = await run(sampleWith('docs/migrate/token-refresh-link.md', 'createResilience'), {
    loadTokens: async () => ({ accessToken: 'dead' }),
    location: { assign },
  });
  const client = new ApolloClient({
    link: sample['link'] as ApolloLink,
    cache: new InMemoryCache(),
  });
  const answer = await client.query({ query: gql('{ hello }'), errorPolicy: 'all' });
  const { status } = (sample['resilience'] as Resilience).session.get();
  (sample['resilience'] as Resilience).dispose();
  return { data: answer.data as unknown, status, left: assign.mock.calls };
}

it('T1 after the migration a dead token is renewed, and nobody leaves', async () => {
  const { data, status, left } = await play([]);
  expect([data, status, left]).toEqual([{ hello: 'Hello, world!' }, 'active', []]);
});

it('T6 after the migration a token endpoint that is down is waited for, and nobody leaves', async () => {
  const { data, status, left } = await play([503, 503]);
  expect([data, status, left]).toEqual([{ hello: 'Hello, world!' }, 'active', []]);
});

it.each([
  [401, 'signed-out'],
  [400, 'failed'],
])(
  'T7 T11 after the migration a %s of the token endpoint leads to the login page, once',
  async (code, expected) => {
    const { status, left } = await play([code]);
    expect([status, left]).toEqual([expected, [['/login']]]);
  },
);
