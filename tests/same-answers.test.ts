import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineProfile } from '@holdfast/core';
import { breeze, tbint } from '@holdfast/profiles';
import type { Failure, Profile, ResilienceOptions, Seen } from '@holdfast/core';
import { createTestClock, startFaultServer } from '@holdfast/testing';
import type { FaultServer, TestClock } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import fixtures from '../packages/core/test/failure/fixtures/signals.json' with { type: 'json' };
import { apollo3Client, bothClients, everyClient } from './both-clients.ts';
import { documented, hostile } from './same-answers.ts';
import type { Answered } from './same-answers.ts';

const ADD = 'mutation Add { add(name: "a") { id } }';
const JSON_TYPES = ['application/json', 'application/graphql-response+json'];

let server: FaultServer;
beforeAll(async () => {
  // urql says in development that text was JSON.
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  server = await startFaultServer();
});
afterAll(() => server.close());

/** What rules are given, in plain values. */
type Sight = Omit<Seen, 'header'> & { readonly fields: readonly unknown[] };

interface Told {
  readonly failure: object | undefined;
  readonly seen: readonly Sight[];
  readonly requests: number;
}

/** What each client makes of an answer, and what its profile was shown of it. */
async function told(
  { status = 200, headers, body, media, profile }: Omit<Answered, 'what' | 'kind'>,
  clock: TestClock,
): Promise<readonly Told[]> {
  const all: Told[] = [];
  for (const { connect } of everyClient) {
    const before = server.requests.length;
    const seen: Sight[] = [];
    const { client } = connect(server.url, {
      clock,
      profile: watched(seen, profile),
      retry: false,
      rateLimit: false,
    });
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    server.inject({
      status,
      // Its clock is the client's: a hint that names an instant is the same for both.
      headers: { ...headers, date: new Date(clock.wall()).toUTCString() },
      ...(text !== undefined && { body: text }),
      ...(media !== undefined && { contentType: media }),
    });
    const { failure } = await client.mutate(ADD);
    all.push({ failure: shown(failure), seen, requests: server.requests.length - before });
  }
  return all;
}

function watched(seen: Sight[], given: Omit<Profile, 'name'> = {}): Profile {
  const test = (each: Seen): boolean => {
    const fields = ['content-type', 'retry-after', 'www-authenticate'].map(each.header);
    const { header: _, ...sight } = each;
    seen.push({ ...sight, fields });
    return false;
  };
  return defineProfile({
    name: 'watched',
    ...given,
    rules: [{ when: { test }, then: 'unknown' }, ...(given.rules ?? [])],
  });
}

/** All of a failure but its words, which are the client's own where the server had none. */
function shown(failure: Failure | undefined): object | undefined {
  if (failure === undefined) return undefined;
  const { message: _, advice: _advice, all, ...same } = failure;
  return { ...same, all: all.map(({ kind }) => kind) };
}

const typed = [...documented, ...hostile].flatMap((each) =>
  each.media === undefined ? JSON_TYPES.map((media) => ({ ...each, media })) : [each],
);

it.each(typed)('F12 means the same to every client: $what, as $media', async (answered) => {
  const clock = createTestClock();
  const [apollo, urql, fetch, apollo3] = await told(answered, clock);
  expect(urql).toEqual(apollo);
  expect(apollo3).toEqual(apollo);
  expect(fetch).toEqual(ofTheServer(urql, answered));
  expect(meaningOf(apollo, clock)).toEqual({ kind: answered.kind, wait: answered.wait });
});

/** Where the server had no words, clients have their own, and a bare `fetch` none. */
function ofTheServer(
  one: Told | undefined,
  { body = '' }: Pick<Answered, 'body'>,
): Told | undefined {
  if (one === undefined || body !== '') return one;
  return { ...one, seen: one.seen.map((each) => ({ ...each, message: '' })) };
}

function meaningOf(
  one: Told | undefined,
  { wall }: TestClock,
): Pick<Answered, 'kind'> & { readonly wait: number | undefined } {
  const { kind = null, retryAt } = (one?.failure ?? {}) as Partial<Failure>;
  return { kind, wait: retryAt === undefined ? undefined : retryAt - wall() };
}

interface Fixture {
  readonly id: string;
  readonly system: string;
  readonly signal: Pick<Answered, 'status' | 'headers' | 'body'>;
  readonly nowMs?: number;
  readonly expected: { readonly kind: Answered['kind']; readonly retryAfterMs?: number };
}

