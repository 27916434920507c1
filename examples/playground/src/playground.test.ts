import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import sirv from 'sirv';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestContext } from 'vitest';
import { launchBrowser } from '../../../tests/browser/chromium.ts';
import type { Browser, Page } from '../../../tests/browser/chromium.ts';
import { hashOf } from './scenario/scenario.ts';
import type { Side } from './scenario/scenario.ts';
import type { TroubleName } from './scenario/troubles.ts';

const conditions = ['holdfast-source', 'module', 'browser', 'import', 'default'];

const DESKTOP = { width: 1400, height: 900 };
const PHONE = { width: 390, height: 844 };

vi.setConfig({ testTimeout: 60_000, maxConcurrency: 2 });

let folder: string;
let browser: Browser;
let server: Server;
let address: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-playground-'));
  const root = fileURLToPath(new URL('..', import.meta.url));
  // As a user builds it: vitest's own environment would bring React's development build.
  vi.stubEnv('NODE_ENV', 'production');
  const built = build({
    root,
    logLevel: 'warn',
    resolve: { conditions },
    // Below the folder that is served: the site has it under a path of its own.
    build: { outDir: join(folder, 'playground'), emptyOutDir: true },
  });
  [browser] = await Promise.all([launchBrowser(), built]);
  vi.unstubAllEnvs();
  const files = sirv(folder, { dev: true });
  server = createServer((request, response) => {
    files(request, response, () => {
      response.writeHead(404).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/playground/`;
  // The first time, a whole browser has to be unpacked.
}, 60_000);

afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true });
});

interface Opened {
  readonly page: Page;
  /** What its console says: nothing. */
  readonly complaints: readonly string[];
}

async function openPage({
  hash = '',
  ...options
}: Parameters<Browser['newContext']>[0] & { readonly hash?: string }): Promise<Opened> {
  const context = await browser.newContext({ viewport: DESKTOP, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(40_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(address + hash);
  return { page, complaints };
}

/** @throws Error where the console has said something. */
async function closePage({ page, complaints }: Opened): Promise<void> {
  await page.context().close();
  if (complaints.length > 0) throw new Error(`The console says: ${complaints.join('\n')}`);
}

/** A page for one test. */
async function open(
  { onTestFinished }: TestContext,
  options: Parameters<typeof openPage>[0] = {},
): Promise<Page> {
  const opened = await openPage(options);
  onTestFinished(() => closePage(opened));
  return opened.page;
}

/** Waits for the verdict, and reads it. */
async function verdictOf(page: Page): Promise<string> {
  const verdict = page.locator('[data-testid="verdict"][data-over="true"]');
  await verdict.waitFor();
  return (await verdict.innerText()).replaceAll(/\s+/gu, ' ');
}

type Count =
  | 'asked'
  | 'open'
  | 'failed'
  | 'partial'
  | 'requests'
  | 'early'
  | 'tokenCalls'
  | 'placedTwice'
  | 'surplus';

type Counts = Readonly<Record<`${Side}-${Count}`, number>>;

/** All numbers of the page's table. */
function countsOf(page: Page): Promise<Counts> {
  return page.evaluate(() => {
    const cells = document.querySelectorAll<HTMLElement>('[data-testid*="-all-"]');
    const pairs = Array.from(cells, ({ dataset, innerText }) => [
      dataset['testid']?.replace('-all-', '-') ?? '',
      Number(innerText),
    ]);
    return Object.fromEntries(pairs) as Counts;
  });
}

describe.each(['apollo', 'urql'] as const)('a run with %s', (client) => {
  let opened: Opened;

  beforeAll(async () => {
    // Who wants little motion is shown the end of a run at once.
    opened = await openPage({ reducedMotion: 'reduce' });
  });

  afterAll(async () => {
    await closePage(opened);
  });

  /** What a run comes to. */
  async function play(trouble: TroubleName, shoppers = 1): Promise<Counts> {
    const { page } = opened;
    const hash = hashOf({ scenario: { trouble, client, shoppers, seed: 1 }, speed: 2 });
    await page.evaluate((next) => {
      location.hash = next;
    }, hash);
    await page.locator(`main:has([href="${hash}"]) [data-over="true"]`).waitFor();
    const counts = await countsOf(page);
    const asked = 40 * shoppers;
    expect([counts['holdfast-asked'], counts['usual-asked']]).toEqual([asked, asked]);
    expect([counts['holdfast-open'], counts['usual-open']]).toEqual([0, 0]);
    return counts;
  }

  it('H1 H2 H3 rides an outage out: nothing fails, and the server is spared', async () => {
    const counts = await play('outage');
    expect(counts['holdfast-failed']).toBe(0);
    expect(counts['usual-failed']).toBeGreaterThan(5);
    expect(counts['holdfast-placedTwice']).toBe(0);
    expect(counts['holdfast-requests']).toBeLessThan(counts['usual-requests']);
    if (client !== 'apollo') return;
    // What the README shows is this page.
    const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
    const shown = /<img [^>]*playground\.png" alt="([^"]*)"/u.exec(readme)?.[1];
    expect(shown).toBe(
      `The playground after an outage of ten seconds: with Holdfast ${counts['holdfast-failed']} of 40 operations failed and the server got ${counts['holdfast-requests']} requests; with ErrorLink, RetryLink and SetContextLink ${counts['usual-failed']} failed, and it got ${counts['usual-requests']}.`,
    );
  });

  it('T1 T2 T3 refreshes an expired token once, and nothing fails', async () => {
    const counts = await play('expire');
    expect(counts['holdfast-tokenCalls']).toBe(1);
    expect(counts['holdfast-failed']).toBe(0);
  });

  it('T7 T8 sends nothing for a session that is over, until the next sign-in', async () => {
    const counts = await play('revoke');
    // One refresh, and the sign-in.
    expect(counts['holdfast-tokenCalls']).toBe(2);
    // The two that were told; nothing for the ten that came while the session was over.
    expect(counts['holdfast-requests']).toBe(40 - counts['holdfast-failed'] + 2);
    expect(counts['usual-requests']).toBeGreaterThan(counts['holdfast-requests']);
  });

  it('T6 holds what needs a token while the token endpoint is down, and nothing fails', async () => {
    const counts = await play('token-endpoint');
    expect(counts['holdfast-failed']).toBe(0);
    expect(counts['usual-failed']).toBeGreaterThan(0);
  });

  it('W3 W7 sends nothing before the hint of a 429, and nothing fails', async () => {
    const counts = await play('limit-hint');
    expect(counts['holdfast-early']).toBe(0);
    expect(counts['usual-early']).toBeGreaterThan(0);
    expect(counts['holdfast-failed']).toBe(0);
  });

  it('R1 W7 waits out a 429 without a hint, behind one closed gate', async () => {
    const counts = await play('limit');
    expect(counts['holdfast-failed']).toBe(0);
    expect(counts['holdfast-requests']).toBeGreaterThan(40);
    expect(counts['holdfast-requests']).toBeLessThan(counts['usual-requests']);
  });

  it('R1 waits out a 423', async () => {
    const counts = await play('locked');
    expect(counts['holdfast-failed']).toBe(0);
    expect(counts['holdfast-requests']).toBeGreaterThan(40);
  });

  it('R4 each of ten shoppers has a retry budget of his own, and waits out a 423 with it', async () => {
    const counts = await play('locked', 10);
    expect(counts['holdfast-failed']).toBe(0);
  });

  it('M1 H2 sends no mutation again after a 500, and spares the server', async () => {
    const counts = await play('failing');
    expect(counts['holdfast-placedTwice']).toBe(0);
    expect(counts['usual-placedTwice']).toBeGreaterThan(0);
    expect(counts['holdfast-requests']).toBeLessThan(counts['usual-requests']);
  });

  it('T2 T3 answers rejections that are late with the new token, and refreshes once', async () => {
    const counts = await play('slow');
    expect(counts['holdfast-tokenCalls']).toBe(1);
    expect(counts['holdfast-failed']).toBe(0);
  });

  it('W11 waits for the network', async () => {
    const counts = await play('offline');
    expect(counts['holdfast-failed']).toBe(0);
    expect(counts['usual-failed']).toBeGreaterThan(0);
    expect(counts['holdfast-requests']).toBe(40);
  });

  it('F6 M2 delivers data that comes with an error, and sends nothing again', async () => {
    const counts = await play('partial');
    expect(counts['holdfast-partial']).toBe(20);
    expect(counts['holdfast-requests']).toBe(40);
    expect(counts['holdfast-failed']).toBe(0);
  });
});

describe('the page', () => {
  it('begins with a story, shows the outage ridden out, and stops where somebody touches it', async (test) => {
    const page = await open(test);
    await page.getByText('answers nothing but 503').waitFor();
    await page.getByText('Reconnecting: continues').waitFor();
    await page.getByRole('radio', { name: '4×' }).check();
    expect(await verdictOf(page)).toMatch(
      /^With Holdfast nothing failed; without, \d+ of 40 operations\. /u,
    );
    expect(await page.getByTestId('holdfast-failed').innerText()).toBe('0');
    expect(await page.getByTestId('holdfast-twice').innerText()).toBe('0');
    expect(new URL(page.url()).hash).toContain('trouble=outage');
  });

  it('has a link of each run that gives the same numbers, to whoever opens it', async (test) => {
    const page = await open(test, { reducedMotion: 'reduce' });
    await verdictOf(page);
    await page.getByRole('button', { name: 'Other latencies' }).click();
    await page.getByRole('button', { name: '500 after the fact' }).click();
    const verdict = await verdictOf(page);
    const counts = await countsOf(page);
    const link = new URL((await page.getByTestId('run-link').getAttribute('href'))!, page.url());
    expect(link.hash).toBe('#trouble=failing&client=apollo&shoppers=1&seed=2&speed=2');
    const other = await open(test, { hash: link.hash, reducedMotion: 'reduce' });
    expect(await verdictOf(other)).toBe(verdict);
    expect(await countsOf(other)).toEqual(counts);
    await other.reload();
    await verdictOf(other);
    expect(await countsOf(other)).toEqual(counts);
  });

  it('says that an address asks for nothing that there is, by showing the story', async (test) => {
    const page = await open(test, { hash: '#trouble=flood&seed=-1', reducedMotion: 'reduce' });
    expect(await verdictOf(page)).toContain('of 40');
  });

  it('goes to any moment of the run by keyboard', async (test) => {
    const page = await open(test, { reducedMotion: 'reduce' });
    await verdictOf(page);
    const moment = page.getByLabel('Moment of the run');
    await moment.focus();
    await page.keyboard.press('Home');
    await page.getByText('0.0 of 20 s').waitFor();
    expect((await countsOf(page))['holdfast-requests']).toBe(0);
    await moment.fill('9000');
    await page.getByText('Reconnecting: continues').waitFor();
    await page.keyboard.press('End');
    expect(await verdictOf(page)).toContain('nothing failed');
  });

  it('can be walked through by keyboard, and shows where the focus is', async (test) => {
    const page = await open(test, { reducedMotion: 'reduce' });
    await verdictOf(page);
    const walked: string[] = [];
    for (let stop = 0; stop < 20; stop += 1) {
      await page.keyboard.press('Tab');
      const focus = page.locator(':focus');
      // What is invisible itself has its ring around what stands for it.
      const outline = await focus.evaluate((element) => {
        const shown = element.matches('[type=radio]') ? element.nextElementSibling : element;
        return getComputedStyle(shown ?? element).outlineStyle;
      });
      expect(outline).toBe('solid');
      walked.push(
        await focus.evaluate(
          (element) => element.textContent || element.ariaLabel || element.parentElement!.innerText,
        ),
      );
    }
    expect(walked).toEqual(
      expect.arrayContaining(['Apollo', '1', 'Show an outage', 'Partial data', 'Replay']),
    );
  });

  describe.each([
    { scheme: 'light', size: 'desktop', viewport: DESKTOP, shoppers: 10 },
    { scheme: 'dark', size: 'desktop', viewport: DESKTOP, shoppers: 1 },
    { scheme: 'light', size: 'phone', viewport: PHONE, shoppers: 1 },
    { scheme: 'dark', size: 'phone', viewport: PHONE, shoppers: 10 },
  ] as const)('in $scheme on a $size', ({ scheme, viewport, shoppers }) => {
    it('is accessible and fits, in the middle of trouble and at the end', async (test) => {
      const hash = `#trouble=outage&client=apollo&shoppers=${shoppers}&seed=1&speed=2`;
      const page = await open(test, {
        hash,
        colorScheme: scheme,
        viewport,
        reducedMotion: 'reduce',
      });
      await verdictOf(page);
      const light = await page.evaluate(() => {
        const [, red] = /rgb\((\d+)/u.exec(getComputedStyle(document.body).backgroundColor) ?? [];
        return Number(red) > 127;
      });
      expect(light).toBe(scheme === 'light');
      // What is below is drawn for whoever comes near it.
      const timelines = page.locator('.holdfast-timeline');
      expect(await timelines.count()).toBe(0);
      await page.locator('.timelines').scrollIntoViewIfNeeded();
      await timelines.nth(1).getByText('In the first 20 s').waitFor();
      expect(await faultsOf(page)).toEqual([]);
      await page.getByLabel('Moment of the run').fill('9000');
      await page.getByText('answers nothing but 503').waitFor();
      await timelines.nth(1).getByText('In the first 9 s').waitFor();
      expect(await faultsOf(page)).toEqual([]);
    });
  });
});

/** What axe finds, whether the page is wider than its window, and whether a number lies on the words beside it. */
async function faultsOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
    const beyond = document.documentElement.scrollWidth - innerWidth;
    if (beyond > 0) found.push(`${beyond} px are beyond the window.`);
    const textOf = (element: Element | null): DOMRect => {
      const range = document.createRange();
      range.selectNodeContents(element!);
      return range.getBoundingClientRect();
    };
    for (const score of document.querySelectorAll('.score div')) {
      const number = textOf(score.querySelector('dd'));
      const words = textOf(score.querySelector('dt'));
      const common = Math.min(number.bottom, words.bottom) - Math.max(number.top, words.top);
      if (number.right > words.left && common > words.height / 2) {
        found.push(`A number lies on its words: ${score.textContent}`);
      }
    }
    return found;
  });
}
