import puppeteer from 'puppeteer-core';
import { installed, programOnPath } from '../servers/programs.ts';
import type { EngineBrowser } from './engine.ts';

const NAMES = ['firefox', 'firefox-esr'];

let found: Promise<string | undefined> | undefined;

/**
 * Why no Firefox can be started on this machine; `undefined` where one can. Looked for on the PATH; else Debian's is
 * installed, where this process may do that. No package of the npm registry brings one.
 */
export function firefoxMissing(): Promise<string | undefined> {
  found ??= find();
  return found;
}

async function find(): Promise<string | undefined> {
  if (programOnPath(NAMES) !== undefined) return undefined;
  const reason = await installed(['firefox-esr']);
  return reason === undefined ? undefined : `there is no Firefox: ${reason}`;
}

/** A real headless Firefox with a profile of its own, gone with `close()`. */
export async function launchFirefox(): Promise<EngineBrowser> {
  const executablePath = programOnPath(NAMES);
  if (executablePath === undefined) throw new Error('There is no Firefox on the PATH.');
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    timeout: 240_000,
    protocolTimeout: 240_000,
  });
  return {
    version: (await browser.version()).replace('firefox/', ''),
    async openPage(address) {
      const page = await browser.newPage();
      await page.goto(address);
      return {
        evaluate: async <Given, Answer>(
          run: (given: Given) => Answer | Promise<Answer>,
          given: Given,
        ) => page.evaluate(run as (given: unknown) => Answer | Promise<Answer>, given),
        close: async () => {
          if (!page.isClosed()) await page.close();
        },
      };
    },
    close: () => browser.close(),
  };
}
