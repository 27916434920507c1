import { readdirSync, readFileSync } from 'node:fs';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { classify, type Profile, type Resilience, type Tokens } from '@holdfast/core';
import { resilientFetch } from '@holdfast/fetch';
import { refreshToken } from '@holdfast/oauth';
import { startFaultServer, type FaultServer } from '@holdfast/testing';
import { cacheExchange, Client, fetchExchange } from '@urql/core';
import { afterEach, expect, it, vi } from 'vitest';
import { complaints, pages, run, samplesOf, sampleWith, type Sample } from './samples.ts';

const samples = pages.flatMap((page) => samplesOf(page));
const fragments = samples.filter(({ isFragment }) => isFragment);

afterEach(() => {
  vi.unstubAllGlobals();
});

/** The compiler looks at all packages, and may not have the machine for itself. */
const TIMEOUT = 120_000;

it('every sample of every page compiles under the strictest settings', { timeout: TIMEOUT }, () => {
  expect(samples.length).toBeGreaterThan(100);
  expect(complaints(samples.filter(({ isFragment }) => !isFragment))).toEqual([]);
});

it('a sample that does not compile is told by its page and line', { timeout: TIMEOUT }, () => {
  const text = [
    '# Orders',
    '```ts',
    'import { createResilience } from "@holdfast/core";',
    'const resilience = createResilience();',
    '```',
    '```ts',
    'resilience.session.get().status;',
    'resilience.sesion.get();',
    'const missing: { scope?: string } = { scope: undefined };',
    'unheardOf();',
    '```',
    '  ```tsx fragment',
    '  <Orders ...',
    '  ```',
  ].join('\n');
  const [first, second, third] = samplesOf('README.md', text) as [Sample, Sample, Sample];
  expect(third).toMatchObject({ line: 13, extension: 'tsx', isFragment: true });
  expect(complaints([first, second])).toEqual([
    expect.stringMatching(/^README\.md:8 error TS\d+: Property 'sesion' does not exist/),
    expect.stringMatching(/^README\.md:9 error TS\d+: .*exactOptionalPropertyTypes/),
    expect.stringMatching(/^ +Types of property 'scope'/),
    expect.stringMatching(/^ +Type 'undefined'/),
    expect.stringMatching(/^README\.md:10 error TS\d+: Cannot find name 'unheardOf'/),
  ]);
});

it('few samples are fragments', () => {
  expect(fragments.map(({ page }) => page)).toEqual(['CONTRIBUTING.md']);
});

/** A server for the samples, which ask `/graphql` as a page would, with the first token dead. */
async function start(): Promise<{ server: FaultServer; reader: Record<string, unknown> }> {
  const server = await startFaultServer({ auth: { refreshTokens: true } });
  const tokens: Tokens = { accessToken: 'dead', refreshToken: server.issueRefreshToken() };
  const send = globalThis.fetch;
  vi.stubGlobal('fetch', (input: string | URL | Request, init?: RequestInit) =>
    send(typeof input === 'string' ? new URL(input, server.url) : input, init),
  );
  return { server, reader: { loadTokens: async () => tokens, tokenUrl: server.tokenUrl } };
}

it('T1 T12 the Apollo sample renews a dead token and is answered', async () => {
  const { server, reader } = await start();
  const { client } = await run(sampleWith('README.md', 'new ApolloClient'), reader);
  const { data } = await (client as ApolloClient).query({ query: gql('{ hello }') });
  expect(data).toEqual({ hello: 'Hello, world!' });
  expect([server.requests.length, server.tokenRequests.length]).toEqual([2, 1]);
  await server.close();
});

it('T1 T12 the urql sample renews a dead token and is answered', async () => {
  const { server, reader } = await start();
  const { client } = await run(sampleWith('README.md', 'fetchExchange'), reader);
  const result = await (client as Client).query('{ hello }', {}).toPromise();
  expect(result.data).toEqual({ hello: 'Hello, world!' });
  expect([server.requests.length, server.tokenRequests.length]).toEqual([2, 1]);
  await server.close();
});

