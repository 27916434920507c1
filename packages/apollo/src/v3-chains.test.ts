import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from 'apollo-client-3/core/index.js';
import { BatchHttpLink } from 'apollo-client-3/link/batch-http/index.js';
import { setContext } from 'apollo-client-3/link/context/index.js';
import { onError } from 'apollo-client-3/link/error/index.js';
import { createPersistedQueryLink } from 'apollo-client-3/link/persisted-queries/index.js';
import { RetryLink } from 'apollo-client-3/link/retry/index.js';
import { failureOf } from '@holdfast/core';
import type { ResilienceOptions, Tokens } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer, RecordedRequest } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADD, HELLO } from './client.fixture.ts';
import { clientOf, httpClient } from './v3.fixture.ts';
import { ResilienceLink } from './v3.ts';

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer({ auth: { reject: '401' } });
});
afterEach(() => server.close());

function signedIn(accessToken: string = server.issueToken()): ResilienceOptions {
  const refresh = async (): Promise<Tokens> => ({ accessToken: server.issueToken() });
  return { auth: { tokens: { accessToken }, refresh } };
}

function coded(code: string): { readonly errors: readonly object[] } {
  return { errors: [{ message: code, extensions: { code } }] };
}

describe('BatchHttpLink', () => {
  const batching = (): BatchHttpLink => new BatchHttpLink({ uri: server.url, batchInterval: 1 });

  function namesIn({ body }: RecordedRequest): readonly string[] {
    const sent = JSON.parse(body) as readonly { variables: { name: string } }[];
    return sent.map(({ variables }) => variables.name).sort();
  }

  it('A6 T1 a batch that is refused costs one refresh, and goes again as a batch', async () => {
    const { client, events } = clientOf(batching(), signedIn('dead'));
    const all = await Promise.all(
      ['a', 'b', 'c'].map((name) => client.query({ query: HELLO, variables: { name } })),
    );
    expect(all.map(({ data }) => (data as { hello: string }).hello)).toEqual([
      'Hello, a!',
      'Hello, b!',
      'Hello, c!',
    ]);
    expect(server.requests.map(namesIn)).toEqual([
      ['a', 'b', 'c'],
      ['a', 'b', 'c'],
    ]);
    expect(events.filter(({ type }) => type === 'refresh_started').length).toBe(1);
  });

  it('F9 M1 a refusal that came for a batch does not prove that one of its mutations did not run', async () => {
    server.inject({ status: 401, body: coded('UNAUTHENTICATED') });
    const { client } = clientOf(batching(), signedIn());
    const both = await Promise.all(
      ['a', 'b'].map((name) =>
        client.mutate({ mutation: ADD, variables: { name } }).catch(failureOf),
      ),
    );
    for (const failure of both) {
      expect(failure).toMatchObject({ kind: 'unauthenticated', executed: undefined });
    }
    expect(server.requests.length).toBe(1);
  });
});

describe.each(['above', 'below'])('a persisted query link %s', (place) => {
  it('A6 F4 T1 a query that is missing is sent in full, after a 503 and with a new token', async () => {
    const byHash = ({ query }: RecordedRequest): boolean => query === undefined;
    server.inject([
      { status: 503 },
      { on: byHash, body: coded('PERSISTED_QUERY_NOT_FOUND'), times: Infinity },
    ]);
    const persisted = createPersistedQueryLink({ sha256: () => 'hash' });
    const http = new HttpLink({ uri: server.url });
    const { client, events } =
      place === 'above'
        ? clientOf(http, signedIn('dead'), persisted)
        : clientOf(persisted.concat(http), signedIn('dead'));
    const { data } = await client.query({ query: HELLO });
    expect(data).toEqual({ hello: 'Hello, world!' });
    const sent = server.requests.map((request) => (byHash(request) ? 'hash' : 'full'));
    // Below, each attempt asks by hash first; above, the replay keeps the text.
    const last = place === 'above' ? ['full'] : ['hash', 'full'];
    expect(sent).toEqual(['hash', 'hash', 'full', ...last]);
    expect(server.requests.at(-1)?.token).not.toBe('dead');
    expect(events.filter(({ type }) => type === 'refresh_started').length).toBe(1);
  });
});

describe('a RetryLink that was left in', () => {
  const retry = (): RetryLink =>
    new RetryLink({ delay: { initial: 1, jitter: false }, attempts: { max: 2 } });

  it('A6 above, it multiplies the attempts', async () => {
    server.inject({ status: 500, times: Infinity });
    const options: ResilienceOptions = { ...signedIn(), outage: false };
    const { client } = clientOf(new HttpLink({ uri: server.url }), options, retry());
    const error: unknown = await client.query({ query: HELLO }).catch((thrown: unknown) => thrown);
    expect(failureOf(error)).toMatchObject({ kind: 'server_error', stopped: 'attempts' });
    expect(server.requests.length).toBe(8);
  });

  it('A6 below, each attempt is several requests', async () => {
    server.inject({ status: 503, times: 3 });
    const { client } = clientOf(retry().concat(new HttpLink({ uri: server.url })), signedIn());
    const { data } = await client.query({ query: HELLO });
    expect(data).toEqual({ hello: 'Hello, world!' });
    expect(server.requests.length).toBe(4);
  });
});

it('A6 A4 onError above hears of what is final, and of nothing that was cured', async () => {
  const heard: unknown[] = [];
  const above = onError(({ graphQLErrors, networkError, operation }) => {
    heard.push([operation.operationName, graphQLErrors?.length, failureOf(networkError)?.kind]);
  });
  server.inject([{ status: 503 }, { status: 404, after: 1 }]);
  const { client } = clientOf(new HttpLink({ uri: server.url }), signedIn(), above);
  await client.query({ query: HELLO });
  expect(heard).toEqual([]);
  await client.mutate({ mutation: ADD, variables: { name: 'a' } }).catch(() => undefined);
  expect(heard).toEqual([['Add', undefined, 'not_found']]);
});

it('A6 a setContext below is asked at each attempt', async () => {
  let asked = 0;
  const below = setContext((_, { headers }) => ({
    headers: { ...(headers as Record<string, string>), 'x-asked': `${++asked}` },
  })).concat(new HttpLink({ uri: server.url }));
  const { client } = clientOf(below, signedIn('dead'));
  await client.query({ query: HELLO });
  expect(server.requests.map(({ headers }) => headers['x-asked'])).toEqual(['1', '2']);
  expect(server.requests.at(-1)?.token).not.toBe('dead');
});

it('A6 links of two branches may share one instance', async () => {
  const { resilience, events } = httpClient(server.url, signedIn('dead'));
  const branch = (): ApolloLink =>
    new ResilienceLink(resilience).concat(new HttpLink({ uri: server.url }));
  const client = new ApolloClient({
    link: ApolloLink.split(({ operationName }) => operationName === 'Hello', branch(), branch()),
    cache: new InMemoryCache(),
  });
  await Promise.all([
    client.query({ query: HELLO }),
    client.mutate({ mutation: ADD, variables: { name: 'a' } }),
  ]);
  expect(events.filter(({ type }) => type === 'refresh_started').length).toBe(1);
});
