import type { Resilience } from '@holdfast/core';
import { resilientFetch } from '@holdfast/fetch';
import { startFaultServer } from '@holdfast/testing';
import * as Sentry from '@sentry/browser';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { closing } from '../both-clients.ts';
import { run, sampleWith } from '../samples/samples.ts';

/** What has arrived at Sentry. */
let reports: Sentry.Event[];

beforeEach(() => {
  reports = [];
  Sentry.init({
    dsn: 'https://key@sentry.example/1',
    defaultIntegrations: false,
    transport: () => ({
      send: async ([, items]) => {
        for (const [{ type }, payload] of items) {
          if (type === 'event') reports.push(payload as Sentry.Event);
        }
        return { statusCode: 200 };
      },
      flush: async () => true,
    }),
  });
});

afterEach(async () => {
  await Sentry.close();
});

async function play(options: Parameters<typeof startFaultServer>[0]) {
  const server = closing(await startFaultServer(options));
  const refresh = async () => ({ accessToken: server.issueToken() });
  const sample = await run(sampleWith('docs/recipes/sentry.md', 'createResilience'), { refresh });
  const resilience = sample['resilience'] as Resilience;
  const fetch = resilientFetch(resilience);
  const ask = async (name: string) => {
    const response = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `query ${name} { hello }`, operationName: name }),
    });
    await response.text();
  };
  onTestFinished(() => resilience.dispose());
  return ask;
}

it('R10 Sentry hears of what was given up and why, and of nothing that was cured', async () => {
  const ask = await play({
    auth: {},
    faults: [
      { status: 503, on: { operationName: 'Cured' } },
      { status: 429, headers: { 'retry-after': '0' }, on: { operationName: 'Cured' } },
      { status: 404, on: { operationName: 'Lost' } },
    ],
  });
  await ask('Cured');
  await ask('Lost');
  await Sentry.flush();
  expect(reports).toMatchObject([
    {
      message: 'query Lost: not_found',
      level: 'error',
      fingerprint: ['holdfast', 'not_found', 'not_retryable'],
      tags: { kind: 'not_found', stopped: 'not_retryable' },
      breadcrumbs: [{ message: 'scope_closed' }, { message: 'scope_opened' }],
    },
  ]);
});
