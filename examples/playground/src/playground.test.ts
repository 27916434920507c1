import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestContext } from 'vitest';
import { launchBrowser } from '../../../tests/browser/chromium.ts';
import type { Browser, Page } from '../../../tests/browser/chromium.ts';
import { startServer } from './server/server.ts';
import type { PlaygroundServer } from './server/server.ts';
import { troubles } from './trouble/troubles.ts';

const conditions = ['holdfast-source', 'module', 'browser', 'import', 'default'];

const DESKTOP = { width: 1440, height: 900 };
const SMALL = { width: 800, height: 600 };
const PHONE = { width: 375, height: 812 };

// Each is real time in a browser, and machines that run tests are small.
vi.setConfig({ testTimeout: 60_000, maxConcurrency: 3 });

let folder: string;
let browser: Browser;
let server: PlaygroundServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-playground-'));
  const root = fileURLToPath(new URL('..', import.meta.url));
  // As a user builds it: vitest's own environment would bring React's development build.
  vi.stubEnv('NODE_ENV', 'production');
  const built = build({
    root,
    logLevel: 'warn',
    resolve: { conditions },
    build: { outDir: folder, emptyOutDir: true },
  });
  [browser] = await Promise.all([launchBrowser(), built]);
  vi.unstubAllEnvs();
  server = await startServer({ port: 0, page: folder });
  // The first time, a whole browser has to be unpacked.
}, 60_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await rm(folder, { recursive: true });
});

/** The numbers of one row: Apollo with Holdfast and plain, urql with Holdfast and plain. */
type Row = readonly [number, number, number, number];

const APOLLO = 0;
const PLAIN_APOLLO = 1;
const URQL = 2;
const PLAIN_URQL = 3;

type Column = 0 | 1 | 2 | 3;

interface Opened {
  readonly page: Page;
  row(title: string): Promise<Row>;
  /** Waits until a number is so large, or exactly so. */
  reaches(title: string, column: Column, least: number): Promise<void>;
  becomes(title: string, column: Column, value: number): Promise<void>;
  press(button: string): Promise<void>;
  /** Waits for so many operations since the counts began, and then until none of Holdfast's is open. */
  settled(asked: number): Promise<void>;
}

