import { failureOf as failureOfCore } from '@holdfast/core';
import { createResilience, failureOf } from '@holdfast/fetch';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { ClientError, gql, GraphQLClient } from 'graphql-request';
import { Environment, fetchQuery, Network, RecordSource, Store } from 'relay-runtime';
import type { ConcreteRequest, FetchFunction } from 'relay-runtime';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { resilientFetch } from './resilient-fetch.ts';

/** A server that takes no token but those that it has issued, and a fetch that begins with a dead one. */
async function rig(): Promise<{ server: FaultServer; fetch: typeof globalThis.fetch }> {
  const server = await startFaultServer({ auth: { reject: 'graphql' } });
  const refresh = async (): Promise<{ accessToken: string }> => ({
    accessToken: server.issueToken(),
  });
  const resilience = createResilience({
    auth: { tokens: { accessToken: 'dead' }, refresh },
    retry: { backoff: { transient: 2, throttled: 5 } },
  });
  onTestFinished(async () => {
    resilience.dispose();
    await server.close();
  });
  // Relay has no place for a document's kind but its name.
  const operation = ({ name = '' }): object => (name.endsWith('Query') ? { kind: 'query' } : {});
  return { server, fetch: resilientFetch(resilience, { operation }) };
}

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

const REFUSED = { errors: [{ message: 'no', extensions: { code: 'FORBIDDEN' } }], data: null };

describe('graphql-request', () => {
  it.each(['POST', 'GET'] as const)(
    'T1 R1 by %s a dead token and a bad gateway are got over',
    async (method) => {
      const { server, fetch } = await rig();
      const client = new GraphQLClient(server.url, { fetch, method });
      server.inject({ status: 502 });
      const document = gql`
        query Hello($name: String) {
          hello(name: $name)
        }
      `;
      expect(await client.request(document, { name: 'you' })).toEqual({ hello: 'Hello, you!' });
      expect(server.requests.map(({ status }) => status)).toEqual([502, 200, 200]);
      expect(server.tokenRequests).toEqual([]);
    },
  );

  it('R10 F11b failureOf finds the failure by its ClientError', async () => {
    const { server, fetch } = await rig();
    const client = new GraphQLClient(server.url, { fetch });
    server.inject({ body: REFUSED });
    const error = await rejection(client.request('query Hello { hello }'));
    expect(error).toBeInstanceOf(ClientError);
    expect(failureOf(error)).toMatchObject({ kind: 'forbidden', stopped: 'not_retryable' });
    // So do FailureBoundary and the hooks, which ask the core.
    expect(failureOfCore(error)).toBe(failureOf(error));
    server.inject({ status: 400, body: 'not GraphQL at all' });
    const plain = await rejection(client.request('query Hello { hello }'));
    expect(failureOf(plain)).toMatchObject({ kind: 'bad_input', status: 400 });
    const other = new ClientError({ status: 503, headers: new Headers(), body: '' }, { query: '' });
    expect(failureOf(other)).toBeUndefined();
  });

  it('M1 a mutation is sent once, and its fate told', async () => {
    const { server, fetch } = await rig();
    const client = new GraphQLClient(server.url, { fetch });
    await client.request('query Hello { hello }');
    server.inject({ reset: 'after-execute' });
    const error = await rejection(client.request('mutation Add { add(name: "a") { id } }'));
    expect(failureOf(error)).toMatchObject({ kind: 'network', stopped: 'unsafe_mutation' });
    expect(server.executions).toMatchObject({ add: 1 });
  });

  it('T1 a batch is answered whole', async () => {
    const { server, fetch } = await rig();
    const client = new GraphQLClient(server.url, { fetch });
    const answers = await client.batchRequests([
      { document: 'query A { hello }' },
      { document: 'query B { hello(name: "b") }' },
    ]);
    expect(answers).toHaveLength(2);
    expect(server.requests).toHaveLength(2);
  });

  it('E1 E2 its signal ends a wait', async () => {
    const { server, fetch } = await rig();
    const client = new GraphQLClient(server.url, { fetch });
    server.inject({ status: 429, headers: { 'retry-after': '20' }, times: Infinity });
    const controller = new AbortController();
    const document = 'query Hello { hello }';
    const answer = rejection(client.request({ document, signal: controller.signal }));
    await server.received(1);
    controller.abort();
    expect(await answer).toMatchObject({ name: 'AbortError' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('Relay', () => {
  /** What the compiler makes of a query of one scalar field. */
  function requestOf(kind: 'Query' | 'Mutation', text: string | null): ConcreteRequest {
    const selections = [
      { kind: 'ScalarField', alias: null, name: 'hello', args: null, storageKey: null },
    ] as const;
    const name = `Hello${kind}`;
    const node = { name, argumentDefinitions: [], selections } as const;
    return {
      kind: 'Request',
      fragment: { ...node, kind: 'Fragment', type: kind, abstractKey: null, metadata: null },
      operation: { ...node, kind: 'Operation' },
      params: {
        id: text === null ? 'hello-1' : null,
        cacheID: 'hello',
        metadata: {},
        name,
        operationKind: kind === 'Query' ? 'query' : 'mutation',
        text,
      },
    } as unknown as ConcreteRequest;
  }

  /** An environment as its documentation has it. */
  function environment(url: string, fetch: typeof globalThis.fetch): Environment {
    const send: FetchFunction = async ({ id, name, text }, variables) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: text ?? undefined, id, operationName: name, variables }),
      });
      return response.json();
    };
    const network = Network.create(send);
    return new Environment({ network, store: new Store(new RecordSource()) });
  }

  const TEXT = 'query HelloQuery { hello }';

  it('T1 R1 a dead token and a bad gateway are got over', async () => {
    const { server, fetch } = await rig();
    server.inject({ status: 502 });
    const relay = environment(server.url, fetch);
    const data = await fetchQuery(relay, requestOf('Query', TEXT), {}).toPromise();
    expect(data).toEqual({ hello: 'Hello, world!' });
    expect(server.requests).toHaveLength(3);
  });

  it('R1 M1 a persisted query is sent again where the application says that it is one', async () => {
    const { server, fetch } = await rig();
    const body = { data: { hello: 'persisted' } };
    server.inject({ status: 502, on: (request) => request.headers['authorization'] !== undefined });
    server.inject({ body });
    const relay = environment(server.url, fetch);
    const data = await fetchQuery(relay, requestOf('Query', null), {}).toPromise();
    expect(data).toEqual(body.data);
    expect(server.requests).toHaveLength(2);
  });

  it('R10 F11b failureOf finds the failure by Relay’s error', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => undefined);
    onTestFinished(() => void vi.restoreAllMocks());
    const { server, fetch } = await rig();
    server.inject({ body: REFUSED });
    const relay = environment(server.url, fetch);
    const error = await rejection(
      fetchQuery(relay, requestOf('Query', TEXT), {}).toPromise() as Promise<unknown>,
    );
    expect(error).toMatchObject({ name: 'RelayNetwork' });
    expect(failureOf(error)).toMatchObject({ kind: 'forbidden', stopped: 'not_retryable' });
  });
});
