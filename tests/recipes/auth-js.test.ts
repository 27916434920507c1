import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Auth } from '@auth/core';
import type { AuthConfig } from '@auth/core';
import { encode } from '@auth/core/jwt';
import type { Resilience } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { clients } from '../../examples/report/src/client.ts';
import type { TestedClient } from '../../examples/report/src/client.ts';
import { closing } from '../both-clients.ts';
import { run, samplesOf } from '../samples/samples.ts';

const COOKIE = 'authjs.session-token';
const secret = 'a secret of the application';

const [onServer, inPage] = samplesOf('docs/recipes/auth-js.md');

/** An application's server with Auth.js in it. */
async function startSite(callbacks: NonNullable<AuthConfig['callbacks']>): Promise<string> {
  const config: AuthConfig = { providers: [], callbacks, secret, trustHost: true };
  const server = createServer(async (asked, response) => {
    const body = asked.method === 'POST' ? await text(asked) : undefined;
    const request = new Request(`http://${asked.headers.host}${asked.url}`, {
      method: asked.method ?? 'GET',
      headers: asked.headers as Record<string, string>,
      ...(body === undefined ? {} : { body }),
    });
    const answer = await Auth(request, { ...config, basePath: '/api/auth' });
    response.writeHead(answer.status, [...answer.headers].flat());
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** What a browser does for a page of that site: it finds paths there, and keeps the cookies. */
function browse(origin: string, cookies: Map<string, string>): void {
  const send = globalThis.fetch;
  vi.stubGlobal('fetch', async (input: string | URL | Request, init: RequestInit = {}) => {
    if (typeof input !== 'string' || !input.startsWith('/')) return send(input, init);
    const headers = new Headers(init.headers);
    headers.set('cookie', [...cookies].map((pair) => pair.join('=')).join('; '));
    const response = await send(origin + input, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/u.exec(line) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return response;
  });
}

afterEach(() => {
  vi.unstubAllGlobals();
});

describe.each(clients.map((make) => ({ name: make.name, make })))(
  'a session of Auth.js, with $name',
  ({ make }) => {
    interface World {
      readonly server: FaultServer;
      readonly cookies: Map<string, string>;
      readonly client: TestedClient;
      readonly resilience: Resilience;
    }

    /** A user who has signed in with Auth.js, and whose token is good for an hour. */
    async function signedIn(): Promise<World> {
      const server = closing(await startFaultServer({ auth: { refreshTokens: true } }));
      const reader = { tokenUrl: server.tokenUrl, clientId: 'web', clientSecret: 'secret' };
      const { callbacks } = await run(onServer!, reader);
      const token = {
        accessToken: server.issueToken(),
        refreshToken: server.issueRefreshToken(),
        expiresAt: Date.now() + 3_600_000,
      };
      const cookies = new Map([[COOKIE, await encode({ token, secret, salt: COOKIE })]]);
      browse(await startSite(callbacks as NonNullable<AuthConfig['callbacks']>), cookies);
      const { resilience } = (await run(inPage!)) as { resilience: Resilience };
      onTestFinished(() => resilience.dispose());
      return { server, cookies, client: make(resilience, server.url), resilience };
    }

    it('T1 T15 renews a dead token once for all, and again with the next refresh token', async () => {
      const { server, client } = await signedIn();
      for (const calls of [1, 2]) {
        server.expireTokens();
        const answers = await Promise.all([1, 2, 3].map(() => client.query('{ hello }')));
        expect(answers.map(({ error }) => error)).toEqual([undefined, undefined, undefined]);
        expect(server.tokenRequests).toHaveLength(calls);
      }
    });

    it('T6 waits for a token endpoint that is down, and keeps the cookie', async () => {
      const { server, cookies, client } = await signedIn();
      server.expireTokens();
      server.inject({ on: 'token', status: 503, times: 2 });
      const { error } = await client.query('{ hello }');
      expect(error).toBeUndefined();
      expect(server.tokenRequests.map(({ status }) => status)).toEqual([503, 503, 200]);
      expect(cookies.has(COOKIE)).toBe(true);
    });

    it('T11 is signed out where the refresh token is dead, and the cookie is gone', async () => {
      const { server, cookies, client, resilience } = await signedIn();
      server.revokeTokens();
      const { failure } = await client.query('{ hello }');
      expect(failure?.kind).toBe('unauthenticated');
      expect(resilience.session.get().status).toBe('signed-out');
      expect(cookies.has(COOKIE)).toBe(false);
      expect(server.tokenRequests).toHaveLength(1);
    });
  },
);
