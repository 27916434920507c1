import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { createBreezeHandler, createFaultHandler, createTbintHandler } from './handlers.ts';
import { startFaultServer } from './start.ts';

const HELLO = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: '{ hello }' }),
};

const ADD = { ...HELLO, body: JSON.stringify({ query: 'mutation { add(name: "rope") { id } }' }) };

describe('a server without a port', () => {
  it('answers as the one with a port does', async () => {
    const faults = [{ status: 503, headers: { 'retry-after': '1' } }, { html: true as const }];
    const handler = await createFaultHandler({ faults });
    const server = await startFaultServer({ faults });
    const of = (response: Response): Promise<unknown> =>
      response.text().then((text) => [response.status, response.headers.get('retry-after'), text]);
    for (const path of ['/graphql', '/graphql', '/graphql', '/none']) {
      const own = await handler.fetch(handler.origin + path, HELLO).then(of);
      expect(own).toEqual(await fetch(server.origin + path, HELLO).then(of));
    }
    const statuses = [503, 500, 200];
    expect(handler.requests.map(({ status }) => status)).toEqual(statuses);
    expect(server.requests.map(({ status }) => status)).toEqual(statuses);
    expect(handler.executions).toEqual({ hello: 1 });
    await server.close();
  });

  it('hands out tokens and checks them', async () => {
    const handler = await createFaultHandler({
      auth: { reject: '401-empty', refreshTokens: true },
    });
    const answer = await handler.fetch(handler.tokenUrl, { method: 'POST' });
    const { access_token: token } = (await answer.json()) as { readonly access_token: string };
    const ask = (): Promise<Response> =>
      handler.fetch(handler.url, {
        ...HELLO,
        headers: { ...HELLO.headers, authorization: `Bearer ${token}` },
      });
    expect((await ask()).status).toBe(200);
    handler.expireTokens();
    expect((await ask()).status).toBe(401);
    expect(handler.tokenRequests).toHaveLength(1);
  });

  it('fails as a browser does where the connection is cut, and whether it ran shows', async () => {
    const handler = await createFaultHandler({
      faults: [{ reset: 'before' }, { reset: 'after-execute' }, { reset: 'body' }],
    });
    await expect(handler.fetch(handler.url, ADD)).rejects.toThrow(new TypeError('Failed to fetch'));
    expect(handler.executions).toEqual({});
    await expect(handler.fetch(handler.url, ADD)).rejects.toThrow(new TypeError('Failed to fetch'));
    expect(handler.executions).toEqual({ add: 1 });
    const half = await handler.fetch(handler.url, ADD);
    expect(half.status).toBe(200);
    await expect(half.text()).rejects.toThrow(TypeError);
    expect(handler.requests.map(({ status }) => status)).toEqual([undefined, undefined, undefined]);
  });

  it('answers without a body where a status has none', async () => {
    const handler = await createFaultHandler({ faults: [{ status: 204 }] });
    const response = await handler.fetch(handler.url, HELLO);
    expect([response.status, await response.text()]).toEqual([204, '']);
  });

  it('leaves no request without an end: an abort ends it, and so does close', async () => {
    const handler = await createFaultHandler({ faults: [{ hang: true, times: 2 }] });
    const abort = new AbortController();
    const aborted = handler.fetch(handler.url, { ...HELLO, signal: abort.signal });
    const hanging = handler.fetch(handler.url, HELLO);
    await handler.received(2);
    abort.abort(new Error('Enough.'));
    await expect(aborted).rejects.toThrow('Enough.');
    await handler.close();
    await expect(hanging).rejects.toThrow(TypeError);
    await expect(handler.fetch(handler.url, HELLO)).rejects.toThrow(TypeError);
  });

  it('tells the client where a function of the test throws', async () => {
    const handler = await createFaultHandler({
      faults: [
        {
          status: 503,
          on: () => {
            throw new Error('No.');
          },
        },
      ],
    });
    const response = await handler.fetch(handler.url, HELLO);
    expect([response.status, await response.text()]).toEqual([
      500,
      'The test server failed: Error: No.\n',
    ]);
  });

  it('is to be had of each emulator', async () => {
    const breeze = await createBreezeHandler();
    const refused = await breeze.fetch(breeze.url, HELLO);
    expect(await refused.text()).toContain('UNAUTHENTICATED');
    const tbint = await createTbintHandler();
    const login = await tbint.fetch(tbint.loginUrl, {
      method: 'POST',
      body: JSON.stringify({ username: tbint.username, password: tbint.password }),
    });
    expect(await login.json()).toEqual({ accessToken: expect.any(String) });
  });

  it('P1 needs nothing of Node', async () => {
    const { metafile } = await build({
      entryPoints: [fileURLToPath(new URL('handlers.ts', import.meta.url))],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'browser',
      format: 'esm',
      conditions: ['holdfast-source'],
      logLevel: 'silent',
    });
    const outside = Object.values(metafile.inputs).flatMap(({ imports }) =>
      imports.filter(({ external }) => external === true),
    );
    expect(outside).toEqual([]);
  });
});
