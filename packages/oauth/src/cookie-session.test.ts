import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { cookieSession } from './cookie-session.ts';
import { refreshRequest, rejection, startEndpoint } from './local-endpoint.fixture.ts';
import { instance, query, refreshed, type Api } from './session.fixture.ts';

afterEach(() => vi.unstubAllGlobals());

/** A site that keeps its session in a cookie: where it is renewed, and an API that takes nothing but the newest. */
async function site(statuses: readonly number[] = []): Promise<{
  url: string;
  api: Api;
  renewals: { method: string | undefined; headers: NodeJS.Dict<string | string[]> }[];
  /** Stands for the browser's jar, which Node's fetch does not have. */
  fetch: typeof globalThis.fetch;
  /** The credentials of each request. */
  credentials: (string | undefined)[];
}> {
  let newest = 'c1';
  let jar = 'c0';
  const left = [...statuses];
  const renewals: Awaited<ReturnType<typeof site>>['renewals'] = [];
  const credentials: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    const { method, headers } = request;
    if (request.url === '/graphql') {
      const isTaken = headers.cookie === newest && headers.authorization === undefined;
      response.writeHead(isTaken ? 200 : 401).end('{"data":{}}');
      return;
    }
    renewals.push({ method, headers });
    const status = left.shift() ?? 204;
    if (status === 204) newest = `c${renewals.length + 1}`;
    response.writeHead(status, { 'set-cookie': newest }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/auth/refresh`,
    renewals,
    credentials,
    api: async (headers) => {
      const response = await fetch(`${origin}/graphql`, { headers: { ...headers, cookie: jar } });
      return response.status;
    },
    fetch: async (input, init) => {
      credentials.push(init?.credentials);
      const response = await fetch(input, {
        ...init,
        headers: { ...(init?.headers as object), cookie: jar },
      });
      if (response.ok) jar = response.headers.getSetCookie()[0] ?? jar;
      return response;
    },
  };
}

describe('cookieSession', () => {
  it('T19 asks nobody before the API has rejected the cookie, then renews it once for all', async () => {
    const { url, api, fetch, renewals, credentials } = await site();
    const resilience = instance(cookieSession({ url, fetch }));
    const five = Array.from({ length: 5 }, () => query(resilience, api));
    expect(await Promise.all(five)).toEqual(Array.from({ length: 5 }, () => undefined));
    expect(renewals).toHaveLength(1);
    expect(renewals[0]).toMatchObject({ method: 'POST', headers: { cookie: 'c0' } });
    expect(renewals[0]?.headers['authorization']).toBeUndefined();
    expect(credentials).toEqual(['include']);
    expect(await query(resilience, api)).toBeUndefined();
    expect(renewals).toHaveLength(1);
    expect(resilience.session.get()).toMatchObject({ status: 'active', generation: 2 });
  });

  it('T11 T19 takes a visitor for one who has not signed in, until somebody signs in', async () => {
    const { url, api, fetch, renewals } = await site([401]);
    const auth = cookieSession({ url, fetch });
    const resilience = instance(auth);
    expect(await query(resilience, api)).toMatchObject({ kind: 'unauthenticated', status: 401 });
    expect(resilience.session.get().status).toBe('signed-out');
    expect(await query(resilience, async () => 200)).toBeUndefined();
    resilience.session.signIn(auth.tokens);
    expect(await query(resilience, api)).toBeUndefined();
    expect(renewals).toHaveLength(2);
  });

  it('T11 a sign-out is ended by a sign-in, whether or not the cookie was ever renewed', async () => {
    const auth = cookieSession({ refresh: async () => undefined });
    const resilience = instance(auth);
    expect(await query(resilience, async () => 200)).toBeUndefined();
    resilience.session.signOut();
    resilience.session.signIn(auth.tokens);
    expect(resilience.session.get().status).toBe('active');
    let asked = 0;
    expect(await query(resilience, async () => (asked++ === 0 ? 401 : 200))).toBeUndefined();
  });

  it.each([401, 403])('T7 fails for good where a renewed cookie ends with %i', async (status) => {
    const { url, api, fetch } = await site([204, status, 204]);
    const resilience = instance(cookieSession({ url, fetch }));
    expect(await query(resilience, api)).toBeUndefined();
    expect(await query(resilience, async () => 401)).toMatchObject({
      kind: 'unauthenticated',
      cause: { code: 'login_required', status, source: 'token-endpoint' },
    });
    expect(resilience.session.get().status).toBe('failed');
    await resilience.session.refresh();
    expect(resilience.session.get().status).toBe('active');
  });

  it('T7 other statuses may be the final ones', async () => {
    const { url, fetch } = await site([419]);
    const { refresh } = cookieSession({ url, fetch, finalStatuses: [419] });
    expect(await rejection(refresh!(refreshRequest()))).toMatchObject({
      status: 419,
      body: { error: 'login_required' },
    });
  });

  it('T6 holds on where it is down, and goes on when it is back', async () => {
    const { url, api, fetch, renewals } = await site([503]);
    const resilience = instance(cookieSession({ url, fetch }));
    expect(await query(resilience, api)).toBeUndefined();
    expect(renewals).toHaveLength(2);
  });

  it('T7 keeps the words of a refusal, and none of the header fields', async () => {
    const body = { error: 'gone', error_description: 'Token csrf-1 is gone' };
    const { url } = await startEndpoint({ status: 403, body });
    const { refresh } = cookieSession({ url, headers: { 'x-csrf-token': 'csrf-1' } });
    expect(await rejection(refresh!(refreshRequest()))).toMatchObject({
      message: `Token request to ${url} was refused: gone (Token [redacted] is gone), HTTP 403.`,
      body: { error: 'login_required', error_description: 'Token [redacted] is gone' },
    });
  });

  it('X1 asks for header fields each time, and follows no redirect', async () => {
    const other = await startEndpoint({ status: 204 });
    const { url, received } = await startEndpoint({
      status: 302,
      headers: { location: other.url },
    });
    const tokens = ['one', 'two'];
    const headers = async (): Promise<Record<string, string>> => ({
      'X-CSRF-Token': tokens.shift() ?? '',
    });
    const { refresh } = cookieSession({ url, headers });
    expect(await rejection(refresh!(refreshRequest()))).toMatchObject({ status: 302 });
    expect(await rejection(refresh!(refreshRequest()))).toMatchObject({ status: 302 });
    expect(received.map((request) => request.headers['x-csrf-token'])).toEqual(['one', 'two']);
    expect(other.received).toEqual([]);
  });

  it('T19 is renewed by whatever the application gives', async () => {
    const reasons: string[] = [];
    const auth = cookieSession({ refresh: async ({ reason }) => void reasons.push(reason) });
    const resilience = instance(auth);
    expect((await refreshed(resilience)).status).toBe('active');
    expect(reasons).toEqual(['requested']);
    const own = new Error('down');
    const failing = cookieSession({ refresh: () => Promise.reject(own) });
    expect(await rejection(failing.refresh!(refreshRequest()))).toBe(own);
  });

  it('T10 is renewed ahead of time where its lifetime is known', async () => {
    const auth = cookieSession({ refresh: async () => undefined, lifetime: 60_000 });
    expect(auth.lifetime).toBe(60_000);
  });

  it('P1 P4 finds a path by the page’s address, and says where there is none', async () => {
    const { url, received } = await startEndpoint({ status: 204 });
    const { refresh } = cookieSession({ url: '/oauth/token' });
    expect(await rejection(refresh!(refreshRequest()))).toEqual(
      new TypeError('url must be absolute where there is no page, but it is "/oauth/token".'),
    );
    vi.stubGlobal('location', { href: new URL('/app/page?x=1', url).href });
    await expect(refresh!(refreshRequest())).resolves.toBe('renewed');
    expect(received.map((request) => request.url)).toEqual(['/oauth/token']);
  });

  const both = 'Give either url or refresh: where the cookie is renewed, or what renews it.';
  it.each([
    [{}, both],
    [{ url: 'https://x.test', refresh: async () => undefined }, both],
    [
      { url: '//x.test/refresh' },
      'url must be an absolute http or https URL, but it is "//x.test/refresh".',
    ],
    [{ refresh: 'x' }, 'refresh must be a function that renews the cookie, but it is string.'],
    [
      { url: '/x', finalStatuses: 401 },
      'finalStatuses must be a list of HTTP statuses, but it is 401.',
    ],
    [{ url: '/x', headers: 'x' }, 'headers must be an object of strings, but it is a string.'],
    [
      { url: '/x', lifetime: -1 },
      'lifetime must be a positive number of milliseconds, but it is -1.',
    ],
  ])('X5 with %j says what is wrong', (bad, message) => {
    expect(() => cookieSession(bad as never)).toThrow(new TypeError(message));
  });
});
