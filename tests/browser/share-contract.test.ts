import { shareContract } from '@holdfast/testing';
import type { ShareContractCase } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundled } from '../runtimes/runtimes.ts';
import { launchBrowser } from './chromium.ts';
import type { Browser, Page } from './chromium.ts';
import { openSite } from './site.ts';
import type { Site } from './site.ts';

/** Each share is one of a tab's own: their channels and locks are the browser's. */
const PAGE = `
  import { browserShare } from '@holdfast/core/browser';
  import { shareContract } from '@holdfast/testing/share';

  globalThis.contracts = {
    'in memory': shareContract({ create: (store) => browserShare(store) }),
    'with a storage': shareContract({
      create: (store) => browserShare(store, { storage: localStorage }),
      spoil: (store) => localStorage.setItem('holdfast:' + store, '{"generation":"seven"}'),
    }),
  };
`;

/** What the page has in its hands. */
interface Contracts {
  readonly contracts: Readonly<Record<string, readonly ShareContractCase[]>>;
}

/** Milliseconds that a browser may take on a busy machine. */
const STARTING = 120_000;

let browser: Browser | undefined;
let site: Site | undefined;
let page: Page;

beforeAll(async () => {
  [browser, site] = await Promise.all([launchBrowser(), openSite(await bundled(PAGE))]);
  page = await browser.newPage();
  await page.goto(site.origin);
}, STARTING);

afterAll(async () => {
  await browser?.close();
  await site?.close();
}, STARTING);

const create = (): never => {
  throw new Error('The shares are in the page.');
};

describe.each([
  ['in memory', shareContract({ create })],
  ['with a storage', shareContract({ create, spoil: () => {} })],
])('browserShare %s keeps the contract of shares', (kind, cases) => {
  for (const { name } of cases) {
    it(`T14 ${name}`, async () => {
      const said = await page.evaluate(
        async ([of, called]) => {
          const { contracts } = globalThis as unknown as Contracts;
          const found = contracts[of]?.find((one) => one.name === called);
          if (found === undefined) return 'there is no such case';
          return found.run().then(
            () => 'kept',
            (error: unknown) => String(error),
          );
        },
        [kind, name] as const,
      );
      expect(said).toBe('kept');
    });
  }
});
