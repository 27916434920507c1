import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type * as Graphql from 'graphql';
import { afterEach, describe, expect, it } from 'vitest';
import { startFaultServer } from './start.ts';
import type { FaultServer, FaultServerOptions } from './fault-server/fault-server.ts';
import { failure } from './settled-failure.fixture.ts';
import { postGraphql } from './post-graphql.fixture.ts';

let server: FaultServer | undefined;

async function start(options?: FaultServerOptions): Promise<FaultServer> {
  server = await startFaultServer(options);
  return server;
}

afterEach(async () => {
  await server?.close();
  server = undefined;
});

function ask(query: string, headers: Record<string, string> = {}): Promise<Response> {
  return postGraphql(server?.url ?? '', query, { headers });
}

describe('a fault server without faults', () => {
  it('answers, records and counts', async () => {
    const { url, requests, executions } = await start();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: 'Bearer t1', 'X-Mine': 'yes' },
      body: JSON.stringify({
        query: 'query Greet($name: String) { ...F } fragment F on Query { hello(name: $name) }',
        variables: { name: 'Ada' },
      }),
    });
    expect(await response.json()).toEqual({ data: { hello: 'Hello, Ada!' } });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      method: 'POST',
      path: '/graphql',
      operationName: 'Greet',
      operationType: 'query',
      variables: { name: 'Ada' },
      token: 't1',
      status: 200,
      fault: undefined,
    });
    expect(requests[0]?.headers['x-mine']).toBe('yes');
    expect(executions).toEqual({ hello: 1 });
  });

  it('takes GET queries and batches', async () => {
    const { url, requests } = await start();
    const got = await fetch(`${url}?query=${encodeURIComponent('query G { hello }')}`);
    expect(await got.json()).toEqual({ data: { hello: 'Hello, world!' } });
    const batch = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ query: 'query A { hello }' }, { query: 'query B { hello }' }]),
    });
    expect(await batch.json()).toHaveLength(2);
    expect(requests.map((request) => request.operationName)).toEqual(['G', 'A']);
  });

  it('answers 400 to malformed JSON and 404 elsewhere', async () => {
    const { url, origin, requests } = await start();
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(url, { method: 'POST', headers, body: '{' })).status).toBe(400);
    expect((await fetch(`${origin}/other`)).status).toBe(404);
    expect(requests.map((request) => [request.query, request.status])).toEqual([[undefined, 400]]);
  });

  it('serves a schema of its own, whose GraphQL errors are shown and others masked', async () => {
    await start({
      schema: {
        typeDefs: 'type Query { code: String, secret: String }',
        resolvers: {
          Query: {
            code: () => {
              const error = new Error('No.');
              error.name = 'GraphQLError';
              throw Object.assign(error, { extensions: { code: 'CONFLICT' } });
            },
            secret: () => {
              throw new Error('password 1234');
            },
          },
        },
      },
    });
    const body = (await (await ask('{ code secret }')).json()) as { errors: unknown[] };
    expect(body.errors).toMatchObject([
      { message: 'No.', path: ['code'], extensions: { code: 'CONFLICT' } },
      { message: 'Unexpected error.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
  });

  it('streams subscriptions as server-sent events', async () => {
    const { executions } = await start();
    const headers = { accept: 'text/event-stream' };
    const whole = await (await ask('subscription { ticks(count: 3, every: 1) }', headers)).text();
    expect(whole.match(/"ticks":\d/g)).toEqual(['"ticks":1', '"ticks":2', '"ticks":3']);
    expect(executions).toEqual({ ticks: 1 });
  });

  it('E1 ends a subscription on the server when the client goes away', async () => {
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    await start({
      schema: {
        typeDefs: 'type Query { a: Int } type Subscription { forever: Int }',
        resolvers: {
          Subscription: {
            forever: {
              subscribe: () => ({
                [Symbol.asyncIterator]: () => ({
                  next: () => new Promise(() => undefined),
                  return: async () => {
                    end();
                    return { done: true, value: undefined };
                  },
                }),
              }),
            },
          },
        },
      },
    });
    const stream = await ask('subscription { forever }', { accept: 'text/event-stream' });
    await stream.body?.cancel();
    await ended;
    expect(stream.status).toBe(200);
  });

  it('lets a page on another origin use it and read its headers', async () => {
    const { url } = await start();
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin: 'http://page.test', 'access-control-request-headers': 'authorization' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization');
    const answer = await ask('{ hello }', { origin: 'http://page.test' });
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://page.test');
    expect(answer.headers.get('access-control-expose-headers')).toContain('Retry-After');
  });

  it('exposes no header where it is bare', async () => {
    const { url } = await start({ cors: 'bare' });
    const answer = await fetch(url, { headers: { origin: 'http://page.test' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://page.test');
    expect(answer.headers.get('access-control-expose-headers')).toBeNull();
  });

  it('says what it may be told of other origins', async () => {
    await expect(start({ cors: 'none' as never })).rejects.toThrow(
      'Option "cors" was given none; true, false or \'bare\' is allowed.',
    );
  });

  it('says when a port is in use', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    await expect(startFaultServer({ port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use`);
    taken.close();
  });

  it('can be closed twice, and answers nobody afterwards', async () => {
    const { close, url, received } = await start();
    const waiting = failure(received(1));
    await Promise.all([close(), close()]);
    expect((await waiting).message).toContain('closed after 0 requests');
    expect(await failure(postGraphql(url, '{ hello }'))).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('takes a schema, whichever copy of graphql has built it', async () => {
    const require = createRequire(import.meta.url);
    const same = require('graphql') as typeof Graphql;
    await start({ schema: same.buildSchema('type Query { a: Int }') });
    expect(await (await ask('{ a }')).json()).toEqual({ data: { a: null } });
    const path: string = require.resolve('graphql/index.mjs');
    const other = (await import(/* @vite-ignore */ path)) as typeof Graphql;
    await start({ schema: other.buildSchema('type Query { a: Int }') });
    expect(await (await ask('{ a }')).json()).toEqual({ data: { a: null } });
  });

  it('runs a schema of another copy of graphql as its own would', async () => {
    const require = createRequire(import.meta.url);
    const path: string = require.resolve('graphql/index.mjs');
    const other = (await import(/* @vite-ignore */ path)) as typeof Graphql;
    const schema = other.buildSchema(`
      directive @shelf(row: Int!) on FIELD_DEFINITION
      scalar Day
      enum Size { SMALL LARGE }
      input Wish { sizes: [Size!]! = [SMALL], near: Wish }
      interface Thing { name: String! }
      type Rope implements Thing { name: String!, knots: [Rope!] }
      type Cleat implements Thing { name: String! size(wish: Wish): Size }
      union Any = Rope | Cleat
      type Query { things(wish: Wish!, day: Day): [Thing!]! any: Any refused: Int }
      type Subscription { ticks: Int! }
    `);
    const fields = schema.getQueryType()!.getFields();
    const { ticks } = schema.getSubscriptionType()!.getFields();
    const rope = { __typename: 'Rope', name: 'rope' };
    fields['things']!.resolve = (_, { wish, day }: { wish: { sizes: string[] }; day: string }) => [
      { ...rope, knots: [rope] },
      { __typename: 'Cleat', name: `${day} ${wish.sizes.join()}`, size: 'LARGE' },
    ];
    fields['any']!.resolve = () => rope;
    fields['refused']!.resolve = () => {
      throw new other.GraphQLError('Not today.', { extensions: { code: 'FORBIDDEN' } });
    };
    ticks!.subscribe = async function* subscribe() {
      yield { ticks: 1 };
      yield { ticks: 2 };
    };
    const { url } = await start({ schema });
    const query = `{
      things(wish: { near: { sizes: [LARGE] } }, day: "today") {
        name ... on Rope { knots { name } } ... on Cleat { size }
      }
      any { ... on Thing { name } }
      refused
      __type(name: "Wish") { kind }
    }`;
    expect(await (await ask(query)).json()).toMatchObject({
      data: {
        things: [
          { name: 'rope', knots: [{ name: 'rope' }] },
          { name: 'today SMALL', size: 'LARGE' },
        ],
        any: { name: 'rope' },
        refused: null,
        __type: { kind: 'INPUT_OBJECT' },
      },
      errors: [{ message: 'Not today.', path: ['refused'], extensions: { code: 'FORBIDDEN' } }],
    });
    const stream = await fetch(`${url}?query=subscription{ticks}`, {
      headers: { accept: 'text/event-stream' },
    });
    expect((await stream.text()).match(/"ticks":\d/gu)).toEqual(['"ticks":1', '"ticks":2']);
  });

  it('records no status for a client that went away', async () => {
    const { requests, inject, url, received } = await start();
    // The second answer comes after the first one would have come.
    inject([{ delay: 1_000 }, { delay: 1_500 }]);
    const controller = new AbortController();
    const gone = failure(fetch(`${url}?query={hello}`, { signal: controller.signal }));
    await received(1);
    controller.abort();
    expect((await gone).message).toContain('abort');
    await ask('{ hello }');
    expect(requests.map((request) => request.status)).toEqual([undefined, 200]);
  });
});
