import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { createResilience, failureOf } from '@holdfast/core';
import type { AuthOptions, Tokens } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADD, HELLO, SHORT, clientOf, httpClient, names, tokenFrom } from './client.fixture.ts';
import { ResilienceLink } from './resilience-link.ts';

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer({ auth: { reject: '401' } });
});
afterEach(() => server.close());

const ME = gql`
  query Me {
    me {
      id
    }
  }
`;

function refreshing(): AuthOptions {
  return { refresh: () => tokenFrom(server.tokenUrl) };
}

describe('one refresh', () => {
  it('T1 T3 operations without a token wait for one call, and are sent once', async () => {
    const { client } = httpClient(server.url, { auth: refreshing() });
    await Promise.all(names(10).map((name) => client.query({ query: HELLO, variables: { name } })));
    expect(server.tokenRequests.length).toBe(1);
    expect(server.requests.length).toBe(10);
  });

  it('T1 T2 ten rejections at once cause one call', async () => {
    const tokens = { accessToken: server.issueToken() };
    server.expireTokens();
    const { client } = httpClient(server.url, { auth: { ...refreshing(), tokens } });
    await Promise.all(names(10).map((name) => client.query({ query: HELLO, variables: { name } })));
    expect(server.tokenRequests.length).toBe(1);
    expect(server.executions).toEqual({ hello: 10 });
  });

  it('T2 a late rejection of an older token is replayed at once, and causes no call', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const old = server.issueToken();
    const late = await startFaultServer({
      schema: {
        typeDefs: 'type Query { hello(name: String): String! }',
        resolvers: {
          Query: {
            hello: async (_: unknown, __: unknown, { token }: { token: string }) => {
              if (token === old) await held;
              return token;
            },
          },
        },
      },
    });
    // The held answer is a rejection in the end.
    late.inject({ status: 401, execute: true });
    const { client } = clientOf(
      ApolloLink.split(
        (operation) => operation.variables['name'] === 'late',
        new HttpLink({ uri: late.url }),
        new HttpLink({ uri: server.url }),
      ),
      { auth: { ...refreshing(), tokens: { accessToken: old } } },
    );
    const first = client.query({ query: HELLO, variables: { name: 'late' } });
    await late.received(1);
    server.expireTokens();
    await client.query({ query: HELLO, variables: { name: 'early' } });
    expect(server.tokenRequests.length).toBe(1);
    release();
    await first;
    expect(server.tokenRequests.length).toBe(1);
    expect(late.requests.length).toBe(2);
    expect(late.requests[1]?.token).not.toBe(old);
    await late.close();
  });

  it('T3 an operation that starts while a refresh runs waits for it', async () => {
    let answer: ((tokens: Tokens) => void) | undefined;
    const { client, resilience } = httpClient(server.url, {
      auth: {
        refresh: () =>
          new Promise((resolve) => {
            answer = resolve;
          }),
      },
    });
    const first = client.query({ query: HELLO, variables: { name: 'a' } });
    const second = Promise.resolve().then(() =>
      client.query({ query: HELLO, variables: { name: 'b' } }),
    );
    await Promise.resolve();
    const third = client.mutate({ mutation: ADD, variables: { name: 'c' } });
    await Promise.resolve();
    expect(resilience.activity.get().map(({ reason }) => reason)).toContain('refresh');
    expect(server.requests.length).toBe(0);
    answer?.({ accessToken: server.issueToken() });
    await Promise.all([first, second, third]);
    expect(server.requests.length).toBe(3);
  });

  it('T4 T4b R10 a new token that is rejected is final: the server’s own error', async () => {
    server.inject({ status: 401, times: Infinity, body: { errors: [{ message: 'never' }] } });
    const { client } = httpClient(server.url, { auth: refreshing() });
    const error: unknown = await client.query({ query: HELLO }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ statusCode: 401 });
    expect(failureOf(error)).toMatchObject({ kind: 'unauthenticated', attempts: 1 });
    expect(server.tokenRequests.length).toBe(1);
  });
});

