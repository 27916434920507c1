import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { preview, type PreviewServer } from 'vite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launchBrowser } from '../browser/chromium.ts';
import type { Browser, Page } from '../browser/chromium.ts';
import { root } from '../samples/samples.ts';

const dist = join(root, 'docs/.vitepress/dist');
const base = '/holdfast/';

/** A build takes half a minute, and may not have the machine for itself. */
const BUILD = 600_000;

/** A page is looked at in a second or two, and in more beside other tests. */
const SLOW = 300_000;

let server: PreviewServer;
let browser: Browser;
let origin: string;

beforeAll(async () => {
  const built = spawnSync(process.execPath, ['docs/.vitepress/build.mjs'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (built.status !== 0)
    throw new Error(`The site cannot be built:\n${built.stdout}${built.stderr}`);
  server = await preview({
    configFile: false,
    logLevel: 'warn',
    root: dist,
    base,
    appType: 'mpa',
    build: { outDir: dist },
    preview: { host: '127.0.0.1', port: 0 },
  });
  [origin = ''] = server.resolvedUrls?.local ?? [];
  browser = await launchBrowser();
}, BUILD);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** The pages as they are built, each with its text. */
function builtPages(): ReadonlyMap<string, string> {
  const files = globSync('**/*.html', { cwd: dist });
  return new Map(files.map((file) => [file, readFileSync(join(dist, file), 'utf8')]));
}

function anchorsOf(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(/ id="([^"]*)"/gu)].map(([, id = '']) => id));
}

/** The file that a path of the site leads to; undefined where nothing is there. */
function fileAt(path: string): string | undefined {
  if (!path.startsWith(base)) return undefined;
  const file = decodeURI(path.slice(base.length));
  const candidates =
    file === '' || file.endsWith('/') ? [`${file}index.html`] : [file, `${file}.html`];
  return candidates.find((one) => /\.\w+$/u.test(one) && existsSync(join(dist, one)));
}

it('every link within the site leads to a page that is there, and to a heading that it has', () => {
  const pages = builtPages();
  const anchors = new Map([...pages].map(([file, text]) => [file, anchorsOf(text)]));
  expect(pages.size).toBeGreaterThan(100);
  const dead = [...pages].flatMap(([page, text]) =>
    [...text.matchAll(/ (?:href|src)="([^"]*)"/gu)].flatMap(([, target = '']) => {
      const { host, pathname, hash } = new URL(
        target.replaceAll('&amp;', '&'),
        `http://site${base}${page}`,
      );
      if (host !== 'site') return [];
      const file = fileAt(pathname);
      const anchor = decodeURIComponent(hash.slice(1));
      const isThere =
        file !== undefined && (anchor === '' || (anchors.get(file)?.has(anchor) ?? true));
      return isThere ? [] : [`${page}: ${target}`];
    }),
  );
  expect(dead).toEqual([]);
});

it('every package and every entry that it has is on the site', () => {
  const reports = readFileSync(join(dist, 'llms.txt'), 'utf8');
  for (const file of globSync('packages/*/package.json', { cwd: root })) {
    const { name, exports } = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
      readonly name: string;
      readonly exports: Readonly<Record<string, unknown>>;
    };
    const short = name.replace('@holdfast/', '');
    expect([...builtPages().keys()]).toContain(`packages/${short}.html`);
    for (const entry of Object.keys(exports).filter((path) => path !== './package.json')) {
      expect(reports).toContain(`/api/${join(short, entry)}.md`);
    }
  }
});

