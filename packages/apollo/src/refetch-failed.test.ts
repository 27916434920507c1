import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { failureOf, manualRetry } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { clientOf, HELLO, httpClient } from './client.fixture.ts';

describe('a failed query that Apollo keeps', () => {
  let server: FaultServer;
  beforeEach(async () => {
    server = await startFaultServer();
  });
  afterEach(() => server.close());

  it('V4 is sent again by hand, once, with all that failed with it by deduplication', async () => {
    server.inject({ status: 403 });
    const { client } = httpClient(server.url);
    const queries = ['a', 'a'].map((name) =>
      client.watchQuery({ query: HELLO, variables: { name } }),
    );
    const other = client.watchQuery({ query: HELLO, variables: { name: 'b' } });
    const ends = [...queries, other].map((query) => query.subscribe({}));
    await vi.waitFor(() => {
      for (const query of queries) expect(query.getCurrentResult().error).toBeDefined();
      expect(other.getCurrentResult().data).toBeDefined();
    });
    await manualRetry().send(queries[0]!.getCurrentResult().error);
    for (const query of queries) {
      expect(query.getCurrentResult()).toMatchObject({ data: { hello: 'Hello, a!' } });
    }
    expect(server.requests.map(({ variables }) => variables?.['name']).sort()).toEqual([
      'a',
      'a',
      'b',
    ]);
    for (const end of ends) end.unsubscribe();
    client.stop();
  });

  it('V4 A6 of a batch that failed whole, all are sent again', async () => {
    server.inject({ status: 403 });
    const { client } = clientOf(new BatchHttpLink({ uri: server.url, batchInterval: 5 }));
    const queries = ['a', 'b'].map((name) =>
      client.watchQuery({ query: HELLO, variables: { name } }),
    );
    const ends = queries.map((query) => query.subscribe({}));
    await vi.waitFor(() => {
      for (const query of queries) expect(query.getCurrentResult().error).toBeDefined();
    });
    await manualRetry().send(queries[0]!.getCurrentResult().error);
    expect(queries.map((query) => query.getCurrentResult().data)).toEqual([
      { hello: 'Hello, a!' },
      { hello: 'Hello, b!' },
    ]);
    for (const end of ends) end.unsubscribe();
    client.stop();
  });

  it('V4 R10 where it fails again in the same words, its error stands for the new failure', async () => {
    server.inject({ status: 403, times: 2 });
    const { client } = httpClient(server.url);
    const query = client.watchQuery({ query: HELLO });
    const end = query.subscribe({});
    await vi.waitFor(() => expect(query.getCurrentResult().error).toBeDefined());
    const { error } = query.getCurrentResult();
    const before = failureOf(error);
    await manualRetry().send(error);
    expect(server.requests).toHaveLength(2);
    expect(failureOf(error)).toMatchObject({ kind: 'forbidden', attempts: 1 });
    expect(failureOf(error)).not.toBe(before);
    end.unsubscribe();
    client.stop();
  });

  it('V4 E4 what nobody shows any more needs nothing', async () => {
    server.inject({ status: 403 });
    const { client } = httpClient(server.url);
    const error: unknown = await client.query({ query: HELLO }).catch((thrown: unknown) => thrown);
    await manualRetry().send(error);
    expect(server.requests).toHaveLength(1);
  });

  it('V4 E4 a store that is cleared meanwhile ends it, and leaves nothing pending', async () => {
    server.inject({ status: 403 });
    server.inject({ hang: true });
    const { client } = httpClient(server.url);
    const query = client.watchQuery({ query: HELLO });
    const end = query.subscribe({});
    await vi.waitFor(() => expect(query.getCurrentResult().error).toBeDefined());
    const sent = manualRetry().send(query.getCurrentResult().error);
    await vi.waitFor(() => expect(server.requests).toHaveLength(2));
    await client.clearStore();
    await sent;
    end.unsubscribe();
    client.stop();
  });
});
