import { startFaultServer } from '@holdfast/testing';
import type { FaultServerOptions } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { launchBrowser } from './chromium.ts';
import type { Browser } from './chromium.ts';
import type { Ended, TabOptions } from './page/tab.ts';
import { bundle, openSite } from './site.ts';

const GOOD = { data: { hello: 'Hello, world!' } };
const TOO_LONG = { failure: { kind: 'rate_limited', stopped: 'wait_too_long' } };

let browser: Browser;
let scripts: Record<'development' | 'production', string>;

beforeAll(async () => {
  const [launched, development, production] = await Promise.all([
    launchBrowser(),
    bundle('development'),
    bundle('production'),
  ]);
  browser = launched;
  scripts = { development, production };
  // The first time, a whole browser has to be unpacked.
}, 60_000);
afterAll(() => browser.close());

interface Asked {
  readonly ended: readonly Ended[];
  /** What the page's console was told of headers. */
  readonly warnings: readonly string[];
  readonly requests: number;
}

/** A page asks twice, one after the other, for a limit of ten minutes is met once, by the first request. */
async function asked(
  client: TabOptions['client'],
  stage: keyof typeof scripts,
  { cors }: Pick<FaultServerOptions, 'cors'>,
): Promise<Asked> {
  const site = await openSite(scripts[stage]);
  onTestFinished(() => site.close());
  const limit = { status: 429, headers: { 'retry-after': '600' }, times: 1 } as const;
  const api = await startFaultServer({ faults: [limit], cors: cors ?? true });
  onTestFinished(() => api.close());
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  const warnings: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('Access-Control-Expose-Headers')) warnings.push(message.text());
  });
  await page.goto(site.origin);
  const token = `${site.origin}/token`;
  const options = { client, graphql: api.url, token, tokens: { accessToken: 't1' } };
  const ended = await page.evaluate(async (given) => {
    tab.start(given);
    return [...(await tab.ask('{ hello }')), ...(await tab.ask('{ hello }'))];
  }, options);
  return { ended, warnings, requests: api.requests.length };
}

describe.each(['apollo', 'urql'] as const)('%s, in a page of another origin', (client) => {
  it('W4 W12 a hint that it may read is kept to', async () => {
    const { ended, warnings, requests } = await asked(client, 'development', { cors: true });
    expect([ended, warnings, requests]).toEqual([[TOO_LONG, TOO_LONG], [], 1]);
  });

  it('W12 R1 one that it may not read costs a backoff, and the console names the header to list', async () => {
    const { ended, warnings, requests } = await asked(client, 'development', { cors: 'bare' });
    expect([ended, requests]).toEqual([[GOOD, GOOD], 3]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('Retry-After');
  });

  it('W12 a production build says nothing', async () => {
    const { ended, warnings } = await asked(client, 'production', { cors: 'bare' });
    expect([ended, warnings]).toEqual([[GOOD, GOOD], []]);
  });
});
