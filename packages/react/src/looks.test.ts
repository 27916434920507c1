import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser } from '../../../tests/browser/chromium.ts';
import type { Browser, Page } from '../../../tests/browser/chromium.ts';
import type { LooksControls } from './looks-page.fixture.tsx';

declare const controls: LooksControls;
declare const axe: {
  run(): Promise<{
    violations: readonly { id: string; nodes: readonly { html: string }[] }[];
  }>;
};

/** A page with a strict policy, and a look of its own that must fit. */
const POLICY = "default-src 'none'; script-src 'self'; style-src 'nonce-page'; img-src data:";

async function bundled(): Promise<string> {
  const entry = fileURLToPath(new URL('looks-page.fixture.tsx', import.meta.url));
  const { outputFiles } = await build({
    stdin: {
      contents: `import { openPage } from ${JSON.stringify(entry)}; globalThis.controls = openPage();`,
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

const HTML = `<!doctype html><html lang="en"><head><title>Orders</title>
    <meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
    <style nonce="page">
      :root { color-scheme: light dark; }
      body { font: 16px system-ui; margin: 24px; }
      main { max-width: 60ch; margin: auto; display: grid; gap: 16px; justify-items: start; }
    </style></head>
    <body><div id="root"></div><script src="/page.js"></script></body></html>`;

/** In the page: what has a look, and reaches over its edges. */
function outside(): readonly string[] {
  return Array.from(document.querySelectorAll('.holdfast-look'), (part) => {
    const { left, right } = part.getBoundingClientRect();
    return left >= 0 && right <= innerWidth ? '' : part.outerHTML;
  }).filter((part) => part !== '');
}

describe('the looks in Chromium', () => {
  let browser: Browser;
  let script: string;
  let checker: string;
  const server = createServer((request, response) => {
    if (request.url === '/page.js') {
      return void response.setHeader('content-type', 'text/javascript').end(script);
    }
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', POLICY);
    response.end(HTML);
  });

  beforeAll(async () => {
    script = await bundled();
    checker = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    browser = await launchBrowser();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  interface Look {
    readonly width?: number;
    readonly colorScheme?: 'light' | 'dark';
  }

  async function open({ width = 1200, ...media }: Look = {}): Promise<Page> {
    const viewport = { width, height: 800 };
    const context = await browser.newContext({ viewport, ...media });
    const page = await context.newPage();
    const said: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) said.push(message.text());
    });
    page.on('pageerror', (error) => said.push(String(error)));
    const { port } = server.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/`);
    await page.locator('#below').waitFor();
    onTestFinished(async () => {
      await context.close();
      expect(said).toEqual([]);
    });
    return page;
  }

  async function inTrouble(page: Page): Promise<void> {
    await page.evaluate(() => controls.limit(175));
    await page.locator('#floating:not(:empty)').waitFor();
  }

  async function violations(page: Page): Promise<readonly string[]> {
    await page.evaluate(checker);
    const found = await page.evaluate(() => axe.run());
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(', ')}`,
    );
  }

  it('V3 nothing in the page moves when a status begins to speak, or ends', async () => {
    const page = await open({ width: 400 });
    const top = (): Promise<number | undefined> =>
      page
        .locator('#below')
        .boundingBox()
        .then((box) => box?.y);
    const before = await top();
    await inTrouble(page);
    expect(await top()).toBe(before);
    await page.evaluate(() => controls.calm());
    await page.locator('#inline:empty').waitFor({ state: 'attached' });
    expect(await top()).toBe(before);
    expect(await page.evaluate(() => controls.shifts())).toBe(0);
  });

  it('V3 status and failure messages fit and can be read, on a phone and a desk, in every scheme', async () => {
    const page = await open();
    await inTrouble(page);
    for (const width of [400, 1200]) {
      for (const media of [
        { colorScheme: 'light' },
        { colorScheme: 'dark' },
        { colorScheme: 'light', forcedColors: 'active' },
      ] as const) {
        await page.setViewportSize({ width, height: 800 });
        await page.emulateMedia({ forcedColors: 'none', ...media });
        expect(await violations(page)).toEqual([]);
        expect(await page.evaluate(outside)).toEqual([]);
      }
    }
  });

  it('V3 follows the scheme of the page, and the custom properties that it sets', async () => {
    const page = await open({ colorScheme: 'light' });
    const ground = (): Promise<string> =>
      page
        .locator('.holdfast-failure')
        .first()
        .evaluate((part) => getComputedStyle(part).backgroundColor);
    const light = await ground();
    await page.emulateMedia({ colorScheme: 'dark' });
    expect([light, (await ground()) === light]).toEqual(['rgb(255, 255, 255)', false]);
    await page
      .locator('html')
      .evaluate((root) => root.style.setProperty('--holdfast-surface', 'rgb(1 2 3)'));
    expect(await ground()).toBe('rgb(1, 2, 3)');
  });

  it('V3 moves only for those who do not mind', async () => {
    const page = await open();
    await inTrouble(page);
    const moves = (): Promise<readonly string[]> =>
      page
        .locator('#floating')
        .evaluate((status) => [
          getComputedStyle(status, '::before').animationName,
          getComputedStyle(status).transitionDuration.split(',')[0]!,
        ]);
    expect(await moves()).toEqual(['holdfast-turn', '0.2s']);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await moves()).toEqual(['none', '0s']);
  });

  it('V3 a floating status takes no click from what lies under it', async () => {
    const page = await open({ width: 400 });
    await inTrouble(page);
    const isUnder = await page.locator('#floating').evaluate((status) => {
      const { left, top } = status.getBoundingClientRect();
      return document.elementFromPoint(left + 4, top + 4) !== status;
    });
    expect(isUnder).toBe(true);
  });
});
