import { afterEach, describe, expect, it } from 'vitest';
import { startFaultServer } from './start.ts';
import type { FaultServerContext } from './fault-server/default-schema.ts';
import type { FaultServer } from './fault-server/fault-server.ts';
import { postGraphql } from './post-graphql.fixture.ts';

let server: FaultServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

const DEFER = 'multipart/mixed;deferSpec=20220824,application/json';
const SUBSCRIBE = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/json';
const EVENTS = 'text/event-stream';
const TICKS = 'subscription { ticks(count: 2, every: 1) }';

async function ask(query: string, accept: string): Promise<Response> {
  return postGraphql(server?.url ?? '', query, { headers: { accept } });
}

/** The JSON objects of a stream, in their order, whatever frames them. */
function resultsIn(text: string): unknown[] {
  const lines = text.split(/\r?\n/u).map((line) => line.replace(/^data: /u, ''));
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as unknown);
}

async function results(query: string, accept: string): Promise<unknown[]> {
  return resultsIn(await (await ask(query, accept)).text());
}

describe('incremental delivery', () => {
  it('answers @defer and @stream in chunks, as multipart', async () => {
    server = await startFaultServer();
    const response = await ask('{ hello ... @defer { slow(ms: 1) } }', DEFER);
    expect(response.headers.get('content-type')).toContain('multipart/mixed');
    expect(resultsIn(await response.text())).toEqual([
      { data: { hello: 'Hello, world!' }, hasNext: true },
      { incremental: [{ data: { slow: 'waited 1 ms' }, path: [] }], hasNext: false },
    ]);
    const chunks = await results('{ items @stream(initialCount: 1) { id } }', DEFER);
    expect(chunks[0]).toEqual({ data: { items: [{ id: '1' }] }, hasNext: true });
    expect(chunks[1]).toMatchObject({ incremental: [{ items: [{ id: '2' }] }] });
  });

  it('answers without chunks where nothing is deferred', async () => {
    server = await startFaultServer();
    const response = await ask('{ hello }', DEFER);
    expect(await response.json()).toEqual({ data: { hello: 'Hello, world!' } });
  });

  it('serves any schema, whose errors come in the chunk that they belong to', async () => {
    server = await startFaultServer({
      auth: { reject: 'field' },
      schema: {
        typeDefs: 'type Query { quick: String, secret: String }',
        resolvers: {
          Query: {
            quick: () => 'here',
            secret: async (_: unknown, __: unknown, { authorized }: FaultServerContext) => {
              const error = Object.assign(new Error('Sign in first.'), { name: 'GraphQLError' });
              if (authorized) return 'yours';
              throw Object.assign(error, { extensions: { code: 'UNAUTHENTICATED' } });
            },
          },
        },
      },
    });
    const [first, second] = await results('{ quick ... @defer { secret } }', DEFER);
    expect(first).toEqual({ data: { quick: 'here' }, hasNext: true });
    expect(second).toMatchObject({
      incremental: [
        { data: { secret: null }, errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] },
      ],
    });
  });

  it.each([{ truncate: true as const }, { reset: 'body' as const }])(
    'can be cut after the first chunk, which has come whole: %o',
    async (fault) => {
      server = await startFaultServer({ faults: [fault] });
      const response = await ask('{ hello ... @defer { slow(ms: 1) } }', DEFER);
      let text = '';
      const decoder = new TextDecoder();
      const reading = (async () => {
        for await (const piece of response.body ?? []) text += decoder.decode(piece);
      })();
      if ('reset' in fault) await expect(reading).rejects.toThrow(/terminated/u);
      else await reading;
      expect(resultsIn(text)).toEqual([{ data: { hello: 'Hello, world!' }, hasNext: true }]);
      expect(text).toMatch(/\}\r\n---$/u);
    },
  );
});

describe('subscriptions over multipart HTTP', () => {
  it('carry each event as a payload', async () => {
    server = await startFaultServer();
    const response = await ask(TICKS, SUBSCRIBE);
    expect(response.headers.get('content-type')).toBe('multipart/mixed; boundary="graphql"');
    const text = await response.text();
    expect(resultsIn(text)).toEqual([
      { payload: { data: { ticks: 1 } } },
      { payload: { data: { ticks: 2 } } },
    ]);
    expect(text).toMatch(/\r\n--graphql--\r\n$/u);
    expect(server.executions).toEqual({ ticks: 1 });
  });
});

it.each([SUBSCRIBE, EVENTS])(
  'E1 a quiet subscription ends when its client leaves: %s',
  async (accept) => {
    let end = (): void => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const quiet: AsyncIterableIterator<object> = {
      [Symbol.asyncIterator]: () => quiet,
      next: () => new Promise(() => undefined),
      return: async () => {
        end();
        return { done: true, value: undefined };
      },
    };
    server = await startFaultServer({
      schema: {
        typeDefs: 'type Query { a: Int } type Subscription { on: Int }',
        resolvers: { Subscription: { on: { subscribe: () => quiet } } },
      },
    });
    const response = await ask('subscription { on }', accept);
    await response.body?.cancel();
    await ended;
    expect(response.status).toBe(200);
  },
);

describe('a fault with results', () => {
  const scripted = [{ data: { hello: 'a' }, hasNext: true }, { hasNext: false }];

  it.each([
    [DEFER, scripted],
    [EVENTS, scripted],
    [SUBSCRIBE, scripted.map((payload) => ({ payload }))],
  ])('streams them as the client accepts it: %s', async (accept, expected) => {
    server = await startFaultServer({ faults: [{ results: scripted }] });
    expect(await results('{ hello }', accept)).toEqual(expected);
    expect(server.executions).toEqual({});
  });

  it('leaves a payload as it is, with the transport’s errors beside it', async () => {
    const lost = { payload: null, errors: [{ message: 'The upstream is gone.' }] };
    server = await startFaultServer({ faults: [{ results: [lost] }] });
    expect(await results(TICKS, SUBSCRIBE)).toEqual([lost]);
  });

  it('can be cut after the first', async () => {
    server = await startFaultServer({ faults: [{ results: scripted, truncate: true }] });
    expect(await results('{ hello }', DEFER)).toEqual([scripted[0]]);
  });
});
