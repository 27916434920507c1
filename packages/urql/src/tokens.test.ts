import { failureOf, ResilienceError } from '@holdfast/core';
import { tbint } from '@holdfast/profiles';
import type { Tokens } from '@holdfast/core';
import type { Client } from '@urql/core';
import { expect, it } from 'vitest';
import {
  deferred,
  refresher,
  startClient,
  startServer,
  startTbintServer,
} from './exchange.fixture.ts';

const HELLO = 'query Hello($name: String) { hello(name: $name) }';

/** For what a busy machine takes long over. Milliseconds. */
const LONG = 120_000;

it(
  'E4 T1 a thousand operations on an expired token make one token call, and each is sent once after',
  async () => {
    const server = await startServer({ auth: true });
    const tokens = { accessToken: server.issueToken() };
    server.expireTokens();
    const source = refresher(server);
    const { client } = startClient(server.url, {
      auth: { tokens, refresh: source.refresh, refreshTimeout: LONG },
      timeout: { attempt: LONG, total: LONG },
    });
    const names = Array.from({ length: 1_000 }, (_, index) => `n${index}`);
    let results = 0;
    const answers = names.map((name) =>
      client.query(HELLO, { name }).then((result) => {
        results++;
        return result.data?.hello as string;
      }),
    );
    expect(await Promise.all(answers)).toEqual(names.map((name) => `Hello, ${name}!`));
    expect(results).toBe(1_000);
    expect(server.tokenRequests).toHaveLength(1);
    const fresh = server.requests.filter(({ token }) => token !== tokens.accessToken);
    expect(fresh).toHaveLength(1_000);
    expect(new Set(fresh.map(({ variables }) => variables?.['name'])).size).toBe(1_000);
    expect(server.requests.length).toBeLessThanOrEqual(2_000);
  },
  LONG,
);

it('T2 a late rejection over a real socket causes no token call', async () => {
  const server = await startServer({ auth: { reject: '401' } });
  const tokens = { accessToken: server.issueToken() };
  server.expireTokens();
  const source = refresher(server);
  const { client } = startClient(server.url, { auth: { tokens, refresh: source.refresh } });
  const release = deferred<void>();
  const slow: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    await release.promise;
    return response;
  };
  const late = client.query(HELLO, { name: 'late' }, { fetch: slow }).toPromise();
  await server.received(1);
  const quick = await client.query(HELLO, { name: 'quick' });
  expect(quick.data).toEqual({ hello: 'Hello, quick!' });
  release.resolve();
  expect((await late).data).toEqual({ hello: 'Hello, late!' });
  expect(server.tokenRequests).toHaveLength(1);
  expect(server.requests).toHaveLength(4);
});

it('T3 operations that start while a refresh runs wait for it, and are sent once', async () => {
  const server = await startServer({ auth: true });
  const answer = deferred<Tokens>();
  const { client, heard } = startClient(server.url, { auth: { refresh: () => answer.promise } });
  const first = client.query(HELLO, { name: 'a' }).toPromise();
  await heard('refresh_started');
  const second = client.mutation('mutation { add(name: "cleat") { id } }', {}).toPromise();
  expect(server.requests).toHaveLength(0);
  answer.resolve({ accessToken: server.issueToken() });
  expect((await first).error).toBeUndefined();
  expect((await second).error).toBeUndefined();
  expect(server.requests).toHaveLength(2);
});

it('T8 when the refresh fails, who was sent gets its own error, and who was not a ResilienceError', async () => {
  const server = await startServer({ auth: true });
  const failing = deferred<never>();
  const { client, heard } = startClient(server.url, {
    auth: { tokens: { accessToken: 'dead' }, refresh: () => failing.promise },
  });
  const sent = client.query(HELLO, { name: 'sent' }).toPromise();
  await heard('refresh_started');
  const unsent = client.query(HELLO, { name: 'unsent' }).toPromise();
  failing.reject({ status: 400, body: { error: 'invalid_grant' } });
  const original = (await sent).error;
  expect(original?.graphQLErrors[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(failureOf(original)).toMatchObject({
    kind: 'unauthenticated',
    stopped: 'session_failed',
    cause: { source: 'token-endpoint', code: 'invalid_grant' },
  });
  const { error } = await unsent;
  expect(error?.networkError).toBeInstanceOf(ResilienceError);
  expect(failureOf(error)).toMatchObject({
    kind: 'unauthenticated',
    executed: false,
    stopped: 'session_failed',
  });
  expect(server.requests).toHaveLength(1);
});

it('T13 a refresh through the same client neither waits for itself nor carries a token', async () => {
  const server = await startServer({ auth: { reject: 'field' } });
  const refresh = async (): Promise<Tokens> => {
    const result = await client.mutation(
      'mutation SignIn { add(name: "session") { id } }',
      {},
      { resilience: { auth: false } },
    );
    expect(result.error).toBeUndefined();
    return { accessToken: server.issueToken() };
  };
  const { client }: { client: Client } = startClient(server.url, {
    auth: { tokens: { accessToken: 'dead' }, refresh },
  });
  const result = await client.query('{ me { name } }', {});
  expect(result.data).toEqual({ me: { name: 'Ada', __typename: undefined } });
  const signIn = server.requests.find(({ operationName }) => operationName === 'SignIn');
  expect(signIn?.token).toBeUndefined();
  expect(server.requests).toHaveLength(3);
});

it('T2 a dead TBInt token, a 403 without a body, is replaced', async () => {
  const server = await startTbintServer();
  const old = server.issueToken();
  server.expireTokens();
  const { client, events } = startClient(server.urls.products, {
    profile: tbint,
    auth: {
      tokens: { accessToken: old },
      headers: ({ accessToken }) => ({ accessToken }),
      refresh: async () => ({ accessToken: server.issueToken() }),
    },
  });
  const result = await client.query('{ __typename }', {});
  expect(result.data).toBeDefined();
  expect(server.requests.map(({ status }) => status)).toEqual([403, 200]);
  expect(events.filter(({ type }) => type === 'refresh_started')).toHaveLength(1);
});

it('F10 one TBInt order that is not ours keeps no dead token from being replaced', async () => {
  const server = await startTbintServer();
  let logins = 0;
  const { client } = startClient(server.urls.products, {
    profile: tbint,
    auth: {
      tokens: { accessToken: server.issueToken() },
      refresh: async () => {
        logins++;
        return { accessToken: server.issueToken() };
      },
    },
  });
  const document = 'query ($ours: Boolean!) { __typename mine: __typename @include(if: $ours) }';
  const ask = (ours: boolean) =>
    client.query(document, { ours }, { requestPolicy: 'network-only' }).toPromise();
  server.setPermissions([]);
  for (let poll = 0; poll < 5; poll++) {
    expect(failureOf((await ask(false)).error)?.kind).toBe('forbidden');
  }
  expect(logins).toBe(1);
  server.setPermissions(['products']);
  server.expireTokens();
  expect((await ask(true)).error).toBeUndefined();
  expect(logins).toBe(2);
});
