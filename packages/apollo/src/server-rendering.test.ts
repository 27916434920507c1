import { Writable } from 'node:stream';
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { ApolloProvider, useQuery, useSuspenseQuery } from '@apollo/client/react';
import { prerenderStatic } from '@apollo/client/react/ssr';
import { createResilience, failureOf } from '@holdfast/core';
import type { Resilience, ResilienceEvent, ResilienceOptions } from '@holdfast/core';
import { createTestClock, startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { Suspense, createElement } from 'react';
import type { ReactElement } from 'react';
import { renderToPipeableStream, renderToString } from 'react-dom/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HELLO, SHORT, names, tokenFrom, waiting } from './client.fixture.ts';
import { ResilienceLink } from './resilience-link.ts';

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer({ auth: { reject: '401' } });
});
afterEach(() => server.close());

interface Page {
  readonly client: ApolloClient;
  readonly resilience: Resilience;
  readonly events: ResilienceEvent[];
}

/** What one user's request of a server has: an instance, a client and a cache of its own (E6). */
function pageOf(token: string, options?: ResilienceOptions): Page {
  const events: ResilienceEvent[] = [];
  const resilience = createResilience({
    retry: SHORT,
    auth: { tokens: { accessToken: token }, refresh: () => tokenFrom(server.tokenUrl) },
    ...options,
    onEvent: (event) => events.push(event),
  });
  const link = new ResilienceLink(resilience).concat(new HttpLink({ uri: server.url }));
  return {
    client: new ApolloClient({ link, cache: new InMemoryCache(), ssrMode: true }),
    resilience,
    events,
  };
}

const PEOPLE = names(5);

function Greeting({ name }: { readonly name: string }): ReactElement {
  const { data } = useSuspenseQuery<{ hello: string }>(HELLO, { variables: { name } });
  return createElement('p', null, data.hello);
}

/** Each greeting in a boundary of its own: they come as they are ready. */
function Greetings(): ReactElement {
  const each = PEOPLE.map((name) =>
    createElement(
      Suspense,
      { key: name, fallback: createElement('i', null, 'waiting') },
      createElement(Greeting, { name }),
    ),
  );
  return createElement('main', null, each);
}

function OldGreetings(): ReactElement {
  const each = PEOPLE.map((name) => createElement(OldGreeting, { key: name, name }));
  return createElement('main', null, each);
}

function OldGreeting({ name }: { readonly name: string }): ReactElement {
  const { data, error } = useQuery<{ hello: string }>(HELLO, { variables: { name } });
  return createElement('p', null, data?.hello ?? failureOf(error)?.kind ?? 'waiting');
}

/** The page as a browser gets it, once all of it has come, and the errors on the way. */
async function streamed(client: ApolloClient): Promise<{ html: string; errors: unknown[] }> {
  const errors: unknown[] = [];
  let html = '';
  await new Promise<void>((resolve, reject) => {
    const sink = new Writable({
      write(chunk: Buffer, _, done) {
        html += chunk.toString();
        done();
      },
      final(done) {
        done();
        resolve();
      },
    });
    const page = createElement(ApolloProvider, { client, children: createElement(Greetings) });
    const { pipe } = renderToPipeableStream(page, {
      onShellReady: () => pipe(sink),
      onShellError: reject,
      onError: (error) => void errors.push(error),
    });
  });
  return { html, errors };
}

function greeted(html: string): number {
  return html.match(/<p>Hello, n\d!<\/p>/gu)?.length ?? 0;
}