it.each([
  ['docs/start/apollo.md', 'new ApolloClient'],
  ['docs/migrate/retry-link.md', 'const after'],
])('T1 T12 the Apollo client of %s renews a dead token and is answered', async (page, words) => {
  const { server, reader } = await start();
  const sample = await run(sampleWith(page, words), {
    ...reader,
    ApolloLink,
    HttpLink,
    accessToken: 'dead',
    fetchNewToken: async () => server.issueToken(),
  });
  const link = (sample['after'] ?? (sample['client'] as ApolloClient).link) as ApolloLink;
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const { data } = await client.query({ query: gql('{ hello }') });
  expect(data).toEqual({ hello: 'Hello, world!' });
  expect(server.requests).toHaveLength(2);
  await server.close();
});

it.each([
  ['docs/start/urql.md', 'fetchExchange'],
  ['docs/migrate/auth-exchange.md', 'const after'],
])('T1 T12 the urql client of %s is answered, with one token call', async (page, words) => {
  const { server, reader } = await start();
  let calls = 0;
  const sample = await run(sampleWith(page, words), {
    ...reader,
    Client,
    cacheExchange,
    fetchExchange,
    fetchNewToken: async () => {
      calls += 1;
      return server.issueToken();
    },
  });
  const client = (sample['after'] ?? sample['client']) as Client;
  const result = await client.query('{ hello }', {}).toPromise();
  expect(result.data).toEqual({ hello: 'Hello, world!' });
  expect(calls + server.tokenRequests.length).toBe(1);
  await server.close();
});

it('T1 T12 the fetch of docs/start/fetch.md renews a dead token and is answered', async () => {
  const { server, reader } = await start();
  const { fetch } = await run(
    sampleWith('docs/start/fetch.md', 'resilientFetch(resilience)'),
    reader,
  );
  const send = fetch as typeof globalThis.fetch;
  const response = await send(`${server.url}?query={hello}`);
  expect(await response.json()).toEqual({ data: { hello: 'Hello, world!' } });
  expect([server.requests.length, server.tokenRequests.length]).toEqual([2, 1]);
  await server.close();
});

it.each(['apollo', 'urql', 'fetch'])(
  'T1 H1 the program of docs/start/%s.md, as it stands, is answered and prints what the page says',
  async (name) => {
    const said = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await run(sampleWith(`docs/start/${name}.md`, 'server.close()'));
    expect(said.mock.calls).toEqual([[{ hello: 'Hello, world!' }, [503, 503, 200, 200]]]);
    said.mockRestore();
  },
);

it('F2 the profile of docs/recipes/own-profile.md reads what its table says', async () => {
  const { shop } = await run(sampleWith('docs/recipes/own-profile.md', 'defineProfile'), {
    refresh: async () => undefined,
  });
  const answers = [
    { errors: [{ message: 'Gone.', extensions: { code: 'SESSION_GONE' } }] },
    { status: 403, body: '' },
  ];
  expect(answers.map((answer) => classify(answer, shop as Profile)?.kind)).toEqual([
    'unauthenticated',
    'forbidden',
  ]);
});

it('W4 the sample of failureOf says of a limit what its comments say', async () => {
  const { server, reader } = await start();
  server.inject({ status: 429, headers: { 'retry-after': '3600' } });
  const { client } = await run(sampleWith('packages/urql/README.md', 'new Client'), {
    fetchNewToken: async () => server.issueToken(),
  });
  const { error } = await (client as Client)
    .query('{ hello }', {}, { url: '/graphql' })
    .toPromise();
  const { failure } = await run(sampleWith('README.md', 'failureOf(error)'), { ...reader, error });
  expect(failure).toMatchObject({
    kind: 'rate_limited',
    retryAt: expect.any(Number),
    stopped: 'wait_too_long',
    advice: expect.stringMatching(/\S\.$/),
  });
  await server.close();
});

