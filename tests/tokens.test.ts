import { breeze } from '@holdfast/profiles';
import type { ResilienceOptions } from '@holdfast/core';
import { clientCredentials } from '@holdfast/oauth';
import { startBreeze, startFaultServer } from '@holdfast/testing';
import type { BreezeServer } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { everyClient, closing } from './both-clients.ts';

const ME = 'query Me { Me { _id } }';
const ME_THERE = 'query Me { me { id } }';
const TEMPLATES =
  'query Templates($page: Int) { CredentialTemplatesV2(tenantIds: ["tenant-1"], pagination: { page: $page }) { page } }';

function signedIn(server: BreezeServer, more: ResilienceOptions = {}): ResilienceOptions {
  const { tokenUrl: url, clientId, clientSecret } = server;
  const refresh = clientCredentials({ url, clientId, clientSecret, body: 'json' });
  return { profile: breeze, auth: { refresh }, ...more };
}

describe.each(everyClient)('tokens with $client', ({ connect }) => {
  // On a busy machine two thousand real requests take their time.
  const patient = { attempt: 110_000, total: 110_000 };
  it(
    'T1 T3 a thousand operations at once on an expired token cost one token call, and each is sent once after it',
    { timeout: 120_000 },
    async () => {
      const server = closing(await startBreeze());
      const { auth, ...more } = signedIn(server, { timeout: patient });
      const { client } = connect(server.url, {
        ...more,
        auth: { ...auth, refreshTimeout: 110_000 },
      });
      await client.query(ME);
      server.expireTokens();
      const answers = await Promise.all(
        Array.from({ length: 1_000 }, (_, index) =>
          client.query(TEMPLATES, { variables: { page: index + 1 } }),
        ),
      );
      expect(answers.filter(({ error }) => error !== undefined)).toEqual([]);
      expect(server.tokenRequests).toHaveLength(2);
      const fresh = server.requests.at(-1)?.token;
      const sentFresh = server.requests.filter(({ token }) => token === fresh);
      expect(sentFresh).toHaveLength(1_000);
      const pages = sentFresh.map(({ variables }) => (variables as { page: number }).page);
      expect(new Set(pages).size).toBe(1_000);
    },
  );

  it('T4b tokens of another environment cost two token calls at most, ten at once and ten in turn', async () => {
    const own = closing(await startFaultServer({ auth: true }));
    const other = closing(await startFaultServer({}));
    const refresh = clientCredentials({ url: other.tokenUrl, clientId: 'a', clientSecret: 'b' });
    const auth = { tokens: { accessToken: 'old' }, refresh };
    const { client } = connect(own.url, { auth, retry: { budget: false } });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => client.query(`query Q${index} { hello }`)),
    );
    for (let turn = 0; turn < 10; turn++) answers.push(await client.query(ME_THERE));
    expect(other.tokenRequests.length).toBeLessThanOrEqual(2);
    expect(own.requests.length).toBeLessThanOrEqual(30);
    for (const { codes, failure } of answers) {
      expect(codes).toEqual(['UNAUTHENTICATED']);
      expect(failure?.advice).toMatch(/environment/);
    }
  });

  it('T2 a late rejection after a finished refresh causes no token call', async () => {
    const server = closing(await startBreeze());
    const { client } = connect(server.url, signedIn(server));
    await client.query(ME);
    server.expireTokens();
    server.inject({ on: { operationName: 'Templates' }, delay: 200 });
    const late = client.query(TEMPLATES);
    await server.received(2);
    const early = await client.query(ME);
    const { error } = await late;
    expect([early.error, error]).toEqual([undefined, undefined]);
    expect(server.tokenRequests).toHaveLength(2);
  });

  it('T7 T8 a wrong secret fails everything at once, with the words of the server', async () => {
    const server = closing(await startBreeze());
    const options = signedIn(server);
    server.rotateSecret();
    const { client } = connect(server.url, options);
    const answers = await Promise.all([
      client.query(ME),
      client.query(ME),
      client.query(TEMPLATES),
    ]);
    const later = await client.query(ME);
    for (const { failure } of [...answers, later]) {
      expect(failure).toMatchObject({
        kind: 'unauthenticated',
        executed: false,
        stopped: 'session_failed',
        cause: { source: 'token-endpoint', code: 'invalid_client' },
      });
    }
    expect(server.tokenRequests).toHaveLength(1);
    expect(server.requests).toHaveLength(0);
  });

  it('T8 an operation that was rejected gets its own answer when the refresh fails', async () => {
    const server = closing(await startBreeze());
    const { client } = connect(server.url, signedIn(server));
    await client.query(ME);
    server.expireTokens();
    server.expireClient();
    const answer = await client.query(ME);
    expect(answer.codes).toEqual(['UNAUTHENTICATED']);
    expect(answer.failure).toMatchObject({
      stopped: 'session_failed',
      cause: { code: 'invalid_client' },
    });
  });

  it('T11 after a sign-out operations go unsigned, and nothing is refreshed', async () => {
    const server = closing(await startBreeze());
    const { client, resilience } = connect(server.url, signedIn(server));
    await client.query(ME);
    resilience.session.signOut();
    const answer = await client.query(ME);
    expect(answer.codes).toEqual(['UNAUTHENTICATED']);
    expect(server.requests.at(-1)?.token).toBeUndefined();
    expect(server.tokenRequests).toHaveLength(1);
  });

  it('T13 an operation with auth: false goes without a token while a refresh hangs', async () => {
    const server = closing(await startFaultServer({}));
    const { client } = connect(server.url, {
      auth: { refresh: () => new Promise(() => {}) },
    });
    const answer = await client.query('{ hello }', { resilience: { auth: false } });
    expect(answer.error).toBeUndefined();
    expect(server.requests[0]?.token).toBeUndefined();
  });

  it('M2 a mutation with data beside UNAUTHENTICATED is not sent again, though the token is renewed', async () => {
    const server = closing(await startFaultServer({}));
    server.inject({
      body: {
        data: { add: null, rename: { id: '1' } },
        errors: [
          { message: 'Token expired', path: ['add'], extensions: { code: 'UNAUTHENTICATED' } },
        ],
      },
      status: 200,
      contentType: 'application/json',
    });
    const { client } = connect(server.url, {
      auth: { tokens: { accessToken: 'old' }, refresh: async () => ({ accessToken: 'new' }) },
    });
    const answer = await client.mutate('mutation { add(name: "a") { id } }');
    expect(server.requests).toHaveLength(1);
    expect(answer.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'unsafe_mutation' });
  });
});
