import { onTestFinished } from 'vitest';
import type { Browser, Page } from '../browser/chromium.ts';

/** A page in a browser that has never been there, until the test is over. */
export async function visit(
  browser: Browser,
  origin: string,
): Promise<{
  readonly page: Page;
  /** Everything that its console complains of, as it comes. */
  readonly complaints: string[];
}> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(origin);
  return { page, complaints };
}