it('F2 F10 the profile of the sample reads what it says', async () => {
  const { shop } = await run(sampleWith('packages/core/README.md', 'defineProfile'));
  const profile = shop as Profile;
  const kinds = [
    { errors: [{ message: 'Gone.', extensions: { code: 'SESSION_GONE' } }] },
    { errors: [{ message: 'None left.', extensions: { code: 'out_of_stock' } }] },
    { status: 403, body: '' },
    { status: 503, body: { errors: [{ message: 'Down for maintenance' }] } },
    { status: 503, body: '' },
  ].map((signal) => classify(signal, profile));
  expect(kinds.map((failure) => [failure?.kind, failure?.retryable])).toEqual([
    ['unauthenticated', false],
    ['conflict', false],
    ['forbidden', false],
    ['unavailable', false],
    ['unavailable', true],
  ]);
  expect(kinds[2]?.advice).toContain('Ask the shop owner');
});

it('W2 the sample of a hint says what its comment says', async () => {
  const sample = sampleWith('packages/core/README.md', 'waitHint(');
  const code = sample.code.replace(/^waitHint/mu, 'const hint = waitHint');
  expect((await run({ ...sample, code }))['hint']).toBe(0);
});

/** The network of a phone, and what listens to it. */
function phone() {
  const listeners = new Set<(state: { isConnected: boolean }) => void>();
  const NetInfo = {
    addEventListener(listener: (state: { isConnected: boolean }) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const change = (isConnected: boolean) => {
    for (const listener of listeners) listener({ isConnected });
  };
  return { NetInfo, listeners, change };
}

it('W11 the sample of React Native waits for the network', async () => {
  const { NetInfo, listeners, change } = phone();
  const sample = await run(sampleWith('docs/runtimes.md', 'NetInfo'), { NetInfo });
  const resilience = sample['resilience'] as Resilience;
  const server = await startFaultServer();
  change(false);
  const answer = resilientFetch(resilience)(`${server.url}?query={hello}`);
  await expect.poll(() => resilience.activity.get()).toMatchObject([{ reason: 'offline' }]);
  change(true);
  expect(await (await answer).json()).toEqual({ data: { hello: 'Hello, world!' } });
  resilience.dispose();
  expect(listeners.size).toBe(1);
  await server.close();
});

it('T16 W11 the recipe for React Native waits for the network, and stores what refresh brings', async () => {
  const { NetInfo, listeners, change } = phone();
  const server = await startFaultServer({ auth: { refreshTokens: true } });
  const saved: Tokens[] = [];
  const written = sampleWith('docs/recipes/react-native.md', 'createResilience');
  const code = written.code.replace(/^import NetInfo .*$/mu, '');
  const { resilience } = (await run(
    { ...written, code },
    {
      NetInfo,
      loadTokens: async () => ({ accessToken: 'dead', refreshToken: server.issueRefreshToken() }),
      refresh: refreshToken({ url: server.tokenUrl, clientId: 'phone' }),
      saveTokens: async (tokens: Tokens) => saved.push(tokens),
    },
  )) as { resilience: Resilience };
  change(false);
  const answer = resilientFetch(resilience)(`${server.url}?query={hello}`);
  await expect.poll(() => resilience.activity.get()).toMatchObject([{ reason: 'offline' }]);
  expect(server.requests).toEqual([]);
  change(true);
  expect(await (await answer).json()).toEqual({ data: { hello: 'Hello, world!' } });
  expect(saved).toEqual([
    expect.objectContaining({
      accessToken: server.requests.at(-1)?.token,
      refreshToken: expect.any(String),
    }),
  ]);
  resilience.dispose();
  expect(listeners.size).toBe(1);
  await server.close();
});

it('each sample of the pages on tests and on other origins is part of a test', () => {
  const folder = new URL('../users/', import.meta.url);
  const tests = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const sources = tests.map((text) => bare(text.replaceAll(/(?<=')(?:[A-Z]\d+[a-z]? )+/gu, '')));
  const missing = samples.filter(
    ({ page, code }) =>
      ['docs/testing.md', 'docs/cross-origin.md'].includes(page) &&
      !code.includes('startFaultServer') &&
      !sources.some((source) => source.includes(bare(code))),
  );
  expect(missing.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
});

/** Code without its imports. */
function bare(code: string): string {
  return code.replaceAll(/^import [^;]*;.*\n/gmu, '').trim();
}
