import { failureOf } from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { cacheExchange, ssrExchange } from '@urql/core';
import type { Client, SSRExchange } from '@urql/core';
import { createElement, Suspense } from 'react';
import type { ReactElement } from 'react';
import { renderToPipeableStream } from 'react-dom/server';
import { Provider, useQuery } from 'urql';
import { expect, it } from 'vitest';
import { HELLO, ITEMS } from './documents.fixture.ts';
import { refresher, startClient, startServer } from './exchange.fixture.ts';
import type { TestClient } from './exchange.fixture.ts';

function Greeting(): ReactElement {
  const [{ data, error }] = useQuery({ query: HELLO });
  return createElement('h1', null, error === undefined ? data?.hello : failureOf(error)?.kind);
}

function Items(): ReactElement {
  const [{ data, error }] = useQuery({ query: ITEMS });
  const names = data?.items.map(({ name }) => name).join();
  return createElement('p', null, error === undefined ? names : failureOf(error)?.kind);
}

/** The page, streamed as a server does; it suspends until each query is answered. */
function rendered(client: Client): Promise<string> {
  const part = (of: () => ReactElement): ReactElement =>
    createElement(Suspense, { fallback: '…' }, createElement(of));
  const page = createElement(Provider, { value: client }, part(Greeting), part(Items));
  const { pipe } = renderToPipeableStream(page);
  return text(pipe(new PassThrough()));
}

function startRender(
  url: string,
  options: Parameters<typeof startClient>[1],
): TestClient & { readonly ssr: SSRExchange } {
  const ssr = ssrExchange({ isClient: false });
  return { ...startClient(url, options, { above: [cacheExchange, ssr], suspense: true }), ssr };
}

it('T1 U6 a page whose token expires while it is rendered is rendered whole, with one token call', async () => {
  const server = await startServer({ auth: true });
  const source = refresher(server);
  const tokens = { accessToken: server.issueToken() };
  const { client, ssr } = startRender(server.url, { auth: { tokens, refresh: source.refresh } });
  server.expireTokens();
  const html = await rendered(client);
  expect(html).toContain('Hello, world!');
  expect(html).toContain('anchor,buoy');
  expect(source.calls).toBe(1);
  const entries = Object.values(ssr.extractData());
  expect(entries).toHaveLength(2);
  expect(entries.every((entry) => entry?.error === undefined)).toBe(true);
  expect(JSON.stringify(ssr.extractData())).not.toContain(tokens.accessToken);

  const before = server.requests.length;
  const above = [cacheExchange, ssrExchange({ isClient: true, initialState: ssr.extractData() })];
  const browser = startClient(server.url, {}, { above });
  expect(await rendered(browser.client)).toContain('anchor,buoy');
  expect((await browser.client.query(HELLO, {})).data?.hello).toBe('Hello, world!');
  expect(server.requests).toHaveLength(before);
  expect(browser.events).toEqual([]);
});

it('T1 E6 two pages at once each have their own session, one machine token serves both', async () => {
  const server = await startServer({ auth: true });
  const source = refresher(server);
  const dead = { tokens: { accessToken: 'dead' }, refresh: source.refresh };
  const first = startRender(server.url, { auth: dead });
  const second = startRender(server.url, { auth: dead });
  const pages = await Promise.all([rendered(first.client), rendered(second.client)]);
  for (const html of pages) expect(html).toContain('anchor,buoy');
  expect(source.calls).toBe(2);
});

it('R2 W4 U6 nothing waits past the budget of the render', async () => {
  const server = await startServer({
    auth: true,
    faults: [{ on: { operationName: 'Hello' }, status: 503, headers: { 'retry-after': '5' } }],
  });
  const clock = createTestClock();
  const { client, ssr, waiting } = startRender(server.url, {
    clock,
    timeout: { total: 1_000 },
    rateLimit: { scope: ({ name }) => name ?? '' },
    auth: { tokens: { accessToken: server.issueToken() }, refresh: () => new Promise(() => {}) },
  });
  server.inject({
    on: { operationName: 'Items' },
    body: { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] },
  });
  const page = rendered(client);
  await waiting('refresh');
  clock.advance(1_000);
  const html = await page;
  expect(html).toContain('<h1>unavailable</h1>');
  expect(html).toContain('<p>unauthenticated</p>');
  expect(server.requests).toHaveLength(2);

  // What the browser can cure is not handed to it as an error.
  const state = Object.fromEntries(
    Object.entries(ssr.extractData()).filter(([, entry]) => entry?.error === undefined),
  );
  expect(state).toEqual({});
  const above = [cacheExchange, ssrExchange({ isClient: true, initialState: state })];
  const tokens = { accessToken: server.issueToken() };
  const auth = { tokens, refresh: async () => tokens };
  const browser = startClient(server.url, { auth }, { above });
  expect((await browser.client.query(ITEMS, {})).data?.items).toHaveLength(2);
});
