import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { startBackend } from '../../examples/next-session/src/backend/backend.ts';
import type { Backend } from '../../examples/next-session/src/backend/backend.ts';
import { launchBrowser } from '../browser/chromium.ts';
import type { Browser, Page } from '../browser/chromium.ts';
import { barriers } from './shown.ts';
import { startProcess } from './started-example.ts';
import type { StartedProcess } from './started-example.ts';

/** Two production builds, one after the other, beside whatever else the machine does. */
const BUILD = 600_000;

type Locator = ReturnType<Page['getByRole']>;

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);

afterAll(() => browser?.close());

/** A browser that has never been there, and what its console and the application's answers hold. */
async function openAt(origin: string, path: string): Promise<Visitor> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const visitor: Visitor = { complaints: [], received: [], tab, page: await tab() };
  await visitor.page.goto(origin + path);
  return visitor;

  async function tab(): Promise<Page> {
    const page = await context.newPage();
    page.setDefaultTimeout(100_000);
    page.on('pageerror', (error) => visitor.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') visitor.complaints.push(message.text());
    });
    page.on('response', (response) => {
      if (!response.url().startsWith(origin)) return;
      visitor.received.push(response.text().catch(() => ''));
    });
    return page;
  }
}

async function signInAt(origin: string, page: Page, user = 'ola'): Promise<void> {
  const link = page.getByRole('link', { name: 'Sign in' });
  // Not by a click, which is lost where the page comes alive between its two halves.
  const address = origin + (await link.getAttribute('href'));
  const field = page.getByLabel('Name');
  const note = page.getByText(`The first note of ${user}`);
  await page.goto(address);
  await field.or(note).first().waitFor();
  if (await field.isVisible()) {
    await field.fill(user);
    await page.getByLabel('Password').fill('nordmann');
    await page.getByRole('button', { name: 'Sign in' }).click();
  }
  await note.waitFor();
}

/** Until React has taken an element over, what is typed into it or pressed may be lost. */
async function alive(element: Locator): Promise<Locator> {
  await element.waitFor();
  const isTaken = (): Promise<boolean> =>
    element.evaluate((node) => Object.keys(node).some((key) => key.startsWith('__reactProps')));
  await expect.poll(isTaken, { timeout: 60_000 }).toBe(true);
  return element;
}

async function add(page: Page, text: string): Promise<void> {
  const button = await alive(page.getByRole('button', { name: 'Add' }));
  await page.getByLabel('Note').fill(text);
  await button.click();
}

