import { describe, expect, it } from 'vitest';
import type { TokenRequest } from '../servers/authorization-server.ts';
import type { Page } from './chromium.ts';
import { appsInBrowser } from './tabs.ts';
import type { App } from './tabs.ts';

const GOOD = { data: { hello: 'Hello, world!' } };
const LOST = { failure: { kind: 'unauthenticated' } };

const open = appsInBrowser();

/** Closes the first tab whose token request the server has answered, before the answer reaches it. */
function closeTheAnswered(app: App): void {
  app.server.onAnswer = ({ tab, proceed }: TokenRequest) => {
    if (app.server.calls.length > 1) return proceed();
    void app.pages[Number(tab)]!.close();
  };
}

/**
 * Settles once so many tabs wait at the reserve behind the one that asks; soon, whatever comes: the others go on
 * without a lease when they have waited for 12 s, and on a busy machine the last of them comes late.
 */
function linedUp(page: Page, count: number): Promise<void> {
  const waiting = (): Promise<number> =>
    page.evaluate(async () => {
      const { pending = [] } = await navigator.locks.query();
      return pending.filter(({ name }) => name?.endsWith(':reserve')).length;
    });
  return expect.poll(waiting, { timeout: 1_000 }).toBe(count);
}

/** What each tab was answered; nothing where it was closed. */
function askAll(app: App): Promise<unknown[]> {
  return Promise.all(app.pages.map((_, slot) => app.ask(slot).catch(() => undefined))).then(
    (answers) => answers.flat().filter((answer) => answer !== undefined),
  );
}

describe('a tab that freezes while it holds the lease', () => {
  it('T14 T15 delays the others by its deadline; then one of them asks, and nothing is lost', async () => {
    const app = await open(5);
    const { server } = app;
    let held: TokenRequest | undefined;
    let thaw = (): Promise<void> => Promise.resolve();
    const frozen = new Promise<number>((resolve, reject) => {
      server.onRequest = (request) => {
        // Whoever asks next is answered when the others would have asked as well.
        if (held !== undefined) {
          const { proceed } = request;
          return void linedUp(app.pages[Number(request.tab)]!, 3).then(proceed, proceed);
        }
        held = request;
        const slot = Number(request.tab);
        app.freeze(slot).then((end) => {
          thaw = end;
          resolve(slot);
        }, reject);
      };
    });
    const asked = app.pages.map((_, slot) => app.ask(slot));
    const slot = await frozen;
    const others = asked.filter((_, index) => index !== slot);
    expect((await Promise.all(others)).flat()).toEqual(others.map(() => GOOD));
    expect([server.calls.length, server.reuses]).toEqual([2, 0]);
    await thaw();
    expect(await asked[slot]).toEqual([GOOD]);
    // The request that the server has not seen was given up with the frozen tab's time.
    await held?.over;
    expect([server.calls.length, server.reuses]).toEqual([2, 0]);
    expect(new Set(await app.states()).size).toBe(1);
  });
});

describe('a tab that is closed after its refresh token was used, before its answer came', () => {
  it('T15 costs one more call where the server takes a used refresh token again for a while', async () => {
    const app = await open(4, { grace: 10_000 });
    closeTheAnswered(app);
    expect(await askAll(app)).toEqual([GOOD, GOOD, GOOD]);
    expect([app.server.calls.length, app.server.reuses]).toEqual([2, 0]);
  });

  it('T7 ends the session of all where the server does not, in one refusal each and no loop', async () => {
    const app = await open(4);
    closeTheAnswered(app);
    expect(await askAll(app)).toMatchObject([LOST, LOST, LOST]);
    expect(app.server.reuses).toBe(1);
    expect(app.server.calls.length).toBe(4);
    expect(await askAll(app)).toMatchObject([LOST, LOST, LOST]);
    expect(app.server.calls.length).toBe(4);
  });
});
