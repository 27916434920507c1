import { failureOf } from '@holdfast/core';
import type { FaultServer, FaultServerContext, SchemaParts } from '@holdfast/testing';
import { createTestClock } from '@holdfast/testing';
import { gql } from '@urql/core';
import type { Client, OperationResult } from '@urql/core';
import { describe, expect, it } from 'vitest';
import { coded } from './live-server.fixture.ts';
import { deferred, refresher, startClient, startServer } from './exchange.fixture.ts';

const PARTS = gql`
  query Parts {
    quick
    ... @defer {
      late
    }
  }
`;
const LIST = gql`
  query List {
    items @stream(initialCount: 1)
  }
`;

/** Fields that need a token where the query says so. */
function schema(guarded: 'quick' | 'late' | 'none', code = 'UNAUTHENTICATED'): SchemaParts {
  const field = (name: string) => (_: unknown, __: unknown, context: FaultServerContext) => {
    if (name === guarded && !context.authorized) throw coded(code);
    return name;
  };
  return {
    typeDefs: 'type Query { quick: String, late: String, items: [Int] }',
    resolvers: { Query: { quick: field('quick'), late: field('late'), items: () => [1, 2, 3] } },
  };
}

async function resultsOf(
  client: Client,
  document: typeof PARTS,
  accept: string,
): Promise<OperationResult[]> {
  const results: OperationResult[] = [];
  const context = { fetchOptions: { headers: { accept } } };
  await new Promise<void>((resolve) => {
    client.query(document, {}, context).subscribe((result) => {
      results.push(result);
      if (!result.hasNext) resolve();
    });
  });
  return results;
}

function sent({ requests }: FaultServer): number {
  return requests.length;
}

