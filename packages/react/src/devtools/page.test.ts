import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser } from '../../../../tests/browser/chromium.ts';
import type { Browser, Page } from '../../../../tests/browser/chromium.ts';
import type { App } from './app.fixture.tsx';

type Version = '18' | '19';

const folder = fileURLToPath(new URL('../..', import.meta.url));
const scripts = new Map<string, string>();
let axe: string;
let browser: Browser;
let site: Server;
let api: FaultServer;

/** Styles of an application that mean everybody. */
const HOST_STYLE = `
  :root { color-scheme: light dark; }
  button { border-radius: 0 !important; text-transform: uppercase !important; min-width: 300px !important; }
  div, section, figure, p, li, dd { letter-spacing: 9px; }
  section { display: none !important; }
`;

async function bundled(version: Version): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('app.fixture.tsx', import.meta.url))],
    absWorkingDir: folder,
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    conditions: ['holdfast-source'],
    define: { 'process.env.NODE_ENV': '"development"' },
    alias: version === '18' ? { react: 'react-18', 'react-dom': 'react-dom-18' } : {},
  });
  return outputFiles.map(({ text }) => text).join('');
}

function html(version: string | null, styled: boolean): string {
  const style = styled
    ? `<style>${HOST_STYLE}</style>`
    : '<style>:root { color-scheme: light dark; }</style>';
  return `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width">
    <title>Application</title>${style}</head><body><script type="module" src="/${version}.js"></script></body></html>`;
}

beforeAll(async () => {
  const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
  site = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const script = scripts.get(url.pathname);
    response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript');
    response.end(script ?? html(url.searchParams.get('react'), url.searchParams.has('styled')));
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  [browser, axe, api] = await Promise.all([
    launchBrowser(),
    readFile(source, 'utf8'),
    startFaultServer({ auth: { reject: '401' } }),
    ...(['18', '19'] as const).map(async (version) =>
      scripts.set(`/${version}.js`, await bundled(version)),
    ),
  ]);
  // The first time, a whole browser has to be unpacked.
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await api?.close();
  site?.close();
});

interface Look {
  readonly react?: Version;
  readonly show: 'timeline' | 'devtools';
  readonly styled?: boolean;
  readonly packed?: boolean;
  readonly width?: number;
  readonly colorScheme?: 'light' | 'dark';
  readonly forcedColors?: 'active' | 'none';
}

async function open(look: Look): Promise<Page> {
  const { react = '19', show, styled = false, packed = false, width = 1280 } = look;
  const { colorScheme = 'light', forcedColors = 'none' } = look;
  const viewport = { width, height: 800 };
  const context = await browser.newContext({ viewport, colorScheme, forcedColors });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  const { port } = site.address() as AddressInfo;
  const query = new URLSearchParams({ react, [show]: '', api: api.url, token: api.tokenUrl });
  if (styled) query.set('styled', '');
  if (packed) query.set('packed', '');
  await page.goto(`http://127.0.0.1:${port}/?${query}`);
  onTestFinished(async () => {
    await context.close();
    // A browser says of every refused request that it was.
    expect(complaints.filter((line) => !line.includes('401 (Unauthorized)'))).toEqual([]);
  });
  return page;
}

function ask(page: Page, count: number): Promise<void> {
  return page.evaluate((times) => (globalThis as unknown as { app: App }).app.ask(times), count);
}

