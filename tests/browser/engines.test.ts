import { startFaultServer } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { AuthorizationServer } from '../servers/authorization-server.ts';
import type { EngineBrowser, EnginePage } from './engine.ts';
import { engines } from './engines.ts';
import type { Ended, TabOptions } from './page/tab.ts';
import { bundle, openSite } from './site.ts';

const GOOD = { data: { hello: 'Hello, world!' } };

// What there is to show of Chromium is in the other files.
const others = engines.filter(({ name }) => name !== 'Chromium');
const rows = await Promise.all(
  others.map(async (engine) => ({ ...engine, reason: await engine.missing() })),
);

const script = await bundle();

interface App {
  readonly first: EnginePage;
  readonly second: EnginePage;
  readonly server: AuthorizationServer;
}

/** Two tabs of one browser with one session, whose access token has expired. */
async function opened(browser: EngineBrowser, options: Pick<TabOptions, 'storage'>): Promise<App> {
  const site = await openSite(script);
  onTestFinished(() => site.close());
  const server = new AuthorizationServer(site.origin);
  site.answer = server.answer;
  const api = await startFaultServer({ auth: { valid: (token) => server.accepts(token) } });
  onTestFinished(() => api.close());
  const tokens = await server.signIn();
  const open = async (client: TabOptions['client']): Promise<EnginePage> => {
    const page = await browser.openPage(site.origin);
    onTestFinished(() => page.close());
    const token = `${site.origin}/token?tab=${client}`;
    const started = { client, graphql: api.url, token, tokens, ...options };
    await page.evaluate((given) => tab.start(given), started);
    return page;
  };
  return { first: await open('apollo'), second: await open('urql'), server };
}

function ask(page: EnginePage): Promise<Ended[]> {
  return page.evaluate((query) => tab.ask(query), '{ hello }');
}

function status(page: EnginePage): Promise<string> {
  return page.evaluate(() => tab.state.status, undefined);
}

/** Locks that the whole browser holds or waits for, but for those by which tabs show that they are there. */
function locks(page: EnginePage): Promise<(string | undefined)[]> {
  return page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    const names = [...held, ...pending].map(({ name }) => name);
    return names.filter((name) => name !== 'holdfast:app:tab');
  }, undefined);
}

const patient = { timeout: 60_000 };
const modes = [
  ['memory', {}],
  ['localStorage', { storage: 'localStorage' }],
] as const;

describe.each(rows)('$name', ({ reason, launch }) => {
  let browser: EngineBrowser | undefined;
  beforeAll(async () => {
    if (reason === undefined) browser = await launch();
  }, 300_000);
  afterAll(() => browser?.close());

  it.for(modes)(
    'T1 T14 T11 two tabs renew by one call, under the platform’s lock, and sign out together: %s',
    { timeout: 300_000 },
    async ([, options], { skip }) => {
      if (browser === undefined) return skip(reason);
      const { first, second, server } = await opened(browser, options);
      const held = new Promise<() => void>((resolve) => {
        server.onRequest = ({ proceed }) => resolve(proceed);
      });
      const answers = Promise.all([ask(first), ask(second)]);
      const proceed = await held;
      // One has the lease, and the other waits for it.
      const lease = 'holdfast:app:lease';
      await expect.poll(() => locks(second), patient).toEqual([lease, lease]);
      proceed();
      expect(await answers).toEqual([[GOOD], [GOOD]]);
      expect([server.calls.length, server.reuses]).toEqual([1, 0]);
      await first.evaluate(() => tab.resilience!.session.signOut(), undefined);
      await expect.poll(() => status(second), patient).toBe('signed-out');
      expect(await ask(second)).toMatchObject([{ failure: { kind: 'unauthenticated' } }]);
    },
  );

  it(
    'T14 the lease of a tab that is closed goes to the next at once',
    { timeout: 300_000 },
    async ({ skip }) => {
      if (browser === undefined) return skip(reason);
      const { first, second } = await opened(browser, {});
      await first.evaluate(() => void tab.share!.lease!(() => new Promise(() => {})), undefined);
      await expect.poll(() => locks(second), patient).toEqual(['holdfast:app:lease']);
      const leased = second.evaluate(() => tab.share!.lease!(async () => 'had'), undefined);
      await first.close();
      expect(await leased).toBe('had');
    },
  );

  it.for(['apollo', 'urql'] as const)(
    'F8 P2 R1 a connection that is reset inside an answer is a lost one, and a query goes on: %s',
    { timeout: 300_000 },
    async (client, { skip }) => {
      if (browser === undefined) return skip(reason);
      const site = await openSite(script);
      onTestFinished(() => site.close());
      let reset: (() => void) | undefined;
      site.answer = ({ url, socket }, response) => {
        if (url !== '/graphql') return false;
        response.setHeader('content-type', 'application/json');
        if (reset !== undefined) response.end(JSON.stringify({ data: GOOD.data }));
        else response.write('{"data":');
        reset ??= () => socket.resetAndDestroy();
        return true;
      };
      const page = await browser.openPage(site.origin);
      onTestFinished(() => page.close());
      const started = { client, graphql: `${site.origin}/graphql`, token: `${site.origin}/token` };
      await page.evaluate((given) => {
        const send = fetch;
        globalThis.fetch = async (...request) => {
          const response = await send(...request);
          tab.outcome = 'answered';
          return response;
        };
        tab.start(given);
      }, started);
      const answer = ask(page);
      await expect
        .poll(() => page.evaluate(() => tab.outcome, undefined), patient)
        .toBe('answered');
      reset?.();
      expect(await answer).toEqual([GOOD]);
    },
  );
});