describe('a page that is streamed', () => {
  it('T1 E6 whose token expires during the render has its data, for one token call', async () => {
    const { client } = pageOf('dead');
    const { html, errors } = await streamed(client);
    expect(errors).toEqual([]);
    expect(greeted(html)).toBe(PEOPLE.length);
    expect(server.tokenRequests.length).toBe(1);
    expect(server.executions).toEqual({ hello: PEOPLE.length });
  });

  it('T3 E6 whose token is known to have expired asks first, and sends each query once', async () => {
    const tokens = { accessToken: 'dead', expiresAt: Date.now() - 1_000 };
    const { client } = pageOf('', {
      auth: { tokens, refresh: () => tokenFrom(server.tokenUrl) },
    });
    const { html } = await streamed(client);
    expect(greeted(html)).toBe(PEOPLE.length);
    expect([server.tokenRequests.length, server.requests.length]).toEqual([1, PEOPLE.length]);
  });

  it('R2 T5 nothing waits past the budget of the render', async () => {
    server.inject({ on: 'token', hang: true, times: Infinity });
    const clock = createTestClock();
    const { client, resilience } = pageOf('dead', { clock, timeout: { total: 3_000 } });
    const page = streamed(client);
    await waiting(resilience, 'refresh', PEOPLE.length);
    await clock.advanceAsync(3_000);
    const { html, errors } = await page;
    expect(greeted(html)).toBe(0);
    expect(errors.length).toBe(PEOPLE.length);
    for (const error of errors) {
      expect(failureOf(error)).toMatchObject({ status: 401, stopped: 'deadline' });
    }
    expect(resilience.activity.get()).toEqual([]);
    resilience.dispose();
  });

  it('R2 W4 a limit that is longer than the budget is not waited for', async () => {
    server.inject({ status: 429, headers: { 'retry-after': '20' }, times: Infinity });
    const { client, events } = pageOf('dead', { timeout: { total: 5_000 } });
    const { errors } = await streamed(client);
    expect(errors.map((error) => failureOf(error)?.stopped)).toEqual(
      PEOPLE.map(() => 'wait_too_long'),
    );
    expect(events.filter(({ type }) => type === 'wait')).toEqual([]);
  });

  it('E6 two users’ pages at once have each their own token', async () => {
    const tokens = [server.issueToken(), server.issueToken()];
    await Promise.all(tokens.map((token) => streamed(pageOf(token).client)));
    for (const token of tokens) {
      const own = server.requests.filter((request) => request.token === token);
      expect(own.length).toBe(PEOPLE.length);
    }
  });
});

describe('a page that is prerendered', () => {
  async function prerendered(client: ApolloClient): Promise<string> {
    const tree = createElement(OldGreetings);
    const { result } = await prerenderStatic({
      tree,
      context: { client },
      renderFunction: renderToString,
    });
    return result;
  }

  it('T1 E6 in ssrMode, whose token expires during the render, has its data', async () => {
    const { client } = pageOf('dead');
    expect(greeted(await prerendered(client))).toBe(PEOPLE.length);
    expect(server.tokenRequests.length).toBe(1);
  });

  it('E5 what the browser takes over causes no request and no token call', async () => {
    const { client } = pageOf(server.issueToken());
    await prerendered(client);
    const before = server.requests.length;
    const state: unknown = client.extract();
    let asked = 0;
    const resilience = createResilience({
      auth: {
        tokens: () => {
          asked += 1;
          return undefined;
        },
        refresh: async () => undefined,
      },
    });
    const browser = new ApolloClient({
      link: ApolloLink.from([new ResilienceLink(resilience), new HttpLink({ uri: server.url })]),
      cache: new InMemoryCache().restore(state as Record<string, never>),
      ssrForceFetchDelay: 60_000,
    });
    const [name] = PEOPLE;
    const { data } = await browser.query({
      query: HELLO,
      variables: { name },
      fetchPolicy: 'network-only',
    });
    expect(data).toEqual({ hello: `Hello, ${name}!` });
    expect([server.requests.length - before, asked]).toEqual([0, 0]);
    browser.stop();
  });

  it('T8 a failing session leaves the page without data, and does not ask again and again', async () => {
    const refused = Object.assign(new Error('gone'), {
      status: 400,
      body: { error: 'invalid_grant' },
    });
    let asked = 0;
    const { client } = pageOf('dead', {
      auth: {
        tokens: { accessToken: 'dead' },
        refresh: async () => {
          asked += 1;
          throw refused;
        },
      },
    });
    const html = await prerendered(client).catch((error: unknown) =>
      String(failureOf(error)?.kind),
    );
    expect(html).toContain('unauthenticated');
    expect(asked).toBe(1);
  });
});
