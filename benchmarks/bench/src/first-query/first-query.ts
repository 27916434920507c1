import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { launchBrowser } from '../../../../tests/browser/chromium.ts';
import type { Page } from '../../../../tests/browser/chromium.ts';
import { openSite } from '../../../../tests/browser/site.ts';
import { showMilliseconds } from '../number-format.ts';
import type { Findings, Part, PartOptions } from '../part.ts';
import { median } from '../statistics.ts';
import type { Beginning } from './page.ts';

const ROUNDS = 9;

interface Case extends Beginning {
  readonly title: string;
  /** Other tabs that are open already, and know the tokens. */
  readonly others: number;
}

const alone = { shares: true, tokens: true, storage: false, others: 0 } as const;

const cases: readonly Case[] = [
  { ...alone, shares: false, title: 'without a share' },
  { ...alone, others: 1, title: 'browserShare, another tab is there' },
  { ...alone, title: 'browserShare, alone' },
  { ...alone, storage: true, others: 1, title: 'browserShare with localStorage, tokens lie there' },
  { ...alone, tokens: false, title: 'browserShare, alone, a token has to be asked for' },
];

async function script(sources: boolean): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./page.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    conditions: sources ? ['holdfast-source'] : ['production'],
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return outputFiles.map(({ text }) => text).join('');
}

async function run({ sources }: PartOptions): Promise<Findings> {
  const site = await openSite(await script(sources));
  const browser = await launchBrowser();
  const found: { title: string; milliseconds: number[] }[] = [];
  for (const { title, others, ...beginning } of cases) {
    const milliseconds: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const context = await browser.newContext();
      const ask = async (): Promise<number> => {
        const page: Page = await context.newPage();
        await page.goto(site.origin);
        return page.evaluate((given) => first(given), beginning);
      };
      for (let other = 0; other < others; other++) await ask();
      milliseconds.push(await ask());
      await context.close();
    }
    found.push({ title, milliseconds });
  }
  await browser.close();
  await site.close();
  const table = {
    title: 'Until the first query is answered',
    notes: [
      `In Chromium, over a transport and a \`refresh\` that answer at once: what is left is waiting. The median of ${ROUNDS} pages that were opened for it. A tab that shares in memory asks the others what they know, and waits for nobody where it is alone.`,
    ],
    head: ['page', 'median', 'least', 'most'],
    rows: found.map(({ title, milliseconds }) => [
      title,
      ...[median(milliseconds), Math.min(...milliseconds), Math.max(...milliseconds)].map((value) =>
        showMilliseconds(value),
      ),
    ]),
  };
  return { tables: [table], goals: [], raw: found };
}

export const firstQuery: Part = {
  name: 'first-query',
  title: 'The first query of a tab',
  run,
};
