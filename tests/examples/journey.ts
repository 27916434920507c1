import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { launchBrowser } from '../browser/chromium.ts';
import type { Browser, Page } from '../browser/chromium.ts';
import { barriers, history } from './shown.ts';
import { visit } from './visit.ts';
import { startExample } from './started-example.ts';
import type { StartedExample } from './started-example.ts';

let browser: Browser;
let example: StartedExample;
let page: Page;
/** Everything that the page's console complained of. */
let complaints: string[];

/** The page in a browser that has never been there. */
async function open(): Promise<void> {
  ({ page, complaints } = await visit(browser, example.origin));
}

function heading(name: string): Promise<void> {
  return page.getByRole('heading', { name, exact: true }).waitFor();
}

function press(name: string): Promise<void> {
  return page.getByRole('button', { name, exact: true }).click();
}

function form(): Promise<void> {
  return page.getByLabel('Password').waitFor();
}

function list(): Promise<void> {
  return page.getByRole('listitem').first().waitFor();
}

async function signIn(password = 'nordmann'): Promise<void> {
  await page.getByLabel('Name').fill('ola');
  await page.getByLabel('Password').fill(password);
  await press('Sign in');
}

async function signedIn(): Promise<void> {
  await open();
  await signIn();
  await list();
}

async function order(): Promise<void> {
  await page.getByLabel('external_id').fill('4711');
  await press('Order');
}

