import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import { launchBrowser } from '../../../tests/browser/chromium.ts';
import type { Browser, Page } from '../../../tests/browser/chromium.ts';
import { startServer } from './server/server.ts';
import type { LiveServer } from './server/server.ts';

const conditions = ['holdfast-source', 'module', 'browser', 'import', 'default'];

let folder: string;
let browser: Browser;
let server: LiveServer;
let page: Page;
/** What the page's console complained of. */
let complaints: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-live-page-'));
  const root = fileURLToPath(new URL('..', import.meta.url));
  const built = build({
    root,
    logLevel: 'warn',
    resolve: { conditions },
    build: { outDir: folder, emptyOutDir: true },
  });
  [browser] = await Promise.all([launchBrowser(), built]);
  // The first time, a whole browser has to be unpacked.
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true });
});

/** A server that tells of a dead token in this way, and the page of it. */
async function open(expiry: 'close' | 'error' = 'close'): Promise<void> {
  server = await startServer({ port: 0, page: folder, period: 20, expiry });
  page = await browser.newPage();
  page.setDefaultTimeout(10_000);
  complaints = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(server.origin);
  onTestFinished(async () => {
    await page.close();
    await server.close();
  });
}

function shows(id: string, text: string): Promise<void> {
  return page.locator(`#${id}`, { hasText: text }).waitFor();
}

/** Ticks go on: three more than the page shows now. */
async function ticking(): Promise<void> {
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        let more = 3;
        const observer = new MutationObserver(() => {
          if (--more > 0) return;
          observer.disconnect();
          resolve();
        });
        observer.observe(document.getElementById('tick')!, { childList: true });
      }),
  );
}

/** Every text that an element shows from now on, also for a moment. */
async function history(id: string): Promise<() => Promise<readonly string[]>> {
  const texts = await page.evaluateHandle((watched) => {
    const seen: string[] = [];
    const observer = new MutationObserver((records) => {
      for (const { addedNodes } of records) {
        for (const node of addedNodes) seen.push(node.textContent ?? '');
      }
    });
    observer.observe(document.getElementById(watched)!, { childList: true });
    return seen;
  }, id);
  return () => texts.jsonValue();
}

async function signIn(): Promise<void> {
  await page.click('#sign-in');
  await shows('session', 'Signed in.');
  await shows('subscription', 'Live.');
  await ticking();
}

/** The one socket that is open, as the server has it. */
function socket(): WebSocket {
  const [only, ...others] = server.sockets.clients;
  if (only === undefined || others.length > 0) throw new Error('There is not one socket.');
  return only;
}

describe('the live page', () => {
  it('S4 T1 lives over a socket and asks over HTTP with one token', async () => {
    await open();
    await shows('session', 'Signed out.');
    await signIn();
    await page.click('#ask');
    await shows('answer', 'It is 20');
    await shows('activity', 'Nothing.');
    await shows('limits', 'None.');
    expect(server.tokens.calls).toBe(1);
    expect(server.sockets.clients.size).toBe(1);
    expect(complaints).toEqual([]);
  });

  describe.each([
    { expiry: 'close', told: 'a socket that is closed' },
    { expiry: 'error', told: 'an error within the subscription' },
  ] as const)('hears by $told that the token is dead', ({ expiry }) => {
    it('S3 S4 T1 goes on after one token call, which serves HTTP as well', async () => {
      await open(expiry);
      await signIn();
      const session = await history('session');
      const subscription = await history('subscription');
      const reopened = once(server.sockets, 'connection');
      await page.click('#expire');
      await page.click('#ask');
      await reopened;
      await ticking();
      await shows('answer', 'It is 20');
      expect(server.tokens.calls).toBe(2);
      expect(await session()).toEqual(['Getting a new token …', 'Signed in.']);
      expect((await subscription()).filter((said) => said !== 'Live.')).toEqual([]);
      expect(complaints).toEqual([]);
    });

    it('S3 S4 goes on every time', async () => {
      await open(expiry);
      await signIn();
      for (const calls of [2, 3, 4]) {
        const reopened = once(server.sockets, 'connection');
        await page.click('#expire');
        await reopened;
        await ticking();
        expect(server.tokens.calls).toBe(calls);
      }
    });
  });

  it('S4 W10 comes back from a dropped connection, and says what it waits for', async () => {
    await open();
    await signIn();
    const activity = await history('activity');
    const reopened = once(server.sockets, 'connection');
    await page.click('#drop');
    await reopened;
    await ticking();
    expect(await activity()).toContain('The connection waits before it tries again.');
    await shows('activity', 'Nothing.');
    expect(server.tokens.calls).toBe(1);
    expect(complaints).toEqual([]);
  });

  it('E1 T11 ends with the session, and begins again with another', async () => {
    await open();
    await signIn();
    const closed = once(socket(), 'close');
    await page.click('#sign-out');
    await shows('session', 'Signed out.');
    await shows('subscription', 'None.');
    await closed;
    await page.click('#ask');
    await shows('answer', 'Sign in');
    expect(server.tokens.calls).toBe(1);
    expect(server.sockets.clients.size).toBe(0);
    await signIn();
    expect(server.tokens.calls).toBe(2);
    expect(complaints).toEqual([]);
  });
});