describe.each([
  ['multipart', 'multipart/mixed'],
  ['server-sent events', 'text/event-stream'],
])('an answer in parts, as %s', (_, accept) => {
  it('S1 U6 @defer and @stream arrive part by part, asked for once', async () => {
    const server = await startServer({ schema: schema('none') });
    const { client, events } = startClient(server.url);
    const parts = await resultsOf(client, PARTS, accept);
    expect(parts.at(0)).toMatchObject({ data: { quick: 'quick' }, hasNext: true });
    expect(parts.at(-1)).toMatchObject({ data: { quick: 'quick', late: 'late' }, hasNext: false });
    const list = await resultsOf(client, LIST, accept);
    expect(list.at(0)).toMatchObject({ data: { items: [1] }, hasNext: true });
    expect(list.at(-1)).toMatchObject({ data: { items: [1, 2, 3] }, hasNext: false });
    expect(sent(server)).toBe(2);
    expect(events.filter(({ type }) => type === 'operation_ended')).toMatchObject([
      { outcome: 'success', attempts: 1 },
      { outcome: 'success', attempts: 1 },
    ]);
  });

  it('F6 S3 UNAUTHENTICATED in the first part: refreshed, and the whole answer takes its place', async () => {
    const server = await startServer({ auth: { reject: 'field' }, schema: schema('quick') });
    const source = refresher(server);
    const { client } = startClient(server.url, {
      auth: { tokens: { accessToken: 'dead' }, refresh: source.refresh },
    });
    const parts = await resultsOf(client, PARTS, accept);
    expect(parts.every(({ error }) => error === undefined)).toBe(true);
    expect(parts.at(-1)).toMatchObject({ data: { quick: 'quick', late: 'late' } });
    expect([source.calls, sent(server)]).toEqual([1, 2]);
  });

  it('F6 T8 if no token is to be had, the first part is delivered, and is the last', async () => {
    const server = await startServer({ auth: { reject: 'field' }, schema: schema('quick') });
    const { client } = startClient(server.url, {
      auth: {
        tokens: { accessToken: 'dead' },
        refresh: () => Promise.reject({ status: 400, body: { error: 'invalid_grant' } }),
      },
    });
    const [only, ...others] = await resultsOf(client, PARTS, accept);
    expect(only).toMatchObject({ data: { quick: null }, hasNext: false });
    expect(failureOf(only?.error)).toMatchObject({ stopped: 'session_failed' });
    expect([others.length, sent(server)]).toEqual([0, 1]);
  });

  it('S1 UNAUTHENTICATED in a later part is delivered, and the operation not started again', async () => {
    const server = await startServer({ auth: { reject: 'field' }, schema: schema('late') });
    const source = refresher(server);
    const { client } = startClient(server.url, {
      auth: { tokens: { accessToken: 'dead' }, refresh: source.refresh },
    });
    const parts = await resultsOf(client, PARTS, accept);
    expect(parts.at(0)?.error).toBeUndefined();
    expect(parts.at(-1)).toMatchObject({ data: { quick: 'quick', late: null }, hasNext: false });
    expect(failureOf(parts.at(-1)?.error)).toMatchObject({
      kind: 'unauthenticated',
      stopped: 'delivered_data',
      attempts: 1,
    });
    expect(sent(server)).toBe(1);
    // The session has learnt that its token is dead: the next operation goes with a new one.
    const next = await resultsOf(client, LIST, accept);
    expect(next.at(-1)?.error).toBeUndefined();
    expect(server.requests.at(-1)?.token).not.toBe('dead');
    expect(source.calls).toBe(1);
  });

  it('F3 R10 errors of later parts are classified, and found by failureOf', async () => {
    const server = await startServer({
      auth: { reject: 'field' },
      schema: schema('late', 'FORBIDDEN'),
    });
    const { client, events } = startClient(server.url);
    const parts = await resultsOf(client, PARTS, accept);
    const error = parts.at(-1)?.error;
    expect(failureOf(error)).toMatchObject({ kind: 'forbidden', code: 'FORBIDDEN' });
    expect(failureOf(error?.graphQLErrors[0])).toMatchObject({ path: ['late'] });
    expect(events.filter(({ type }) => type === 'gave_up')).toHaveLength(1);
  });

  it('S1 errors of one part that urql repeats with the next ones are one failure', async () => {
    const results = [
      { data: { quick: 'quick' }, hasNext: true },
      {
        incremental: [
          {
            data: { late: null },
            path: [],
            errors: [{ message: 'no', path: ['late'], extensions: { code: 'FORBIDDEN' } }],
          },
        ],
        hasNext: true,
      },
      { incremental: [{ data: { later: 1 }, path: [] }], hasNext: true },
      { hasNext: false },
    ];
    const server = await startServer({ faults: [{ results }] });
    const { client, events } = startClient(server.url);
    const parts = await resultsOf(client, PARTS, accept);
    expect(parts).toHaveLength(4);
    expect(failureOf(parts.at(-1)?.error)).toMatchObject({ kind: 'forbidden' });
    expect(events.filter(({ type }) => type === 'gave_up')).toHaveLength(1);
  });

  it('S1 a stream that is cut after its first part ends with the error, and is not asked for again', async () => {
    const server = await startServer({ schema: schema('none'), faults: [{ reset: 'body' }] });
    const { client } = startClient(server.url);
    const parts = await resultsOf(client, PARTS, accept);
    expect(parts.at(0)).toMatchObject({ data: { quick: 'quick' }, hasNext: true });
    expect(parts.at(-1)?.hasNext).toBe(false);
    expect(failureOf(parts.at(-1)?.error)).toMatchObject({
      kind: 'network',
      stopped: 'delivered_data',
    });
    expect(sent(server)).toBe(1);
  });

  it('R1 before the first part, it is retried as any query', async () => {
    const server = await startServer({
      schema: schema('none'),
      faults: [{ status: 503 }, { reset: 'headers' }],
    });
    const { client } = startClient(server.url);
    const parts = await resultsOf(client, PARTS, accept);
    expect(parts.at(-1)).toMatchObject({ data: { quick: 'quick', late: 'late' } });
    expect(sent(server)).toBe(3);
  });
});

it.each(['at once', 'later'])('E1 E4 leaving %s on a first part ends the request', async (when) => {
  const ended = deferred<void>();
  const server = await startServer({
    schema: {
      typeDefs: 'type Query { quick: String, late: String }',
      resolvers: { Query: { quick: () => 'quick', late: () => new Promise(() => {}) } },
    },
  });
  const watched: typeof fetch = (input, init) => {
    init?.signal?.addEventListener('abort', () => ended.resolve());
    return fetch(input, init);
  };
  const clock = createTestClock();
  const { client, events, heard } = startClient(server.url, { clock });
  const fetchOptions = { headers: { accept: 'multipart/mixed' } };
  const { unsubscribe } = client
    .query(PARTS, {}, { fetch: watched, fetchOptions })
    .subscribe(() => {
      if (when === 'at once') unsubscribe();
      else queueMicrotask(unsubscribe);
    });
  await ended.promise;
  await heard('operation_ended');
  expect(events.at(-1)).toMatchObject({ outcome: 'cancelled' });
  expect(clock.pending).toBe(0);
  expect(sent(server)).toBe(1);
});
