import type * as Axe from 'axe-core';
import { createRequire } from 'node:module';
import type { Page } from '../browser/chromium.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Every text that the page shows from now on, also for a moment. */
export async function history(page: Page): Promise<() => Promise<string>> {
  const texts = await page.evaluateHandle(() => {
    const seen: string[] = [];
    const note = (): void => void seen.push(document.body.innerText);
    new MutationObserver(note).observe(document.body, {
      childList: true,
      subtree: true,
      characterData: true,
    });
    return seen;
  });
  return async () => (await texts.jsonValue()).join('\n');
}

/** What axe-core finds wrong with what the page shows, dark and light. */
export async function barriers(page: Page): Promise<readonly string[]> {
  await page.addScriptTag({ path: axe });
  const found: string[] = [];
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme });
    const ids = await page.evaluate(async () => {
      const { axe: tool } = window as unknown as { axe: typeof Axe };
      const { violations } = await tool.run();
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
    });
    found.push(...ids.map((id) => `${colorScheme}: ${id}`));
  }
  return found;
}
