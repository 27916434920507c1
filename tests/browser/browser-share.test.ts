import { describe, expect, it } from 'vitest';
import type { Page } from './chromium.ts';
import { appsInBrowser } from './tabs.ts';
import type { App, AppOptions } from './tabs.ts';

const GOOD = { data: { hello: 'Hello, world!' } };
const PRESENCE = 'holdfast:app:tab';

const open = appsInBrowser();

/** Every tab asks once, at once. */
async function askAll(app: App): Promise<unknown[]> {
  return (await Promise.all(app.pages.map((_, slot) => app.ask(slot)))).flat();
}

function status(page: Page): Promise<string> {
  return page.evaluate(() => tab.state.status);
}

/** Locks that the page's whole browser holds or waits for. */
function everyLock(page: Page): Promise<(string | undefined)[]> {
  return page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    return [...held, ...pending].map(({ name }) => name);
  });
}

/** Without those by which tabs show that they are there. */
async function locks(page: Page): Promise<(string | undefined)[]> {
  return (await everyLock(page)).filter((name) => name !== PRESENCE);
}

/** Counts what a page opens and does not close. */
const COUNTING = `
  globalThis.opened = { channels: 0, locks: 0, storage: 0, listeners: 0 };
  const { opened } = globalThis;
  globalThis.BroadcastChannel = class extends BroadcastChannel {
    constructor(name) { super(name); opened.channels++; }
    close() { opened.channels--; super.close(); }
  };
  const { request } = LockManager.prototype;
  LockManager.prototype.request = function (...given) {
    opened.locks++;
    return request.apply(this, given).finally(() => opened.locks--);
  };
  for (const name of ['getItem', 'setItem']) {
    const own = Storage.prototype[name];
    Storage.prototype[name] = function (key, value) {
      if (!key.startsWith('holdfast:budget')) opened.storage++;
      return own.call(this, key, value);
    };
  }
  const add = globalThis.addEventListener;
  const remove = globalThis.removeEventListener;
  globalThis.addEventListener = (type, ...rest) => {
    if (['pagehide', 'pageshow', 'storage'].includes(type)) opened.listeners++;
    return add.call(globalThis, type, ...rest);
  };
  globalThis.removeEventListener = (type, ...rest) => {
    if (['pagehide', 'pageshow', 'storage'].includes(type)) opened.listeners--;
    return remove.call(globalThis, type, ...rest);
  };
`;

const UNTOUCHED = { channels: 0, locks: 0, storage: 0, listeners: 0 };

function opened(page: Page): Promise<unknown> {
  return page.evaluate('opened');
}

const modes = [
  ['memory', {}],
  ['localStorage', { storage: 'localStorage' }],
] as const satisfies readonly (readonly [string, AppOptions])[];