/** What every example of a page for Breeze does, whichever client it is built on. */
export function describeJourney(folder: string): void {
  const name = folder.replace('examples/', '');
  const command = `node scripts/pnpm.mjs --filter @holdfast/example-${name} start`;

  describe(`the page of ${name}`, () => {
    beforeAll(async () => {
      [example, browser] = await Promise.all([startExample(command), launchBrowser()]);
      // The first time, a whole browser has to be unpacked.
    }, 60_000);

    afterAll(async () => {
      await browser?.close();
      await example?.stop();
    });

    beforeEach(() => example.breeze.clearFaults());

    it('is started with the command of its README', () => {
      const readme = fileURLToPath(new URL(`../../${folder}/README.md`, import.meta.url));
      expect(readFileSync(readme, 'utf8').split('\n')).toContain(command);
    });

    it('T1 M1 signs in, lists, shows one and orders it once', async () => {
      const { breeze } = example;
      const ordered = breeze.orders.length;
      await open();
      await signIn('wrong');
      await page.getByText('Name or password is wrong.').waitFor();
      expect(complaints.splice(0)).toEqual([expect.stringContaining('401')]);
      const tokenCalls = breeze.tokenRequests.length;
      await signIn();
      await list();
      expect(await page.getByRole('listitem').count()).toBe(12);
      await press('Template 03');
      await heading('Template 03');
      await page.getByText('number 1003').waitFor();
      await order();
      await page.getByText('Ordered. Its number is 1').waitFor();
      expect(await page.getByRole('button', { name: 'Order' }).isDisabled()).toBe(true);
      expect(breeze.orders.slice(ordered)).toMatchObject([
        { template_id: 'template-3', external_id: '4711' },
      ]);
      expect(breeze.tokenRequests.length - tokenCalls).toBeLessThanOrEqual(1);
      expect(complaints).toEqual([]);
    });

    it('T1 keeps from the user that the token has expired in the middle', async () => {
      const { breeze } = example;
      await signedIn();
      const tokenCalls = breeze.tokenRequests.length;
      const ordered = breeze.orders.length;
      const shown = await history(page);
      breeze.expireTokens();
      await press('Template 05');
      await heading('Template 05');
      breeze.expireTokens();
      await order();
      await page.getByText('Ordered.').waitFor();
      expect(await shown()).not.toMatch(/did not work|sign in|signing in/iu);
      expect(breeze.tokenRequests).toHaveLength(tokenCalls + 2);
      expect(breeze.orders).toHaveLength(ordered + 1);
      expect(complaints).toEqual([]);
    });

    it('V3 W3 W10 counts down what Breeze asks to wait, and goes on', async () => {
      const { breeze } = example;
      await signedIn();
      breeze.inject({ status: 429, headers: { 'retry-after': '3' }, body: 'Too many requests' });
      const shown = await history(page);
      await press('Template 07');
      await heading('Template 07');
      const counted = (await shown()).match(/\d+ s(?:econds?)?\b/gu) ?? [];
      expect(new Set(counted).size).toBeGreaterThan(1);
      expect(await shown()).not.toMatch(/did not work/u);
      expect(complaints).toEqual([expect.stringContaining('429')]);
    });

    it.each([
      { what: 'the list', fail: () => page.reload(), get: list },
      {
        what: 'one template',
        fail: () => press('Template 09'),
        get: () => heading('Template 09'),
      },
    ])('V4 says that $what fails, and gets it when asked again', async ({ fail, get }) => {
      const { breeze } = example;
      await signedIn();
      // An answer, so that it is no outage to be ridden out; four times, which is how often it is asked for.
      const errors = [{ message: 'It failed.', extensions: { code: 'INTERNAL_SERVER_ERROR' } }];
      breeze.inject({ status: 200, body: { errors, data: null }, times: 4 });
      await fail();
      await page.getByText('That did not work.').waitFor();
      expect(await page.getByRole('alert').innerText()).toContain('contact support');
      expect(await barriers(page)).toEqual([]);
      await press('Try again');
      await get();
      expect(await page.getByText('That did not work.').count()).toBe(0);
    });

    it('M1 sends no order again whose answer was lost, and says what to do', async () => {
      const { breeze } = example;
      await signedIn();
      const ordered = breeze.orders.length;
      await press('Template 11');
      breeze.inject({ on: { type: 'mutation' }, reset: 'after-execute' });
      await order();
      await page.getByText('That did not work.').waitFor();
      expect(await page.getByRole('alert').innerText()).toContain('external_id');
      expect(breeze.orders).toHaveLength(ordered + 1);
      expect(await page.getByLabel('external_id').inputValue()).toBe('4711');
      expect(complaints).toEqual([expect.stringContaining('Failed to load resource')]);
    });

    it('T11 keeps the session over a reload, until it is signed out of', async () => {
      const { breeze } = example;
      await signedIn();
      await page.reload();
      await list();
      await press('Sign out');
      await form();
      expect(await page.locator('body').innerText()).not.toContain('Template');
      await page.reload();
      await form();
      const asked = breeze.requests.length;
      await signIn();
      await list();
      // Nothing of what was read before has served again.
      expect(breeze.requests).toHaveLength(asked + 1);
      expect(complaints).toEqual([]);
    });

    it('V4 says that signing out fails, and goes on as before when asked', async () => {
      await signedIn();
      await page.route('**/sign-out', (route) => route.abort(), { times: 1 });
      await press('Sign out');
      await page.getByText('That did not work.').waitFor();
      await press('Try again');
      await list();
      expect(await page.getByText('That did not work.').count()).toBe(0);
      await press('Sign out');
      await form();
    });

    it('forgets what was read, also where the page stays', async () => {
      const { breeze } = example;
      await signedIn();
      await press('Template 02');
      await heading('Template 02');
      await press('Sign out');
      const asked = breeze.requests.length;
      await signIn();
      await list();
      await press('Template 02');
      await heading('Template 02');
      expect(breeze.requests).toHaveLength(asked + 2);
      expect(complaints).toEqual([]);
    });

    it('T14 has one session in all tabs', async () => {
      const { breeze } = example;
      await signedIn();
      const first = page;
      const tokenCalls: string[] = [];
      first.context().on('request', (request) => {
        if (request.url() === `${example.origin}/token`) tokenCalls.push(request.method());
      });
      page = await first.context().newPage();
      await page.goto(example.origin);
      await list();
      expect(tokenCalls).toEqual([]);
      breeze.expireTokens();
      await Promise.all([first, page].map((tab) => tab.getByText('Template 04').click()));
      await Promise.all(
        [first, page].map((tab) => tab.getByRole('heading', { name: 'Template 04' }).waitFor()),
      );
      expect(tokenCalls).toEqual(['POST']);
      await press('Sign out');
      page = first;
      await form();
      expect(complaints).toEqual([]);
    });

    it('raises no barrier that axe-core knows of', async () => {
      await open();
      await form();
      expect(await barriers(page)).toEqual([]);
      await signIn();
      await list();
      expect(await barriers(page)).toEqual([]);
      await press('Template 01');
      await heading('Template 01');
      await order();
      await page.getByText('Ordered.').waitFor();
      expect(await barriers(page)).toEqual([]);
    });
  });
}