const PROFILES = new Map([
  ['Breeze', breeze],
  ['TBInt', tbint],
]);

it.each(fixtures as unknown as readonly Fixture[])(
  'F12 a documented answer means the same to every client: $id',
  async ({ system, signal, nowMs, expected }) => {
    const known = PROFILES.get(system);
    const isJson = typeof signal.body === 'object';
    const answered: Omit<Answered, 'what' | 'kind'> = {
      ...signal,
      headers: { ...(isJson && { 'content-type': 'application/json' }), ...signal.headers },
      ...(known !== undefined && { profile: { extends: known } }),
    };
    const clock = createTestClock(nowMs === undefined ? {} : { wall: nowMs });
    const [apollo, urql, fetch, apollo3] = await told(answered, clock);
    expect(urql).toEqual(apollo);
    expect(apollo3).toEqual(apollo);
    expect(fetch).toEqual(ofTheServer(urql, answered));
    expect(meaningOf(apollo, clock)).toEqual({ kind: expected.kind, wait: expected.retryAfterMs });
  },
);

/** A server that answers each request in the same way, by hand. */
async function answering(answer: (response: ServerResponse) => void): Promise<string> {
  const http: Server = createServer((request, response) => {
    request.resume();
    request.once('end', () => answer(response));
  });
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

/** What each client makes of such a server's answer to a mutation. */
async function failures(
  answer: (response: ServerResponse) => void,
  options: ResilienceOptions = {},
): Promise<readonly (Failure | undefined)[]> {
  const url = await answering(answer);
  const all: (Failure | undefined)[] = [];
  for (const { connect } of everyClient) {
    const { client } = connect(url, { retry: false, rateLimit: false, ...options });
    all.push((await client.mutate(ADD)).failure);
  }
  return all;
}

const REFUSED = { errors: [{ message: 'x', extensions: { code: 'UNAUTHENTICATED' } }] };
const LONG = { ...REFUSED, pad: 'x'.repeat(70_000) };

describe.each([200, 401])('a refusal with status %i', (status) => {
  const types = ['application/json', 'application/graphql-response+json', 'text/plain'];
  // As JSON a 200 is a GraphQL answer; as text it is one that a proxy has labelled.
  it.each(types)('F9 that was read whole proves that nothing ran: %s', async (type) => {
    const all = await failures((response) => {
      response.writeHead(status, { 'content-type': type }).end(JSON.stringify(REFUSED));
    });
    const proof = { kind: 'unauthenticated', status, code: 'UNAUTHENTICATED', executed: false };
    expect(all).toMatchObject(everyClient.map(() => proof));
  });

  it.each(types)('F9 that came in pieces and ended was read whole: %s', async (type) => {
    const text = JSON.stringify(REFUSED);
    const all = await failures((response) => {
      response.writeHead(status, { 'content-type': type });
      response.write(text.slice(0, 20));
      response.end(text.slice(20));
    });
    expect(all.map((each) => each?.executed)).toEqual(everyClient.map(() => false));
  });

  it.each(types)('F9 of more than 64 KiB proves nothing: %s', async (type) => {
    const [apollo, urql, fetch, apollo3] = await failures((response) => {
      response.writeHead(status, { 'content-type': type }).end(JSON.stringify(LONG));
    });
    const doubt = { kind: 'unauthenticated', status, executed: undefined };
    expect(apollo).toMatchObject(doubt);
    expect(urql).toMatchObject(doubt);
    expect(apollo3).toMatchObject(doubt);
    // It parses nothing that is longer: a success whose errors stand there is one.
    if (status === 401) expect(fetch).toMatchObject(doubt);
    expect(urql?.code).toBe(apollo?.code);
  });
});

it.each([401, 423, 425, 429])(
  'F9 a %i whose body breaks off proves nothing, and is a refusal all the same',
  async (status) => {
    const [apollo, ...others] = await failures((response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'content-length': 500 });
      response.write('{"errors":[', () => response.destroy());
    });
    expect(apollo).toMatchObject({ status, executed: undefined });
    const doubt = { kind: apollo?.kind, status, executed: undefined };
    expect(others).toMatchObject(everyClient.slice(1).map(() => doubt));
  },
);

