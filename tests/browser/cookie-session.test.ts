import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';
import { launchBrowser } from './chromium.ts';
import type { Page } from './chromium.ts';
import { openSite } from './site.ts';

/** A page with a session in a cookie, on an API of another origin. */
const SCRIPT = `
  import { createResilience, failureOf, resilientFetch } from '@holdfast/fetch';
  import { cookieSession } from '@holdfast/oauth';
  const api = new URLSearchParams(location.search).get('api');
  const auth = cookieSession({ url: api + '/auth/refresh' });
  const resilience = createResilience({ auth });
  const fetch = resilientFetch(resilience);
  const ask = async () => {
    const body = JSON.stringify({ query: '{ hello }' });
    const response = await fetch(api + '/graphql', { method: 'POST', body, credentials: 'include' });
    return failureOf(response)?.kind ?? (await response.json()).data.hello;
  };
  globalThis.askThrice = () => Promise.all([ask(), ask(), ask()]);
  globalThis.signedIn = () => resilience.session.signIn(auth.tokens);
  globalThis.sessionStatus = () => resilience.session.get().status;
  globalThis.seen = () => document.cookie;
`;

interface Api {
  readonly origin: string;
  readonly renewals: number;
  /** No cookie can be renewed any more. */
  isOver: boolean;
  /** The cookie that it gave last is worth nothing from now on. */
  expire(): void;
}

/** Takes nothing but the newest cookie, which no script can see. */
async function startApi(): Promise<Api> {
  let newest = 1;
  const api = { origin: '', renewals: 0, isOver: false, expire: () => void newest++ };
  const server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', request.headers.origin ?? '*');
    response.setHeader('access-control-allow-credentials', 'true');
    const cookie = (): string => `session=${newest}; HttpOnly; Path=/`;
    if (request.url === '/sign-in') return void response.setHeader('set-cookie', cookie()).end();
    if (request.url === '/auth/refresh') {
      api.renewals++;
      if (api.isOver || request.headers.cookie === undefined) {
        return void response.writeHead(401).end();
      }
      return void response.setHeader('set-cookie', cookie()).writeHead(204).end();
    }
    const isTaken = request.headers.cookie === `session=${newest}`;
    response.setHeader('content-type', 'application/json');
    response.writeHead(isTaken ? 200 : 401).end('{"data":{"hello":"you"}}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  api.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return api;
}

async function openPage(api: Api): Promise<Page> {
  const { outputFiles } = await build({
    stdin: { contents: SCRIPT, resolveDir: fileURLToPath(new URL('.', import.meta.url)) },
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['holdfast-source', 'module', 'import'],
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  const [site, browser] = await Promise.all([openSite(outputFiles[0]!.text), launchBrowser()]);
  onTestFinished(async () => {
    await browser.close();
    await site.close();
  });
  const page = await browser.newPage();
  await page.goto(`${site.origin}/?api=${encodeURIComponent(api.origin)}`);
  return page;
}

const call = (page: Page, name: string): Promise<unknown> => page.evaluate(`globalThis.${name}()`);

it('T19 T1 in a browser a cookie that no page can see is renewed once for all, at another origin too', async () => {
  const api = await startApi();
  const page = await openPage(api);
  await page.evaluate(`fetch('${api.origin}/sign-in', { credentials: 'include' })`);
  expect(await call(page, 'askThrice')).toEqual(['you', 'you', 'you']);
  expect(api.renewals).toBe(0);
  api.expire();
  expect(await call(page, 'askThrice')).toEqual(['you', 'you', 'you']);
  expect(api.renewals).toBe(1);
  expect(await call(page, 'seen')).toBe('');
});

it('T7 T11 in a browser a session that is over waits for a sign-in', async () => {
  const api = await startApi();
  const page = await openPage(api);
  expect(await call(page, 'askThrice')).toEqual(Array(3).fill('unauthenticated'));
  expect([await call(page, 'sessionStatus'), api.renewals]).toEqual(['signed-out', 1]);
  await page.evaluate(`fetch('${api.origin}/sign-in', { credentials: 'include' })`);
  await call(page, 'signedIn');
  expect(await call(page, 'askThrice')).toEqual(['you', 'you', 'you']);
  api.expire();
  expect(await call(page, 'askThrice')).toEqual(['you', 'you', 'you']);
  api.expire();
  api.isOver = true;
  expect(await call(page, 'askThrice')).toEqual(Array(3).fill('unauthenticated'));
  expect(await call(page, 'sessionStatus')).toBe('failed');
});