it('the pictures of the concepts show what the core does', { timeout: BUILD }, () => {
  const drawn = spawnSync(process.execPath, ['docs/.vitepress/timelines.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(drawn.stderr).toBe('');
  expect(drawn.status).toBe(0);
});

/** What axe finds to mend in a page. */
async function faults(page: Page): Promise<readonly string[]> {
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') });
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run(options: object): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await axe.run({ resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
  });
}

/** What the console of a page says: errors, warnings, and files that are not there. */
function complaintsOf(page: Page): readonly string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return complaints;
}

/** One page of each kind, as it is seen on a desk or on a phone. */
const looks = [
  ['', 1_400, 'light'],
  ['', 390, 'dark'],
  ['start/apollo', 390, 'light'],
  ['concepts/outage', 1_400, 'dark'],
  ['concepts/outage', 390, 'light'],
  ['migrate/axios', 390, 'dark'],
  ['profiles/', 1_400, 'light'],
  ['api/urql', 1_400, 'dark'],
] as const;

it.each(looks)(
  'axe finds nothing to mend in /%s, %d pixels wide, %s',
  async (path, width, colorScheme) => {
    const page = await browser.newPage({ viewport: { width, height: 844 }, colorScheme });
    const complaints = complaintsOf(page);
    await page.goto(`${origin}${path}`);
    // What the script of the page adds is there: the switch between light and dark has its name.
    const named = page.locator('.VPSwitchAppearance:not([title=""])').first();
    await named.waitFor({ state: 'attached' });
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    // A picture whose size is not said moves what is below it when it comes.
    expect(
      await page.locator('img:not([width][height])').evaluateAll((images) => images.map(String)),
    ).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      width,
    );
    await page.close();
  },
  SLOW,
);

it('what one looks for is found', { timeout: SLOW }, async () => {
  const page = await browser.newPage();
  await page.goto(origin);
  await page.getByRole('button', { name: 'Search' }).first().click();
  await page.locator('#localsearch-input').fill('idempotency key');
  const found = page.locator('.results a[href*="concepts/mutations"]').first();
  await found.waitFor();
  expect(await found.textContent()).toContain('Mutations');
  await page.close();
});

/** The three big numbers of both sides, as the page shows them. */
function bigNumbers(page: Page): Promise<readonly string[]> {
  return page.locator('.score dd').allInnerTexts();
}

it(
  'the playground is reached from the start page, rides an outage out, and its link replays the run',
  {
    timeout: SLOW,
  },
  async () => {
    const page = await browser.newPage({ viewport: { width: 1_400, height: 900 } });
    page.setDefaultTimeout(SLOW);
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(origin);
    await page.locator('.VPNavBarMenuLink', { hasText: 'Playground' }).click();
    await page.getByRole('button', { name: 'Show an outage' }).click();
    await page.getByText('Reconnecting: continues').waitFor();
    await page.getByRole('radio', { name: '4×' }).check();
    const verdict = page.locator('[data-testid="verdict"][data-over="true"]');
    await verdict.waitFor();
    const words = await verdict.innerText();
    expect(words).toMatch(/^With Holdfast nothing failed; without, \d+ of 40 operations\./u);
    const numbers = await bigNumbers(page);
    expect(numbers).toHaveLength(6);
    const [failed, requests, twice, usualFailed, usualRequests] = numbers.map(Number);
    expect([failed, twice]).toEqual([0, 0]);
    expect(usualFailed).toBeGreaterThan(0);
    expect(usualRequests).toBeGreaterThan(requests ?? Infinity);
    const link = await page.getByTestId('run-link').getAttribute('href');
    const address = new URL(link ?? '', page.url()).href;
    expect(new URL(address).pathname).toBe(`${base}playground/`);
    await page.close();

    // Whoever wants little motion is shown the end of a run at once.
    const other = await browser.newPage({ reducedMotion: 'reduce' });
    other.setDefaultTimeout(SLOW);
    const others = complaintsOf(other);
    await other.goto(address);
    const replayed = other.locator('[data-testid="verdict"][data-over="true"]');
    await replayed.waitFor();
    expect(await replayed.innerText()).toBe(words);
    expect(await bigNumbers(other)).toEqual(numbers);
    expect([...complaints, ...others]).toEqual([]);
    await other.close();
  },
);
