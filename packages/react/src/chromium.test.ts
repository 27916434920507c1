import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../../tests/browser/chromium.ts';
import type { Browser, Page as BrowserPage } from '../../../tests/browser/chromium.ts';
import { Page, instance } from './chromium-page.fixture.tsx';
import type { PageControls } from './chromium-page.fixture.tsx';

declare const controls: PageControls;
declare const axe: { run(): Promise<{ violations: readonly { id: string }[] }> };

/** The page's code, as a bundler for development makes it. */
async function bundled(): Promise<string> {
  const entry = fileURLToPath(new URL('chromium-page.fixture.tsx', import.meta.url));
  const { outputFiles } = await build({
    stdin: {
      contents: `import { takeOver } from ${JSON.stringify(entry)}; globalThis.controls = takeOver();`,
      resolveDir: fileURLToPath(new URL('.', import.meta.url)),
    },
    bundle: true,
    write: false,
    format: 'iife',
    jsx: 'automatic',
    conditions: ['holdfast-source'],
    define: { 'process.env.NODE_ENV': '"development"' },
  });
  return outputFiles[0]!.text;
}

/** Whether the browser tells assistive technology of changes in the status, and how. */
async function liveness(page: BrowserPage): Promise<unknown> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  const status = nodes.find(({ role }) => role?.value === 'status')!;
  return status.properties?.find(({ name }) => name === 'live')?.value.value ?? 'off';
}

describe('a page in Chromium', () => {
  let browser: Browser;
  let page: BrowserPage;
  let url: string;
  let said: string[];
  let script: string;
  const server = createServer((request, response) => {
    if (request.url === '/page.js') {
      return void response.setHeader('content-type', 'text/javascript').end(script);
    }
    const html = renderToString(createElement(Page, { resilience: instance() }));
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(
      `<!doctype html><html lang="en"><title>Orders</title><link rel="icon" href="data:,"><div id="root">${html}</div><script src="/page.js"></script></html>`,
    );
  });

  beforeAll(async () => {
    script = await bundled();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    browser = await launchBrowser();
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });
  beforeEach(async () => {
    said = [];
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') said.push(message.text());
    });
    page.on('pageerror', (error) => said.push(String(error)));
    await reload();
  });
  async function reload(): Promise<void> {
    await page.goto(url);
    await page.waitForFunction(() => document.querySelector('#session')?.textContent === 'active');
  }
  afterEach(async () => {
    await page.close();
    if (said.length > 0) throw new Error(`The page's console was told: ${said.join('\n')}`);
  });

  it('V1 is taken over from the server in Strict Mode without a mismatch', async () => {
    expect(await page.locator('#status').textContent()).toBe('');
    await page.evaluate(() => controls.signOut());
    await page.getByText('You are signed out').waitFor();
  });

  it('V1 V3 counts down on the platform’s timers, one at a time, and leaves none', async () => {
    await page.evaluate(() => controls.limit(20));
    const status = page.getByText(/^Busy right now: continues in (?:20|1\d) s$/u);
    const first = await status.textContent();
    await expect.poll(() => status.textContent(), { timeout: 10_000 }).not.toBe(first);
    expect(await page.evaluate(() => controls.timers())).toBe(1);
    await page.evaluate(() => controls.unmount());
    expect(await page.evaluate(() => controls.timers())).toBe(0);
  });

  it('V3 a screen reader hears one sentence, politely, and not the seconds', async () => {
    expect(await page.locator('main').ariaSnapshot()).toContain('- status');
    expect(await liveness(page)).toBe('polite');
    // Minutes stay as they are for a while, however busy the machine is.
    await page.evaluate(() => controls.limit(175));
    const status = page.locator('#status');
    const words = 'Busy right now: continues in 3 min';
    await page.getByText(words).waitFor();
    expect(await status.ariaSnapshot()).toBe(`- status: "${words}"`);
    expect(await liveness(page)).toBe('polite');
    await reload();
    await page.evaluate(() => controls.limit(20));
    const first = await page.getByText(/^Busy right now/u).textContent();
    await expect.poll(() => status.textContent(), { timeout: 10_000 }).not.toBe(first);
    expect(await status.locator('span').getAttribute('aria-live')).toBe('off');
    expect(await liveness(page)).toBe('polite');
  });

  it('V3 axe finds nothing to mend', async () => {
    await page.evaluate(() => controls.limit(20));
    await page.getByText(/^Busy right now/u).waitFor();
    await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core') });
    const { violations } = await page.evaluate(() => axe.run());
    expect(violations.map(({ id }) => id)).toEqual([]);
  });
});