async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    interface Found {
      readonly violations: readonly {
        readonly id: string;
        readonly nodes: readonly { readonly html: string }[];
      }[];
    }
    const { axe: checker } = globalThis as unknown as { axe: { run(): Promise<Found> } };
    const found = await checker.run();
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(', ')}`,
    );
  });
}

/** Texts of drawings that are cut off by the drawing, or lie upon each other. */
function badlyPlaced(page: Page): Promise<readonly string[]> {
  return page.evaluate(() => {
    const bad: string[] = [];
    for (const drawing of document.querySelectorAll('figure svg')) {
      const frame = drawing.getBoundingClientRect();
      const placed = Array.from(drawing.querySelectorAll('text'), (text) => ({
        words: text.lastChild?.textContent ?? '',
        box: text.getBoundingClientRect(),
      }));
      for (const [index, { words, box }] of placed.entries()) {
        const within =
          box.left >= frame.left - 0.5 &&
          box.right <= frame.right + 0.5 &&
          box.top >= frame.top - 0.5 &&
          box.bottom <= frame.bottom + 0.5;
        if (!within) bad.push(`${words} is cut off`);
        for (const other of placed.slice(index + 1)) {
          const apart =
            box.right <= other.box.left ||
            other.box.right <= box.left ||
            box.bottom <= other.box.top + 2 ||
            other.box.bottom <= box.top + 2;
          if (!apart) bad.push(`${words} and ${other.words} overlap`);
        }
      }
    }
    if (document.documentElement.scrollWidth > innerWidth)
      bad.push('the page is wider than the screen');
    return bad;
  });
}

describe('a timeline in a real browser', () => {
  it.each([
    [360, 'light', 'none'],
    [360, 'dark', 'none'],
    [700, 'light', 'none'],
    [1400, 'dark', 'none'],
    [1400, 'light', 'active'],
    [360, 'dark', 'none', true as boolean],
  ] as const)(
    'can be read at %i px, %s, forced colours %s, packed %s',
    async (width, colorScheme, forcedColors, packed: boolean | undefined = false) => {
      const page = await open({ show: 'timeline', width, colorScheme, forcedColors, packed });
      await page.getByRole('img', { name: 'Operations over time' }).waitFor();
      expect(await badlyPlaced(page)).toEqual([]);
      expect(await violations(page)).toEqual([]);
      await page.getByText('Show as a table').click();
      await page.getByRole('table').waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await badlyPlaced(page)).toEqual([]);
    },
  );

  it('follows the scheme of its page', async () => {
    const ground = async (colorScheme: 'light' | 'dark'): Promise<string> => {
      const page = await open({ show: 'timeline', colorScheme });
      return page.locator('figure').evaluate((figure) => getComputedStyle(figure).backgroundColor);
    };
    expect([await ground('light'), await ground('dark')]).toEqual([
      'rgb(255, 255, 255)',
      'rgb(21, 24, 29)',
    ]);
  });

  it('takes the width that it is given', async () => {
    const page = await open({ show: 'timeline', width: 1200 });
    const drawing = page.getByRole('img', { name: 'Operations over time' });
    const wide = Number(await drawing.getAttribute('width'));
    await page.setViewportSize({ width: 500, height: 800 });
    await expect.poll(async () => Number(await drawing.getAttribute('width'))).toBeLessThan(500);
    expect(wide).toBeGreaterThan(1000);
    expect(await badlyPlaced(page)).toEqual([]);
  });
});

describe.each(['18', '19'] as const)('the devtools in a real browser, on React %s', (react) => {
  it('T1 show one refresh for all who were rejected, and no secret', async () => {
    const page = await open({ show: 'devtools', react });
    await ask(page, 5);
    await page.getByRole('button', { name: 'Holdfast' }).click();
    const panel = page.getByRole('dialog', { name: 'Holdfast' });
    await panel.getByText(/5 operations, 10 requests \(5 repeats\), 1 token refresh, 0/).waitFor();
    await panel.getByText('Show as a table').click();
    await panel.getByRole('table').waitFor();
    expect(await panel.getByRole('row', { name: 'Session Token refresh' }).count()).toBe(1);
    expect(await panel.innerHTML()).not.toContain('secret');
    expect(await violations(page)).toEqual([]);
  });

  it('are used with the keyboard alone, and hold nobody in', async () => {
    const page = await open({ show: 'devtools', react, width: 375 });
    const focused = (): Promise<string | null | undefined> =>
      page.evaluate(() => {
        const { activeElement } = document;
        return (activeElement?.shadowRoot?.activeElement ?? activeElement)?.textContent;
      });
    await page.getByRole('button', { name: 'Holdfast' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    expect(await focused()).toBe('Close');
    const seen: unknown[] = [];
    for (let step = 0; step < 12 && !seen.includes('Its own'); step++) {
      await page.keyboard.press('Tab');
      seen.push(await focused());
    }
    expect(seen).toContain('Its own');
    await page.getByRole('button', { name: 'Clear' }).focus();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused()).toBe('Holdfast');
  });
});

describe('the devtools, docked', () => {
  const inTrouble = async (look: Omit<Look, 'show'>): Promise<Page> => {
    const page = await open({ show: 'devtools', ...look });
    await ask(page, 3);
    await page.evaluate(() => (globalThis as unknown as { app: App }).app.trouble());
    await page.keyboard.press('Alt+Shift+KeyH');
    await page
      .getByRole('dialog', { name: 'Holdfast' })
      .getByText(/1 waiting$/u)
      .waitFor();
    await page.getByText('Details of PlaceOrder (mutation)').click();
    return page;
  };
  const side = async (page: Page): Promise<readonly number[]> => {
    const box = await page.getByRole('dialog').boundingBox();
    const { x = 0, y = 0, width = 0, height = 0 } = box ?? {};
    return [x, 800 - y - height, x + width];
  };

  it('lie at the side that was chosen, also in the next page, and have nothing that axe minds', async () => {
    const page = await inTrouble({ width: 1200 });
    for (const [name, left, right, colorScheme] of [
      ['left', 0, 540, 'light'],
      ['bottom', 0, 1200, 'light'],
      ['right', 660, 1200, 'dark'],
    ] as const) {
      await page.getByRole('button', { name: `Dock to the ${name}` }).click();
      await page.emulateMedia({ colorScheme });
      expect(await side(page)).toEqual([left, 0, right]);
      expect(await badlyPlaced(page)).toEqual([]);
      if (name !== 'left') expect(await violations(page)).toEqual([]);
    }
    await page.reload();
    await page.getByRole('button', { name: 'Holdfast' }).click();
    expect(await side(page)).toEqual([660, 0, 1200]);
  });

  it('on a phone lie at the lower edge, and leave a part of the page to be seen', async () => {
    const page = await inTrouble({ width: 400, colorScheme: 'dark' });
    expect(await badlyPlaced(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    expect(await side(page)).toEqual([0, 0, 400]);
    expect((await page.getByRole('dialog').boundingBox())?.height).toBeLessThanOrEqual(680);
    expect(await page.getByRole('button', { name: 'Dock to the left' }).isVisible()).toBe(false);
  });

  it('F11 copy what the filter leaves as JSON, and no secret', async () => {
    const page = await inTrouble({ width: 1200 });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('searchbox').fill('order');
    await page.locator('.bar').getByRole('button', { name: 'Copy as JSON' }).click();
    await page.getByText('Copied.').waitFor();
    const text = await page.evaluate(() => navigator.clipboard.readText());
    const { operations, failures } = JSON.parse(text) as {
      readonly operations: readonly { readonly name: string }[];
      readonly failures: readonly { readonly name: string; readonly advice: string }[];
    };
    const names = ['OrdersOfTheWholeCompanyWithPreviews', 'PlaceOrder'];
    expect(operations.map(({ name }) => name)).toEqual(names);
    expect(failures.map(({ name }) => name)).toEqual(names);
    expect(failures.every(({ advice }) => advice.length > 0)).toBe(true);
    expect(text).not.toContain('secret');
  });
});

describe('the devtools on a page with styles of its own', () => {
  it.each([
    [375, 'light'],
    [1280, 'dark'],
  ] as const)(
    'take no style from the page, and leave none, %i px, %s',
    async (width, colorScheme) => {
      const page = await open({ show: 'devtools', styled: true, width, colorScheme });
      const looks = (): Promise<readonly string[]> =>
        page.getByRole('button', { name: 'Its own' }).evaluate((button) => {
          const style = getComputedStyle(button);
          return Array.from(style, (name) => `${name}: ${style.getPropertyValue(name)}`);
        });
      const before = await looks();
      const opener = page.getByRole('button', { name: 'Holdfast' });
      const style = await opener.evaluate((button) => {
        const { textTransform, letterSpacing, borderRadius } = getComputedStyle(button);
        return [textTransform, letterSpacing, borderRadius];
      });
      expect(style).toEqual(['none', 'normal', '999px']);
      await opener.click();
      const panel = page.getByRole('dialog');
      await panel.getByRole('figure').waitFor();
      const box = await panel.boundingBox();
      expect((box?.x ?? -1) >= 0 && (box?.x ?? 0) + (box?.width ?? 0) <= width).toBe(true);
      expect(await looks()).toEqual(before);
      expect(await violations(page)).toEqual([]);
      await page.evaluate(() => (globalThis as unknown as { app: App }).app.unmount());
      expect(
        await page.evaluate(
          () => document.querySelectorAll('style, [data-holdfast-devtools]').length,
        ),
      ).toBe(1);
    },
  );
});
