import { describe, expect, it } from 'vitest';
import type { Page } from './chromium.ts';
import { appsInBrowser } from './tabs.ts';
import type { AppOptions } from './tabs.ts';

const GOOD = { data: { hello: 'Hello, world!' } };
const UNSIGNED = { failure: { kind: 'unauthenticated' } };
const NO_LOCKS = `Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });`;
const NO_CHANNEL = `globalThis.BroadcastChannel = undefined;`;
const KEY = 'holdfast:app';

const open = appsInBrowser();

function status(page: Page): Promise<string> {
  return page.evaluate(() => tab.state.status);
}

/** What lies in the page's storages, but for the retry budget, which is no secret. */
function keys(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter(
      (key) => !key.startsWith('holdfast:budget:'),
    ),
  );
}

describe.each<[string, AppOptions]>([
  ['locks, in memory', { before: NO_LOCKS }],
  ['locks, with a storage', { before: NO_LOCKS, storage: 'localStorage' }],
  ['a channel, with a storage', { before: NO_CHANNEL, storage: 'localStorage' }],
  ['either, with a storage', { before: NO_LOCKS + NO_CHANNEL, storage: 'localStorage' }],
])('a browser without %s', (_name, options) => {
  it('T14 shares tokens and sign-outs all the same', async () => {
    const app = await open(3, options);
    for (const slot of [0, 1, 2]) expect(await app.ask(slot)).toEqual([GOOD]);
    expect([app.server.calls.length, app.server.reuses]).toEqual([1, 0]);
    const [first, second, third] = app.pages as [Page, Page, Page];
    await third.evaluate(() => tab.resilience!.session.signOut());
    for (const page of [first, second]) await expect.poll(() => status(page)).toBe('signed-out');
    expect(await app.ask(1)).toMatchObject([UNSIGNED]);
    expect([app.server.calls.length, app.complaints]).toEqual([1, []]);
  });
});

describe.each<[string, AppOptions, string]>([
  ['without a channel, in memory', { before: NO_CHANNEL }, '/'],
  ['without locks and channel, in memory', { before: NO_LOCKS + NO_CHANNEL }, '/'],
  ['of no origin, as in a sandboxed frame', {}, '/sandboxed'],
])('a page %s', (_name, options, path) => {
  it('T14 E4 is on its own, and lacks nothing else', async () => {
    const app = await open(0, options);
    for (const slot of [0, 1]) {
      await app.signIn();
      await app.openTab(slot, path);
      expect(await app.ask(slot)).toEqual([GOOD]);
    }
    await app.pages[0]!.evaluate(() => tab.resilience!.session.signOut());
    expect(await app.ask(0)).toMatchObject([UNSIGNED]);
    expect(await app.ask(1)).toEqual([GOOD]);
    expect([app.server.calls.length, app.server.reuses, app.complaints]).toEqual([2, 0, []]);
  });
});

describe('storages', () => {
  it('X2 nothing is stored unless the application passes one', async () => {
    const app = await open(2);
    expect([await app.ask(0), await app.ask(1)]).toEqual([[GOOD], [GOOD]]);
    expect(await keys(app.pages[0]!)).toEqual([]);
    expect(await app.pages[0]!.evaluate(() => indexedDB.databases())).toEqual([]);
    expect(await app.pages[0]!.context().cookies()).toEqual([]);
  });

  it.each(['localStorage', 'sessionStorage'] as const)(
    'X2 T14 what was passed (%s) holds the tokens, and only there; the next page goes on with them',
    async (storage) => {
      const app = await open(1, { storage });
      expect(await app.ask(0)).toEqual([GOOD]);
      expect(await keys(app.pages[0]!)).toEqual([KEY]);
      app.forget();
      await app.reload(0);
      expect(await app.ask(0)).toEqual([GOOD]);
      expect(await app.pages[0]!.evaluate(() => tab.calls)).toBe(0);
      await app.pages[0]!.evaluate(() => tab.resilience!.session.signOut());
      const stored = (): Promise<string | null> =>
        app.pages[0]!.evaluate(([name, key]) => globalThis[name].getItem(key), [
          storage,
          KEY,
        ] as const);
      await expect.poll(stored).not.toMatch('accessToken');
      await app.reload(0);
      expect(await app.ask(0)).toMatchObject([UNSIGNED]);
      expect([app.server.calls.length, app.complaints]).toEqual([1, []]);
    },
  );

  it('T15 a reopened tab that brings old tokens of its own takes up what the living ones have', async () => {
    const app = await open(1, { storage: 'sessionStorage' });
    expect(await app.ask(0)).toEqual([GOOD]);
    const old = await app.pages[0]!.evaluate((key) => sessionStorage.getItem(key)!, KEY);
    app.server.expire();
    expect(await app.ask(0)).toEqual([GOOD]);
    // The old value is of a session that went further than this one: its number is higher.
    const brought = JSON.stringify({ ...JSON.parse(old), generation: 7 });
    app.forget();
    const page = await app.openTab(1);
    await page.evaluate(([key, text]) => sessionStorage.setItem(key, text), [
      KEY,
      brought,
    ] as const);
    app.server.expire();
    expect([await app.ask(1), await app.ask(0)]).toEqual([[GOOD], [GOOD]]);
    expect([app.server.calls.length, app.server.reuses]).toEqual([3, 0]);
    expect(new Set(await app.states()).size).toBe(1);
  });

  const failing = (methods: readonly string[]): string => `
    for (const name of ${JSON.stringify(methods)}) {
      const own = Storage.prototype[name];
      Storage.prototype[name] = function (key, ...rest) {
        if (key === '${KEY}') throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
        return own.call(this, key, ...rest);
      };
    }`;

  it.each([
    ['is full', failing(['setItem']), 'could not be written'],
    ['is forbidden', failing(['getItem', 'setItem', 'removeItem']), 'could not be '],
    [
      'holds something else',
      `localStorage.getItem('${KEY}') ?? localStorage.setItem('${KEY}', '{"tokens": "secret')`,
      'holds something else than tokens',
    ],
  ])('T14 E4 one that %s costs no operation, and is told of', async (_name, before, told) => {
    const app = await open(3, { storage: 'localStorage', before });
    const answers = await Promise.all(app.pages.map((_, slot) => app.ask(slot)));
    expect(answers).toEqual([[GOOD], [GOOD], [GOOD]]);
    expect([app.server.calls.length, app.server.reuses]).toEqual([1, 0]);
    expect(app.complaints.length).toBeGreaterThan(0);
    for (const complaint of app.complaints) {
      expect(complaint).toMatch(
        `share.replace failed; everything else goes on. Error: browserShare: the storage ${told}`,
      );
      expect(complaint).not.toMatch('secret');
    }
  });

  it('T15 one that takes no more keeps no tokens that have been replaced', async () => {
    const app = await open(1, { storage: 'localStorage' });
    expect(await app.ask(0)).toEqual([GOOD]);
    await app.pages[0]!.evaluate(failing(['setItem']));
    app.server.expire();
    expect(await app.ask(0)).toEqual([GOOD]);
    expect(await keys(app.pages[0]!)).toEqual([]);
  });
});