describe.each(modes)('tabs that share in %s', (_name, options) => {
  it('T14 T11 sign out together, and in again', async () => {
    const app = await open(3, options);
    expect(await askAll(app)).toEqual([GOOD, GOOD, GOOD]);
    const [first, second, third] = app.pages as [Page, Page, Page];
    await first.evaluate(() => tab.resilience!.session.signOut());
    await expect.poll(() => status(second)).toBe('signed-out');
    await expect.poll(() => status(third)).toBe('signed-out');
    const unsigned = { failure: { kind: 'unauthenticated' } };
    expect(await askAll(app)).toMatchObject([unsigned, unsigned, unsigned]);
    const tokens = await app.server.signIn();
    await third.evaluate((given) => tab.resilience!.session.signIn(given), tokens);
    await expect.poll(() => status(first)).toBe('active');
    expect(await askAll(app)).toEqual([GOOD, GOOD, GOOD]);
    expect([app.server.calls.length, app.server.reuses, app.complaints]).toEqual([2, 0, []]);
  });

  it('T14 a tab that is opened later has what the others have, and asks for no token', async () => {
    const app = await open(2, options);
    expect(await askAll(app)).toEqual([GOOD, GOOD]);
    app.forget();
    const page = await app.openTab(2);
    expect(await app.ask(2)).toEqual([GOOD]);
    expect(await page.evaluate(() => tab.calls)).toBe(0);
    expect(new Set(await app.states())).toEqual(new Set(['active 2']));
    await app.pages[0]!.evaluate(() => tab.resilience!.session.signOut());
    await expect.poll(() => status(app.pages[1]!)).toBe('signed-out');
    await app.openTab(3);
    expect(await app.ask(3)).toMatchObject([{ failure: { kind: 'unauthenticated' } }]);
    expect([app.server.calls.length, app.complaints]).toEqual([1, []]);
  });

  it.each(['apollo', 'urql'] as const)(
    'W9 heed a limit that one of them met: %s',
    async (client) => {
      const app = await open(2, { ...options, client });
      expect(await askAll(app)).toEqual([GOOD, GOOD]);
      app.api.inject({ status: 429, headers: { 'retry-after': '3600' } });
      const stopped = [{ failure: { kind: 'rate_limited', stopped: 'wait_too_long' } }];
      expect(await app.ask(0)).toEqual(stopped);
      const [first, second] = app.pages as [Page, Page];
      await expect.poll(() => second.evaluate(() => tab.state.limits.length)).toBe(1);
      const before = app.api.requests.length;
      expect(await app.ask(1)).toEqual(stopped);
      expect(app.api.requests.length).toBe(before);
      // One that is opened later asks the others: its first operation may go before they answer.
      const third = await app.openTab(2);
      await app.ask(2);
      await expect.poll(() => third.evaluate(() => tab.state.limits.length)).toBe(1);
      expect(await app.ask(2)).toEqual(stopped);
      // To the millisecond or so: each tab has a monotonic clock of its own.
      const limits = await first.evaluate(() => tab.state.limits);
      const close = limits.map(({ until, ...rest }) => ({
        ...rest,
        until: expect.closeTo(until, -2) as number,
      }));
      expect(await second.evaluate(() => tab.state.limits)).toEqual(close);
      expect(await third.evaluate(() => tab.state.limits)).toEqual(close);
    },
  );

  it('T14 of eight tabs that store at the same generation, one does', async () => {
    const app = await open(8, options);
    const rounds = await Promise.all(
      app.pages.map((page, slot) =>
        page.evaluate(
          async ([name, storage]) => {
            tab.share = tab.open('contended', storage);
            tab.listen();
            const won: boolean[] = [];
            for (let expected = 0; expected < 10; expected++) {
              const tokens = { accessToken: `${name} ${expected}` };
              won.push(await tab.share.replace(expected, { generation: expected + 1, tokens }));
            }
            return won;
          },
          [slot, 'storage' in options ? options.storage : undefined] as const,
        ),
      ),
    );
    const winners = Array.from({ length: 10 }, (_, expected) => {
      return rounds.filter((won) => won[expected]).length;
    });
    expect(winners).toEqual(winners.map(() => 1));
    const last = rounds.findIndex((won) => won[9]);
    const reads = await Promise.all(app.pages.map((page) => page.evaluate(() => tab.read())));
    const stored = { generation: 10, tokens: { accessToken: `${last} 9` } };
    expect(reads).toEqual(reads.map(() => stored));
  });

  it('E5 E3 nothing is opened before the first use, and nothing stays after dispose', async () => {
    const app = await open(2, { ...options, before: COUNTING });
    const [page, other] = app.pages as [Page, Page];
    expect(await opened(page)).toEqual(UNTOUCHED);
    expect(await askAll(app)).toEqual([GOOD, GOOD]);
    expect(await opened(page)).toMatchObject({ channels: 2, listeners: 2 });
    for (const each of [page, other]) await each.evaluate(() => tab.resilience!.dispose());
    await expect.poll(() => opened(page)).toMatchObject({ channels: 0, locks: 0, listeners: 0 });
    await expect.poll(() => everyLock(other)).toEqual([]);
    expect(app.complaints).toEqual([]);
  });
});