describe('T8 a failed refresh', () => {
  const tokens = { accessToken: 'dead' };
  const refused = Object.assign(new Error('refused'), {
    status: 400,
    body: { error: 'invalid_grant' },
  });

  it('T8 R10 leaves each operation its own error, with the refresh as its cause', async () => {
    const { client } = httpClient(server.url, {
      auth: { tokens, refresh: () => Promise.reject(refused) },
    });
    const errors = await Promise.all(
      names(3).map((name) =>
        client.query({ query: HELLO, variables: { name } }).catch((error: unknown) => error),
      ),
    );
    expect(new Set(errors).size).toBe(3);
    for (const error of errors) {
      expect(failureOf(error)).toMatchObject({
        kind: 'unauthenticated',
        stopped: 'session_failed',
        cause: { code: 'invalid_grant' },
      });
    }
    const sent = server.requests.length;
    const { error } = await client.query({ query: HELLO, errorPolicy: 'all' });
    expect(failureOf(error)).toMatchObject({ executed: false, stopped: 'session_failed' });
    expect(server.requests.length).toBe(sent);
  });

  it('T8 a result that says UNAUTHENTICATED is delivered as it came', async () => {
    const lenient = await startFaultServer({ auth: { reject: 'field' } });
    const { client } = httpClient(lenient.url, {
      auth: { tokens, refresh: () => Promise.reject(refused) },
    });
    const { data, error } = await client.query({ query: ME, errorPolicy: 'all' });
    expect(data).toEqual({ me: null });
    expect(failureOf(error)).toMatchObject({
      stopped: 'session_failed',
      cause: { code: 'invalid_grant' },
    });
    await lenient.close();
  });
});

describe('T13 a refresh through the same client', () => {
  const SIGN_IN = gql`
    query SignIn {
      hello(name: "me")
    }
  `;

  function selfRefreshing(
    asOwn: boolean,
    refreshTimeout = 10_000,
  ): { client: ApolloClient; calls: () => number } {
    let calls = 0;
    const resilience = createResilience({
      retry: SHORT,
      auth: {
        tokens: { accessToken: 'dead' },
        refresh: async () => {
          calls += 1;
          const context = asOwn ? { resilience: { auth: false } } : {};
          await client.query({ query: SIGN_IN, context, fetchPolicy: 'network-only' });
          return { accessToken: server.issueToken() };
        },
        refreshTimeout,
      },
    });
    const client: ApolloClient = new ApolloClient({
      link: new ResilienceLink(resilience).concat(new HttpLink({ uri: server.url })),
      cache: new InMemoryCache(),
    });
    return { client, calls: () => calls };
  }

  it('T13 neither deadlocks nor loops', async () => {
    server.inject({ on: { operationName: 'SignIn' }, body: { data: { hello: 'token' } } });
    const { client, calls } = selfRefreshing(true);
    await Promise.all(names(3).map((name) => client.query({ query: HELLO, variables: { name } })));
    expect(calls()).toBe(1);
    const signIn = server.requests.filter(({ operationName }) => operationName === 'SignIn');
    expect(signIn.map(({ token }) => token)).toEqual([undefined]);
  });

  it('T13 T4 is refused only once where it is refused itself', async () => {
    const { client, calls } = selfRefreshing(true);
    const { error } = await client.query({ query: HELLO, errorPolicy: 'all' });
    expect(failureOf(error)).toMatchObject({ status: 401, stopped: 'session_failed' });
    expect(calls()).toBe(1);
    expect(server.requests.length).toBe(2);
  });

  it('T5 E4 ends after refreshTimeout where it waits for itself', async () => {
    const { client } = selfRefreshing(false, 20);
    const { error } = await client.query({ query: HELLO, errorPolicy: 'all' });
    expect(failureOf(error)).toMatchObject({ status: 401, stopped: 'session_failed' });
  });
});