describe.each(['next-apollo', 'next-urql'])(
  'the application of %s',
  { timeout: 240_000 },
  (name) => {
    const command = `node scripts/pnpm.mjs --filter @holdfast/example-${name} start`;
    let backend: Backend;
    let example: StartedProcess;

    beforeAll(async () => {
      backend = await startBackend();
      example = await startProcess(command, backend.environment);
    }, BUILD);

    afterAll(async () => {
      await example?.stop();
      await backend?.close();
    });

    beforeEach(() => {
      backend.login.isDown = false;
    });

    const open = (path = '/notes'): Promise<Visitor> => openAt(example.origin, path);

    const signIn = (page: Page, user?: string): Promise<void> =>
      signInAt(example.origin, page, user);

    async function signedIn(user?: string): Promise<Visitor> {
      const visitor = await open();
      await signIn(visitor.page, user);
      return visitor;
    }

    /** What the browser does by itself once the token's time has come. */
    function dropExpired(page: Page): Promise<void> {
      return page.context().clearCookies({ name: 'access' });
    }

    it('is built without a complaint of Cache Components, and started with its README’s command', () => {
      const readme = fileURLToPath(new URL(`../../examples/${name}/README.md`, import.meta.url));
      expect(readFileSync(readme, 'utf8').split('\n')).toContain(command);
      expect(example.printed()).toMatch(/○ \/\n/u);
      expect(example.printed()).toMatch(/◐ \/notes\n/u);
      // On a machine of CI, Next wishes for a cache that outlives the build.
      const said = example.printed().replace(/^.*No build cache found.*$/mu, '');
      expect(said).not.toMatch(/warn|error|⚠|⨯ [^t]/iu);
    });

    it('P4 has a client in the page that is rendered when it is built, which asks once it is shown', async () => {
      const { page, complaints } = await open('/');
      await page.getByText('The office is closed on Friday.').waitFor();
      expect(await barriers(page)).toEqual([]);
      expect(complaints).toEqual([]);
    });

    it('shows what server and page have asked for, and no token in anything that the page is sent', async () => {
      const { page, complaints, received } = await signedIn();
      await page.getByText('Signed in as Ola Nordmann').waitFor();
      await add(page, 'Buy rope');
      await page.getByText('Buy rope').waitFor();
      expect(backend.api.notesOf('ola')).toContain('Buy rope');
      await dropExpired(page);
      await page.reload();
      await page.getByText('Buy rope').waitFor();
      expect(await barriers(page)).toEqual([]);
      expect(complaints).toEqual([]);
      const texts = [...(await Promise.all(received)), await page.content()];
      expect(texts.join()).toContain('Buy rope');
      const { issued } = backend.login;
      expect(issued.size).toBeGreaterThan(3);
      expect([...issued].filter((token) => texts.some((text) => text.includes(token)))).toEqual([]);
      const seen = await page.evaluate(() => document.cookie + JSON.stringify({ ...localStorage }));
      expect(seen).toBe('{}');
    });

    it('T1 an expired cookie is renewed before the page is rendered, by one call for all tabs at once', async () => {
      const { page, tab, complaints } = await signedIn();
      const second = await tab();
      const { calls, reuses } = backend.login;
      await dropExpired(page);
      await Promise.all([page.reload(), second.goto(`${example.origin}/notes`)]);
      for (const each of [page, second]) {
        await each.getByText('Signed in as Ola Nordmann').waitFor();
        await each.getByText('The first note of ola').waitFor();
      }
      expect(backend.login.calls - calls).toBe(1);
      expect(backend.login.reuses).toBe(reuses);
      expect(complaints).toEqual([]);
    });

    it('T1 T14 T15 a token that dies while the page is shown is renewed by the page, one call for all tabs', async () => {
      const { page, tab } = await signedIn();
      const second = await tab();
      await second.goto(`${example.origin}/notes`);
      await second.getByText('The first note of ola').waitFor();
      const { calls, reuses } = backend.login;
      backend.login.expire();
      await Promise.all([add(page, 'From one tab'), add(second, 'From the other')]);
      await page.getByText('From one tab').waitFor();
      await second.getByText('From the other').waitFor();
      expect(backend.login.calls - calls).toBe(1);
      expect(backend.login.reuses).toBe(reuses);
      const written = backend.api.notesOf('ola').filter((text) => text.startsWith('From '));
      expect(written.toSorted()).toEqual(['From one tab', 'From the other']);
    });

    it('T1 T8 a token that is dead before its time is renewed by the page for what the server renders', async () => {
      const { page } = await signedIn();
      backend.login.expire();
      const { calls } = backend.login;
      await page.reload();
      await page.getByText('Signed in as Ola Nordmann').waitFor();
      await page.getByText('The first note of ola').waitFor();
      expect(backend.login.calls - calls).toBe(1);
    });

    it('T6 a login server that is away is waited for', async () => {
      const { page } = await signedIn();
      backend.login.expire();
      backend.login.isDown = true;
      const { calls } = backend.login;
      await add(page, 'Written in bad weather');
      await page.getByRole('status').filter({ hasText: /\S/u }).first().waitFor();
      await expect.poll(() => backend.login.calls, { timeout: 30_000 }).toBeGreaterThan(calls);
      backend.login.isDown = false;
      await page.getByText('Written in bad weather').waitFor();
    });

    it('streams what takes long, in its Suspense boundary', async () => {
      const visitor = await signedIn();
      const release = backend.api.holdNotes();
      const { page } = visitor;
      await page.reload({ waitUntil: 'commit' });
      await page.getByText('Signed in as Ola Nordmann').waitFor();
      await page.getByText('Your notes are on their way').waitFor();
      expect(await page.getByText('The first note of ola').count()).toBe(0);
      release();
      await page.getByText('The first note of ola').waitFor();
      expect(visitor.complaints).toEqual([]);
    });

    it('T11 T14 whoever signs out is signed out in every tab, and nothing that he read is left there', async () => {
      const { page, tab } = await signedIn();
      const second = await tab();
      await second.goto(`${example.origin}/notes`);
      await second.getByText('The first note of ola').waitFor();
      await (await alive(page.getByRole('button', { name: 'Sign out' }))).click();
      for (const each of [page, second]) {
        await each.getByText('You are signed out.').waitFor();
        expect(await each.getByText('The first note of ola').count()).toBe(0);
      }
      // Those of the login server, which has the same host here, begin with an underscore.
      const names = (await page.context().cookies(example.origin)).map((cookie) => cookie.name);
      expect(names.filter((each) => !each.startsWith('_'))).toEqual([]);
      await page.reload();
      await page.getByText('Nobody is signed in.').waitFor();
    });

    it('T11b X7 what a page asks for one user is never asked as another who has signed in since', async () => {
      const { page, tab } = await signedIn('ola');
      const second = await tab();
      // The other tab hears nothing of what happens here: it shows no page of ola's.
      await second.goto(`${example.origin}/`);
      await second.context().clearCookies();
      await second.getByRole('link', { name: 'My notes' }).click();
      await signIn(second, 'kari');
      await add(page, 'By ola');
      await page.getByText('You are signed out.').waitFor();
      await add(second, 'By kari');
      await second.getByText('By kari').waitFor();
      expect(backend.api.notesOf('kari')).toEqual(['By kari', 'The first note of kari']);
      expect(backend.api.notesOf('ola')).not.toContain('By ola');
      await page.getByRole('link', { name: 'Notices' }).click();
      await page.getByText('The office is closed on Friday.').waitFor();
      await page.getByRole('link', { name: 'My notes' }).click();
      await page.getByText('Signed in as Kari Nordmann').waitFor();
      await page.getByText('By kari').waitFor();
      expect(await page.getByText('The first note of ola').count()).toBe(0);
    });

    it('P4 Cache Components have complained of nothing that was rendered for all this', () => {
      expect(example.printed()).toContain('Ready in');
      expect(example.printed()).not.toMatch(/prerender-|unstable value/u);
    });
  },
);