/** A page of its own, with servers of its own and nothing left from another. Its console has to stay clean. */
async function open(
  { onTestFinished }: TestContext,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<Opened> {
  const context = await browser.newContext({
    // Several pages share this machine: pictures are drawn more seldom, and most of them out of sight.
    viewport: SMALL,
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // The browser itself notes each refused request.
    const own = message.type() === 'error' && !message.text().startsWith('Failed to load resource');
    if (own || message.type() === 'warning') complaints.push(message.text());
  });
  onTestFinished(async () => {
    await context.close();
    if (complaints.length > 0) throw new Error(`The console says: ${complaints.join('\n')}`);
  });
  await page.goto(server.origin);
  const opened: Opened = {
    page,
    row: async (title) => (await page.evaluate(numbersIn, title)) as unknown as Row,
    reaches: (title, column, least) => waitFor(title, column, least, Infinity),
    becomes: (title, column, value) => waitFor(title, column, value, value),
    press: (button) => page.getByRole('button', { name: button }).click(),
    async settled(asked) {
      await opened.reaches('Operations asked', APOLLO, asked);
      await opened.press('Pause');
      await opened.becomes('Without an answer yet', APOLLO, 0);
      await opened.becomes('Without an answer yet', URQL, 0);
    },
  };
  async function waitFor(
    title: string,
    column: Column,
    least: number,
    most: number,
  ): Promise<void> {
    const wanted = { title, column, least, most: Math.min(most, Number.MAX_SAFE_INTEGER) };
    await page.waitForFunction(isWithin, wanted, { polling: 100 });
  }
  // All is well, and something happens.
  await opened.reaches('Requests at the server', APOLLO, 4);
  return opened;
}

/** Runs in the page. */
function numbersIn(title: string): number[] {
  const rows = [...document.querySelectorAll('tbody tr')];
  const row = rows.find((candidate) => candidate.querySelector('th')?.innerText === title);
  return [...(row?.querySelectorAll('td') ?? [])].map((cell) => Number(cell.innerText));
}

interface Wanted {
  readonly title: string;
  readonly column: number;
  readonly least: number;
  readonly most: number;
}

/** Runs in the page, where it knows nothing but what is in it. */
function isWithin({ title, column, least, most }: Wanted): boolean {
  const rows = [...document.querySelectorAll('tbody tr')];
  const row = rows.find((candidate) => candidate.querySelector('th')?.innerText === title);
  const value = Number(row?.querySelectorAll('td')[column]?.innerText ?? Number.NaN);
  return value >= least && value <= most;
}

/** Of Apollo and urql, what those with Holdfast have. */
const held = ([apollo, , urql]: Row): readonly number[] => [apollo, urql];

const NONE = [0, 0];

describe.concurrent('the playground', () => {
  it('T1 T2 T3 refreshes an expired token once, and nothing fails', async (test) => {
    const { page, row, press, settled } = await open(test);
    await press('Expire the token');
    await page.getByText('Expire the token: Every access token is dead').waitFor();
    await settled(12);
    expect(held(await row('Token calls'))).toEqual([1, 1]);
    expect(held(await row('Failed for the user'))).toEqual(NONE);
  });

  it('T7 T8 sends nothing for a session that is over, until the next sign-in', async (test) => {
    const { page, row, press, reaches } = await open(test);
    await press('Revoke the session');
    await page.getByText('Signed out: Apollo with Holdfast').waitFor();
    await reaches('Operations asked', APOLLO, 17);
    await reaches('Requests at the server', PLAIN_APOLLO, 12);
    await reaches('Requests at the server', PLAIN_URQL, 12);
    const sent = held(await row('Requests at the server'));
    // Those that were under way, and the first that was told.
    expect(Math.max(...sent)).toBeLessThan(6);
    expect(held(await row('Token calls'))).toEqual([1, 1]);
    await press('Sign in again');
    await page.getByText('All four are signed in.').waitFor();
    const failed = held(await row('Failed for the user'));
    await reaches('Requests at the server', APOLLO, 12);
    await reaches('Requests at the server', URQL, 12);
    expect(held(await row('Failed for the user'))).toEqual(failed);
  });

  it('T6 holds what needs a token while the token endpoint is down, and nobody fails', async (test) => {
    const { page, row, press, settled } = await open(test);
    await press('Token endpoint down');
    await page.getByText(/^Signed out: .*Plain urql\.$/u).waitFor();
    await settled(24);
    expect(held(await row('Failed for the user'))).toEqual(NONE);
  });

  it('W3 W7 sends nothing before the hint of a 429, and nothing fails', async (test) => {
    const { page, row, press, reaches, settled } = await open(test);
    await press('429 with a hint');
    await page.getByText('Busy right now: continues').first().waitFor();
    await reaches('Sent before the hint', PLAIN_APOLLO, 1);
    await reaches('Sent before the hint', PLAIN_URQL, 1);
    await settled(24);
    expect(held(await row('Sent before the hint'))).toEqual(NONE);
    expect(held(await row('Failed for the user'))).toEqual(NONE);
  });

  it('R1 W7 waits out a 429 without a hint, behind one closed gate', async (test) => {
    const { row, press, settled } = await open(test);
    await press('429 without a hint');
    await settled(24);
    expect(held(await row('Failed for the user'))).toEqual(NONE);
    const [asked] = await row('Operations asked');
    const requests = await row('Requests at the server');
    expect(Math.min(...held(requests))).toBeGreaterThan(asked);
    expect(Math.max(...held(requests))).toBeLessThan(requests[PLAIN_APOLLO]);
  });

  it('R1 waits out a 423', async (test) => {
    const { row, press, settled } = await open(test);
    await press('423 Locked');
    await settled(24);
    expect(held(await row('Failed for the user'))).toEqual(NONE);
    const [asked] = await row('Operations asked');
    expect(Math.min(...held(await row('Requests at the server')))).toBeGreaterThan(asked);
  });

  it('M1 R4 sends no mutation again after a 500, and spares the server', async (test) => {
    const { page, row, press, reaches, settled } = await open(test);
    await press('500 for ten seconds');
    await reaches('Mutations run twice', PLAIN_APOLLO, 4);
    expect(held(await row('Mutations run twice'))).toEqual(NONE);
    const [apollo, plainApollo] = await row('Requests at the server');
    expect(apollo).toBeLessThan(plainApollo);
    await press('All well again');
    const failing = page.getByRole('button', { name: '500 for ten seconds' });
    await failing.getByText('left').waitFor({ state: 'detached' });
    await settled(0);
    const [asked, failed] = [await row('Operations asked'), await row('Failed for the user')];
    await press('Start');
    await settled(asked[APOLLO] + 12);
    expect(held(await row('Failed for the user'))).toEqual(held(failed));
  });

  it('T2 T3 answers rejections that are late with the new token, and refreshes once', async (test) => {
    const { row, press, reaches, settled } = await open(test);
    await press('Slow');
    await reaches('Without an answer yet', APOLLO, 3);
    await press('Expire the token');
    await settled(20);
    expect(held(await row('Token calls'))).toEqual([1, 1]);
    expect(held(await row('Failed for the user'))).toEqual(NONE);
  });

  it('W11 waits for the network', async (test) => {
    const { page, row, press, reaches, settled } = await open(test);
    await press('Offline');
    await page.getByRole('article').getByText('Offline').first().waitFor();
    await reaches('Failed for the user', PLAIN_URQL, 1);
    await reaches('Without an answer yet', APOLLO, 12);
    await settled(16);
    expect(held(await row('Failed for the user'))).toEqual(NONE);
    const [asked] = await row('Operations asked');
    await reaches('Requests at the server', APOLLO, asked);
  });

  it('F6 M2 delivers data that comes with an error, and sends nothing again', async (test) => {
    const { row, press, reaches, settled } = await open(test);
    await press('Partial data');
    await reaches('Answered in part', APOLLO, 10);
    await reaches('Answered in part', URQL, 10);
    await press('All well again');
    await settled(0);
    expect(held(await row('Failed for the user'))).toEqual(NONE);
    const [asked] = await row('Operations asked');
    const requests = held(await row('Requests at the server'));
    // One or two may have been under way when the counts began.
    expect(Math.max(...requests)).toBeLessThan(asked + 3);
    expect(held(await row('Mutations run twice'))).toEqual(NONE);
  });

  it('says so where a sign-in fails', async (test) => {
    const { page, press } = await open(test);
    await press('Revoke the session');
    await page.getByText('Signed out: Apollo with Holdfast').waitFor();
    await press('Token endpoint down');
    await press('Sign in again');
    await page.getByText('That failed. TokensRefused: The token endpoint answered 503.').waitFor();
    await press('All well again');
    await press('Sign in again');
    await page.getByText('All four are signed in.').waitFor();
    expect(await page.getByText('That failed.').count()).toBe(0);
  });

  it('says how long a trouble lasts, and ends it when told', async (test) => {
    const { page, press } = await open(test);
    await press('Slow');
    const slow = page.getByRole('button', { name: 'Slow' });
    await slow.getByText(/^\d+ s left$/u).waitFor();
    await press('All well again');
    await slow.getByText('left').waitFor({ state: 'detached' });
    expect(await slow.innerText()).toBe('Slow');
  });

  it('asks for as much as the slider says, pauses, and counts anew for a trouble', async (test) => {
    const { page, row, press, reaches, settled } = await open(test);
    await page.getByLabel('Operations a second').fill('30');
    await settled(60);
    await press('Expire the token');
    await page.getByText('since “Expire the token”').waitFor();
    expect(await row('Operations asked')).toEqual([0, 0, 0, 0]);
    await press('Start');
    await reaches('Operations asked', APOLLO, 20);
    expect(new Set(await row('Operations asked')).size).toBe(1);
  });

  it('can be walked through and used by keyboard', async (test) => {
    const { page, becomes } = await open(test);
    const controls = [...troubles.map(({ label }) => label), 'All well again', 'Sign in again'];
    const walked: string[] = [];
    for (const _ of [...controls, 'rate', 'Pause']) {
      await page.keyboard.press('Tab');
      const focus = page.locator(':focus');
      const outline = await focus.evaluate((element) => getComputedStyle(element).outlineStyle);
      expect(outline).toBe('solid');
      walked.push((await focus.getAttribute('id')) ?? (await focus.innerText()));
    }
    expect(walked).toEqual([...controls, 'rate', 'Pause']);
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('ArrowRight');
    await page.locator('output', { hasText: '5' }).waitFor();
    await page.getByRole('button', { name: 'Expire the token' }).focus();
    await page.keyboard.press('Enter');
    await becomes('Token calls', APOLLO, 1);
    await page.getByText('since “Expire the token”').waitFor();
  });

  describe.each([
    { scheme: 'light', size: 'desktop', viewport: DESKTOP },
    { scheme: 'dark', size: 'desktop', viewport: DESKTOP },
    { scheme: 'light', size: 'phone', viewport: PHONE },
    { scheme: 'dark', size: 'phone', viewport: PHONE },
  ] as const)('in $scheme on a $size', ({ scheme, viewport }) => {
    it('is accessible and fits, calm and in trouble', async (test) => {
      const { page, press } = await open(test, { colorScheme: scheme, viewport });
      const light = await page.evaluate(() => {
        const [, red] = /rgb\((\d+)/u.exec(getComputedStyle(document.body).backgroundColor) ?? [];
        return Number(red) > 127;
      });
      expect(light).toBe(scheme === 'light');
      expect(await faultsOf(page)).toEqual([]);
      await press('Expire the token');
      await press('429 with a hint');
      await page.getByText('Busy right now: continues').first().waitFor();
      await page.getByText('Last failure').first().waitFor();
      expect(await faultsOf(page)).toEqual([]);
    });
  });
});

/** What axe finds, and whether the page is wider than its window. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    const beyond = document.documentElement.scrollWidth - innerWidth;
    return beyond > 0 ? [...found, `${beyond} px are beyond the window.`] : found;
  });
}