it.each([401, 423, 429])('F9 a bare %i proves that nothing ran', async (status) => {
  const all = await failures((response) => response.writeHead(status).end());
  expect(all.map((each) => each?.executed)).toEqual(everyClient.map(() => false));
});

it('F12 A5 an answer that comes in parts means the same, and F9 proves nothing', async () => {
  const entry = { type: 'RATE_LIMITED', message: 'x' };
  const extensions = { cost: { wait: 4 } };
  const part = JSON.stringify({ errors: [entry], extensions, hasNext: false });
  const seen: unknown[] = [];
  const profile = defineProfile({
    name: 'streaming',
    types: { RATE_LIMITED: 'rate_limited' },
    hints: [
      (each) => {
        const { extensions: beside } = each.body as { extensions?: typeof extensions };
        seen.push(each.entry);
        return beside === undefined ? undefined : beside.cost.wait * 1_000;
      },
    ],
  });
  const clock = createTestClock();
  const [apollo, urql, , apollo3] = await failures(
    (response) => {
      response.writeHead(200, { 'content-type': 'multipart/mixed; boundary="-"' });
      response.end(`\r\n---\r\ncontent-type: application/json\r\n\r\n${part}\r\n-----\r\n`);
    },
    { profile, clock },
  );
  const limited = {
    kind: 'rate_limited',
    type: 'RATE_LIMITED',
    executed: undefined,
    retryAt: clock.wall() + 4_000,
  };
  expect(apollo).toMatchObject(limited);
  expect(urql).toMatchObject(limited);
  expect(apollo3).toMatchObject(limited);
  expect(seen).toEqual([entry, entry, entry]);
});

it.each([...bothClients, apollo3Client])(
  'F12 a healthy answer is read once, by the client: $client',
  async ({ connect }) => {
    const read: string[] = [];
    const { fetch: send } = globalThis;
    vi.stubGlobal('fetch', async (...request: Parameters<typeof fetch>) => {
      const response = await send(...request);
      for (const method of ['text', 'json', 'clone', 'arrayBuffer', 'blob'] as const) {
        const own = response[method].bind(response) as () => unknown;
        const counted = (): unknown => {
          read.push(method);
          return own();
        };
        Object.defineProperty(response, method, { value: counted, configurable: true });
      }
      return response;
    });
    onTestFinished(() => void vi.unstubAllGlobals());
    const { error } = await connect(server.url).client.query('query Hello { hello }');
    expect(error).toBeUndefined();
    expect(read).toEqual(['text']);
  },
);

const empty: readonly [string, object][] = [
  ['data: null', { data: null }],
  ['data: null and errors: null', { data: null, errors: null }],
  ['data: null and no errors', { data: null, errors: [] }],
  ['no errors', { errors: [] }],
];
describe.each(empty)('a failing status with %s', (_, body) => {
  // urql makes no error of it, and Apollo neither where the media type is GraphQL's own.
  it.each(JSON_TYPES)('R10 F5 is no answer that brought nothing: as %s', async (type) => {
    for (const [status, kind] of [
      [401, 'unauthenticated'],
      [429, 'rate_limited'],
      [503, 'unavailable'],
    ] as const) {
      const all = await failures((response) => {
        response.writeHead(status, { 'content-type': type }).end(JSON.stringify(body));
      });
      const executed = status === 503 ? undefined : false;
      expect(all).toMatchObject(everyClient.map(() => ({ kind, status, executed })));
    }
  });
});

/** Seen with @urql/core 6.0.3: it makes no error of these, and hands them on as what was asked for. */
const unnoticed: readonly Answered[] = [
  {
    what: 'data under a 500, without errors',
    status: 500,
    body: { data: { add: { id: 1 } } },
    kind: 'server_error',
  },
  {
    what: 'errors that are no list, beside data',
    body: { data: { add: { id: 1 } }, errors: 'x' },
    kind: 'unknown',
  },
];
it.each(unnoticed)(
  'F12 but urql takes for a success, and Apollo for a failure: $what',
  async (answered) => {
    const [apollo, urql, , apollo3] = await told(
      { ...answered, media: 'application/json' },
      createTestClock(),
    );
    expect(apollo?.failure).toMatchObject({ kind: answered.kind });
    expect(apollo3?.failure).toMatchObject({ kind: answered.kind });
    expect(urql?.failure).toBeUndefined();
  },
);
