import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { HttpLink } from '@apollo/client';
import { ApolloClient, InMemoryCache, WrapApolloProvider } from '@apollo/client-react-streaming';
import { buildManualDataTransport } from '@apollo/client-react-streaming/manual-transport';
import { useSuspenseQuery } from '@apollo/client/react';
import { createResilience, failureOf } from '@holdfast/core';
import type { ResilienceOptions } from '@holdfast/core';
import { createTestClock, startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { Fragment, Suspense, createElement } from 'react';
import type { ReactElement, ReactNode } from 'react';
import { renderToPipeableStream, renderToStaticMarkup } from 'react-dom/server';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { HELLO, SHORT, names, tokenFrom, waiting } from './client.fixture.ts';
import { ResilienceLink } from './resilience-link.ts';

// What Next.js does through its own package: Apollo's streaming transport, with what was fetched on the
// server written into the page.

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer({ auth: { reject: '401' } });
});
afterEach(() => server.close());

const PEOPLE = names(3);

function Greeting({ name }: { readonly name: string }): ReactElement {
  const { data } = useSuspenseQuery<{ hello: string }>(HELLO, { variables: { name } });
  return createElement('p', null, data.hello);
}

interface Rendered {
  readonly html: string;
  /** What the page is given for the browser's cache. */
  readonly transported: string;
  readonly errors: readonly unknown[];
}

async function rendered(resilience: ReturnType<typeof createResilience>): Promise<Rendered> {
  const errors: unknown[] = [];
  const inserted: (() => ReactNode)[] = [];
  const Provider = WrapApolloProvider(
    buildManualDataTransport({ useInsertHtml: () => (insert) => void inserted.push(insert) }),
  );
  const makeClient = (): ApolloClient =>
    new ApolloClient({
      link: new ResilienceLink(resilience).concat(new HttpLink({ uri: server.url })),
      cache: new InMemoryCache(),
    });
  const greetings = PEOPLE.map((name) =>
    createElement(Suspense, { key: name }, createElement(Greeting, { name })),
  );
  const sink = new PassThrough();
  const page = createElement(Provider, { makeClient, children: greetings });
  const { pipe } = renderToPipeableStream(page, {
    onShellReady: () => pipe(sink),
    onError: (error) => void errors.push(error),
  });
  const html = await text(sink);
  const scripts = inserted.map((insert, key) => createElement(Fragment, { key }, insert()));
  return { html, transported: renderToStaticMarkup(scripts), errors };
}

function userOf(options: ResilienceOptions = {}): ReturnType<typeof createResilience> {
  return createResilience({
    retry: SHORT,
    auth: { tokens: { accessToken: 'dead' }, refresh: () => tokenFrom(server.tokenUrl) },
    ...options,
  });
}

it('T1 E6 a token that expires during the render costs one call; page and browser have the data', async () => {
  const { html, transported, errors } = await rendered(userOf());
  expect(errors).toEqual([]);
  for (const name of PEOPLE) {
    expect(html).toContain(`<p>Hello, ${name}!</p>`);
    expect(transported).toContain(`Hello, ${name}!`);
  }
  expect(server.tokenRequests.length).toBe(1);
  expect(server.executions).toEqual({ hello: PEOPLE.length });
});

it('F11 X2 no token is written into the page', async () => {
  const { html, transported } = await rendered(userOf());
  for (const token of ['dead', server.requests.at(-1)?.token ?? '']) {
    expect(token).not.toBe('');
    expect(html + transported).not.toContain(token);
  }
});

it('R2 T5 nothing waits past the budget of the render', async () => {
  server.inject({ on: 'token', hang: true, times: Infinity });
  const clock = createTestClock();
  const resilience = userOf({ clock, timeout: { total: 3_000 } });
  const page = rendered(resilience);
  await waiting(resilience, 'refresh', PEOPLE.length);
  await clock.advanceAsync(3_000);
  const { errors } = await page;
  expect(errors.map((error) => failureOf(error)?.stopped)).toEqual(PEOPLE.map(() => 'deadline'));
  resilience.dispose();
});