describe('one page', () => {
  it('T14 E3 is made, disposed of and made again at once, as by Strict Mode, and nothing hangs', async () => {
    const app = await open(1);
    const [page] = app.pages as [Page];
    await page.evaluate(() => {
      void tab.ask('{ hello }');
      tab.resilience!.dispose();
    });
    await app.start(0);
    expect(await app.ask(0)).toEqual([GOOD]);
    expect([app.server.calls.length, app.complaints]).toEqual([1, []]);
  });

  it('T14 E3 lets go of the lease where it is disposed of within the token call', async () => {
    const app = await open(1);
    const [page] = app.pages as [Page];
    app.server.onRequest = ({ over, proceed }) => {
      if (app.server.calls.length > 1) return proceed();
      void page.evaluate(() => tab.resilience!.dispose()).then(() => over);
    };
    expect(await app.ask(0)).toEqual([{ failure: { kind: 'aborted', stopped: 'aborted' } }]);
    await app.start(0);
    expect(await app.ask(0)).toEqual([GOOD]);
    expect([app.server.calls.length, app.server.reuses]).toEqual([2, 0]);
    await expect.poll(() => locks(page)).toEqual([]);
  });

  it('T14 two instances of it that have one share agree as two tabs do', async () => {
    const app = await open(1);
    const [page] = app.pages as [Page];
    expect(await app.ask(0)).toEqual([GOOD]);
    await page.evaluate(() => tab.second());
    expect(await app.ask(0)).toEqual([GOOD]);
    await page.evaluate(() => tab.first!.session.signOut());
    await expect.poll(() => status(page)).toBe('signed-out');
    expect([app.server.calls.length, app.complaints]).toEqual([1, []]);
  });
});

describe('one that calls the share itself, and listens to nothing', () => {
  it('T14 finds what another tab has stored, and loses to it', async () => {
    const app = await open(2);
    const [first, second] = app.pages as [Page, Page];
    const store = (page: Page, accessToken: string): Promise<boolean> =>
      page.evaluate(
        async (given) => tab.share!.replace(0, { generation: 1, tokens: { accessToken: given } }),
        accessToken,
      );
    expect([await store(first, 'first'), await store(second, 'second')]).toEqual([true, false]);
    const stored = { generation: 1, tokens: { accessToken: 'first' } };
    expect(await second.evaluate(() => tab.read())).toEqual(stored);
  });
});

describe('the lease', () => {
  it('T14 a wait that is given up is taken back, and its work never runs', async () => {
    const app = await open(2);
    const [holder, waiter] = app.pages as [Page, Page];
    await holder.evaluate(() => {
      const work = (): Promise<void> => new Promise((resolve) => (tab.release = resolve));
      void tab.share!.lease!(work);
    });
    await expect.poll(() => locks(holder)).toEqual(['holdfast:app:lease']);
    await waiter.evaluate(() => {
      const controller = new AbortController();
      tab.release = () => controller.abort();
      tab.outcome = 'waiting';
      const work = async (): Promise<void> => void (tab.outcome = 'ran');
      tab.share!.lease!(work, controller.signal).catch((error: Error) => {
        tab.outcome = error.name;
      });
    });
    await expect.poll(async () => (await locks(holder)).length).toBe(2);
    await waiter.evaluate(() => tab.release());
    await expect.poll(() => waiter.evaluate(() => tab.outcome)).toBe('AbortError');
    await expect.poll(() => locks(holder)).toEqual(['holdfast:app:lease']);
    await holder.evaluate(() => tab.release());
    await expect.poll(() => locks(holder)).toEqual([]);
    expect(await waiter.evaluate(() => tab.outcome)).toBe('AbortError');
  });

  it('T14 of a tab that is closed goes to the next at once', async () => {
    const app = await open(2);
    const [holder, waiter] = app.pages as [Page, Page];
    await holder.evaluate(() => void tab.share!.lease!(() => new Promise(() => {})));
    await expect.poll(() => locks(waiter)).toEqual(['holdfast:app:lease']);
    const leased = waiter.evaluate(() => tab.share!.lease!(async () => 'had'));
    await holder.close();
    expect(await leased).toBe('had');
  });
});
