import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { createResilience, failureOf } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer, RecordedRequest } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HELLO, SHORT } from './client.fixture.ts';
import { ResilienceLink } from './resilience-link.ts';

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer({ auth: { reject: '401' } });
});
afterEach(() => server.close());

const byHash = ({ query }: RecordedRequest): boolean => query === undefined;
const inFull = (request: RecordedRequest): boolean => !byHash(request);

function answered(code: string): { errors: readonly object[] } {
  return { errors: [{ message: code, extensions: { code } }] };
}

function sent(): readonly string[] {
  return server.requests.map((request) => (byHash(request) ? 'hash' : 'full'));
}

describe.each(['above', 'below'])('PersistedQueryLink %s', (place) => {
  function client(token: string = server.issueToken()): ApolloClient {
    const resilience = new ResilienceLink(
      createResilience({
        retry: SHORT,
        auth: {
          tokens: { accessToken: token },
          refresh: async () => ({ accessToken: server.issueToken() }),
        },
      }),
    );
    const persisted = new PersistedQueryLink({ sha256: () => 'hash' });
    const links = place === 'above' ? [persisted, resilience] : [resilience, persisted];
    return new ApolloClient({
      link: ApolloLink.from([...links, new HttpLink({ uri: server.url })]),
      cache: new InMemoryCache(),
    });
  }

  it('A6 F4 a query that is missing on the retried attempt is sent in full', async () => {
    server.inject([
      { status: 503 },
      { on: byHash, body: answered('PERSISTED_QUERY_NOT_FOUND'), times: Infinity },
      { on: inFull, status: 503 },
    ]);
    const { data } = await client().query({ query: HELLO });
    expect(data).toEqual({ hello: 'Hello, world!' });
    // Below, each attempt asks by hash first; above, the retry keeps the text.
    const again = place === 'above' ? ['full'] : ['hash', 'full'];
    expect(sent()).toEqual(['hash', 'hash', 'full', ...again]);
  });

  it('A6 T1 a query that is missing after a refresh is sent in full, with the new token', async () => {
    server.inject({
      on: (request) => byHash(request) && request.token !== 'dead',
      body: answered('PERSISTED_QUERY_NOT_FOUND'),
      times: Infinity,
    });
    const { data } = await client('dead').query({ query: HELLO });
    expect(data).toEqual({ hello: 'Hello, world!' });
    expect(sent()).toEqual(['hash', 'hash', 'full']);
    const [first, second, third] = server.requests.map(({ token }) => token);
    expect(first).toBe('dead');
    expect(third).toBe(second);
  });

  it('A6 T1 a token that dies between hash and text is refreshed once', async () => {
    server.inject({ on: byHash, body: answered('PERSISTED_QUERY_NOT_FOUND'), times: Infinity });
    server.inject({ on: inFull, status: 401 });
    const { data } = await client().query({ query: HELLO });
    expect(data).toEqual({ hello: 'Hello, world!' });
    expect(new Set(server.requests.map(({ token }) => token)).size).toBe(2);
  });

  it('A6 F4 a server that knows no persisted queries is asked in full', async () => {
    server.inject({ on: byHash, body: answered('PERSISTED_QUERY_NOT_SUPPORTED') });
    const apollo = client();
    await apollo.query({ query: HELLO });
    await apollo.query({ query: HELLO, fetchPolicy: 'network-only' });
    expect(sent()).toEqual(['hash', 'full', 'full']);
  });

  it('F4 R3 what is missing for ever is delivered', async () => {
    server.inject({ body: answered('PERSISTED_QUERY_NOT_FOUND'), times: Infinity });
    const { error } = await client().query({ query: HELLO, errorPolicy: 'all' });
    expect(sent()).toEqual(['hash', 'full']);
    expect(error?.message).toContain('PERSISTED_QUERY_NOT_FOUND');
    expect(failureOf(error)?.stopped).not.toBe('attempts');
  });
});
