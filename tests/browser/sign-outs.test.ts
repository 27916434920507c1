import { describe, expect, it } from 'vitest';
import type { Page } from './chromium.ts';
import { appsInBrowser } from './tabs.ts';
import type { App, AppOptions } from './tabs.ts';

const GOOD = { data: { hello: 'Hello, world!' } };
const SIGNED_OUT = { failure: { kind: 'unauthenticated', stopped: 'signed_out' } };

const open = appsInBrowser();

/** Two tabs of one user; in the second an operation waits for a rate limit to pass. */
async function waiting(options: AppOptions): Promise<{ app: App; answer: Promise<unknown> }> {
  const app = await open(2, options);
  expect(await app.ask(0)).toEqual([GOOD]);
  expect(await app.ask(1)).toEqual([GOOD]);
  app.api.inject({ status: 429, headers: { 'retry-after': '2' } });
  const answer = app.ask(1);
  await expect.poll(() => app.pages[1]!.evaluate(() => tab.state.limits.length)).toBe(1);
  return { app, answer };
}

/** The user of a tab signs out, and another one in, in one breath. */
async function switchUser(app: App, page: Page): Promise<void> {
  const tokens = await app.server.signIn();
  await page.evaluate((given) => {
    tab.resilience!.session.signOut();
    tab.resilience!.session.signIn(given);
  }, tokens);
}

describe.each([
  ['memory', {}],
  ['localStorage', { storage: 'localStorage' }],
] as const satisfies readonly (readonly [string, AppOptions])[])(
  'tabs that share in %s',
  (_name, options) => {
    it('T11b T14 what a tab waits to send is not sent for whom another tab signs in', async () => {
      const { app, answer } = await waiting(options);
      const first = new Set(app.api.requests.map(({ token }) => token));
      await switchUser(app, app.pages[0]!);
      expect(await answer).toEqual([SIGNED_OUT]);
      const before = app.api.requests.length;
      expect(await app.ask(1)).toEqual([GOOD]);
      const second = app.api.requests.slice(before).map(({ token }) => token);
      expect(second.filter((token) => first.has(token))).toEqual([]);
      expect(app.complaints).toEqual([]);
    });

    it('T11b T14 nor where it was frozen while that happened', async () => {
      const { app, answer } = await waiting(options);
      const first = new Set(app.api.requests.map(({ token }) => token));
      const thaw = await app.freeze(1);
      await switchUser(app, app.pages[0]!);
      expect(await app.ask(0)).toEqual([GOOD]);
      const before = app.api.requests.length;
      await thaw();
      const [ended] = (await answer) as [unknown];
      // Its timer may ring before it hears of anything: then it was sent as who it belongs to.
      const sent = app.api.requests.slice(before).map(({ token }) => first.has(token));
      expect([sent, ended]).toEqual(sent.length === 0 ? [[], SIGNED_OUT] : [[true], GOOD]);
      expect(app.complaints).toEqual([]);
    });
  },
);
