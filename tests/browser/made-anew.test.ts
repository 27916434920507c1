import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser } from './chromium.ts';
import type { Browser, Page } from './chromium.ts';

const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

/** Counts the channels that a page holds open. */
const COUNT = `
  globalThis.open = 0;
  globalThis.BroadcastChannel = class extends BroadcastChannel {
    constructor(name) { super(name); globalThis.open++; }
    close() { super.close(); globalThis.open--; }
  };
`;

/** What an app has for its instance, and what answers a query at once; \`data-asked\` counts the answers. */
const RESILIENCE = `
  import { createResilience } from '@holdfast/core';
  import { browserShare } from '@holdfast/core/browser';

  export const made = () => createResilience({ auth: { tokens: { accessToken: 'a' } }, share: browserShare('app') });

  export function ask(resilience) {
    const transport = {
      read: (result) => result,
      send(_, receiver) {
        receiver.next({ status: 200, data: {} });
        receiver.complete();
        return () => {};
      },
    };
    const { dataset } = document.documentElement;
    const complete = () => (dataset.asked = String(Number(dataset.asked ?? 0) + 1));
    resilience.execute({ kind: 'query' }, transport, { next() {}, error(error) { throw error; }, complete });
  }
`;

/** A module that Vite replaces while the page is open. */
const REPLACED = `
  import { ask, made } from './resilience.js';
  const resilience = made();
  ask(resilience);
  import.meta.hot.accept();
`;

const STRICT = `
  import { createElement, StrictMode, useEffect, useState } from 'react';
  import { createRoot } from 'react-dom/client';
  import { ResilienceProvider, ResilienceStatus } from '@holdfast/react';
  import { ask, made } from './resilience.js';

  function App() {
    const [resilience] = useState(made);
    globalThis.resilience = resilience;
    useEffect(() => ask(resilience), [resilience]);
    return createElement(ResilienceProvider, { resilience }, createElement(ResilienceStatus));
  }
  globalThis.root = createRoot(document.body);
  globalThis.root.render(createElement(StrictMode, null, createElement(App)));
`;

const REACT = ['react', 'react/jsx-dev-runtime', 'react-dom', 'react-dom/client'];

interface Opened {
  readonly page: Page;
  /** What the console said of Holdfast. */
  readonly said: string[];
  /** Edits the app. */
  write(source: string): Promise<void>;
  /** Once so many queries have been answered: how many channels are open. */
  open(asked: number): Promise<number>;
}

describe('an instance that is made anew in one page', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
    // The first time, a whole browser has to be unpacked.
  }, 60_000);
  afterAll(() => browser.close());

  /** The app as it is developed: Vite serves its modules. */
  async function opened(app: string, packages: string[] = []): Promise<Opened> {
    await mkdir(cache, { recursive: true });
    const root = await mkdtemp(join(cache, 'made-anew-'));
    onTestFinished(() => rm(root, { recursive: true }));
    const file = join(root, 'app.js');
    await writeFile(file, app);
    await writeFile(join(root, 'resilience.js'), RESILIENCE);
    await writeFile(
      join(root, 'index.html'),
      '<!doctype html><link rel="icon" href="data:,"><body><script type="module" src="/app.js"></script>',
    );
    const server = await createServer({
      root,
      configFile: false,
      logLevel: 'error',
      cacheDir: join(root, '.vite'),
      resolve: { conditions: ['holdfast-source', 'module', 'browser', 'development'] },
      // What Vite discovers only while it serves makes it load the page once more.
      optimizeDeps: { include: packages, noDiscovery: true },
      server: { host: '127.0.0.1', port: 0, fs: { strict: false } },
    });
    onTestFinished(() => server.close());
    await server.listen();
    const context = await browser.newContext();
    onTestFinished(() => context.close());
    await context.addInitScript(COUNT);
    const page = await context.newPage();
    const said: string[] = [];
    page.on('pageerror', (error) => said.push(String(error)));
    page.on('console', (message) => {
      if (['warning', 'error'].includes(message.type())) said.push(message.text());
    });
    await page.goto(server.resolvedUrls!.local[0]!);
    return {
      page,
      said,
      async write(source) {
        await expect.poll(() => server.ws.clients.size).toBe(1);
        await writeFile(file, source);
        // Vite watches nothing below node_modules: an event that comes late, or twice, would be another edit.
        server.watcher.emit('change', file);
      },
      async open(asked) {
        await page.locator(`html[data-asked="${asked}"]`).waitFor({ state: 'attached' });
        return page.evaluate(() => (globalThis as unknown as { open: number }).open);
      },
    };
  }

  it('E3 leaves nothing of the one before, where Vite’s hot reload disposes of that', async () => {
    const disposing = `${REPLACED}import.meta.hot.dispose(() => resilience.dispose());\n`;
    const { open, said, write } = await opened(disposing);
    const channels = await open(1);
    expect(channels).toBeGreaterThan(0);
    for (const edit of [2, 3]) {
      await write(`${disposing}// edit ${edit}\n`);
      expect(await open(edit)).toBe(channels);
    }
    expect(said).toEqual([]);
  });

  it('E3 says once that dispose was forgotten, where it was', async () => {
    const { open, said, write } = await opened(REPLACED);
    await open(1);
    for (const edit of [2, 3]) {
      await write(`${REPLACED}// edit ${edit}\n`);
      await open(edit);
    }
    expect(said).toEqual([
      expect.stringMatching(/browserShare\('app'\) is open twice.*dispose\(\)/),
    ]);
  });

  it('V1 E3 E5 leaves nothing of the one that Strict Mode makes in vain', async () => {
    const { page, open, said } = await opened(STRICT, REACT);
    // Strict Mode runs the effect twice, on one instance.
    const channels = await open(2);
    await page.evaluate(() => {
      const { root, resilience } = globalThis as unknown as {
        root: { unmount(): void };
        resilience: { dispose(): void };
      };
      root.unmount();
      resilience.dispose();
    });
    expect(await open(2)).toBe(0);
    expect(channels).toBe(2);
    expect(said).toEqual([]);
  });
});