describe('the application of next-apollo, as it is written', { timeout: 240_000 }, () => {
  const sources = fileURLToPath(new URL('../../examples/', import.meta.url));
  /** Client components, and what stands there afterwards: the second is of the module that keeps the instance. */
  const changes = [
    { file: 'next-apollo/src/app/notes/note-list.tsx', from: '>Add<', to: '>Write down<' },
    { file: 'next-session/src/page/page-session.tsx', from: '>Sign out<', to: '>Leave<' },
  ] as const;
  const written = changes.map(({ file }) => readFileSync(sources + file, 'utf8'));
  let backend: Backend;
  let example: StartedProcess;

  function restore(): void {
    for (const [index, { file }] of changes.entries())
      writeFileSync(sources + file, written[index]!);
  }

  beforeAll(async () => {
    backend = await startBackend();
    const next = 'next dev --hostname 127.0.0.1 --port 0';
    example = await startProcess(
      `node scripts/pnpm.mjs --filter @holdfast/example-next-apollo exec ${next}`,
      { ...backend.environment, NEXT_TELEMETRY_DISABLED: '1' },
      /Local: +(http\S+)/u,
    );
  }, 120_000);

  afterAll(async () => {
    restore();
    await example?.stop();
    await backend?.close();
    // The types that it has begun to write there would be checked with the example's.
    rmSync(`${sources}next-apollo/.next/dev`, { recursive: true, force: true, maxRetries: 5 });
  });

  /** Each instance that shares a session with other tabs holds a lock of this name as long as it lives. */
  function instances(page: Page): Promise<number> {
    return page.evaluate(async () => {
      const { held = [] } = await navigator.locks.query();
      return held.filter(({ name = '' }) => /^holdfast:.*:tab$/u.test(name)).length;
    });
  }

  it('P4 E3 T1 renders without a complaint, and what is written anew leaves one instance, which works', async () => {
    const { page, complaints } = await openAt(example.origin, '/notes');
    await signInAt(example.origin, page);
    await page.getByText('Signed in as Ola Nordmann').waitFor();
    await alive(page.getByRole('button', { name: 'Add', exact: true }));
    await expect.poll(() => instances(page)).toBe(1);
    for (const [index, { file, from, to }] of changes.entries()) {
      writeFileSync(sources + file, written[index]!.replace(from, to));
      await page.getByText(to.slice(1, -1), { exact: true }).waitFor();
      const { calls } = backend.login;
      backend.login.expire();
      await page.getByLabel('Note').fill(`After ${file}`);
      await page.getByRole('button', { name: 'Write down' }).click();
      await page.getByText(`After ${file}`).waitFor();
      expect(backend.login.calls - calls).toBe(1);
      expect(await instances(page)).toBe(1);
    }
    expect(backend.api.notesOf('ola')).toHaveLength(3);
    restore();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    expect(await page.getByLabel('Note').count()).toBe(1);
    expect(complaints).toEqual([]);
    expect(example.printed()).not.toMatch(
      /prerender-|unstable value|hydrat|dispose|warn|error|⚠/iu,
    );
  });
});

interface Visitor {
  readonly page: Page;
  readonly complaints: string[];
  /** The text of every answer of the application. */
  readonly received: Promise<string>[];
  /** Another tab of the same browser. */
  tab(): Promise<Page>;
}
