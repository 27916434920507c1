import { launchBrowser } from './chromium.ts';
import type { EngineBrowser } from './engine.ts';
import { firefoxMissing, launchFirefox } from './firefox.ts';
import { launchWebkit, webkitMissing } from './webkit.ts';

/** One of the engines that browsers are made of. */
export interface Engine {
  readonly name: string;
  /** Why it cannot run on this machine; `undefined` where it can. */
  missing(): Promise<string | undefined>;
  launch(): Promise<EngineBrowser>;
}

async function launchChromium(): Promise<EngineBrowser> {
  const browser = await launchBrowser();
  const context = await browser.newContext();
  return {
    version: browser.version(),
    async openPage(address) {
      const page = await context.newPage();
      await page.goto(address);
      return {
        evaluate: <Given, Answer>(run: (given: Given) => Answer | Promise<Answer>, given: Given) =>
          page.evaluate(run as (given: unknown) => Answer | Promise<Answer>, given),
        close: () => page.close(),
      };
    },
    close: () => browser.close(),
  };
}

export const engines: readonly Engine[] = [
  { name: 'Chromium', missing: async () => undefined, launch: launchChromium },
  { name: 'Firefox', missing: firefoxMissing, launch: launchFirefox },
  { name: 'WebKit', missing: webkitMissing, launch: launchWebkit },
];
