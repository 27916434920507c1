import { HttpLink, gql } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import type { Tokens } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ADD, HELLO, clockedClient, listen, waiting } from './client.fixture.ts';

let server: FaultServer;
beforeEach(async () => {
  server = await startFaultServer({ auth: { reject: '401' } });
});
afterEach(() => server.close());

type Client = ReturnType<typeof clockedClient> & {
  /** Ends the refresh that runs. */
  answer(tokens: Tokens): void;
};

/** A client whose token is dead, and whose refresh ends when a test says so. */
function expired(): Client {
  let answer: (tokens: Tokens) => void = () => undefined;
  const client = clockedClient(new HttpLink({ uri: server.url }), {
    auth: {
      tokens: { accessToken: 'dead' },
      refresh: () => new Promise((resolve) => (answer = resolve)),
    },
  });
  return { ...client, answer: (tokens) => answer(tokens) };
}

function refreshes({ events }: Client): number {
  return events.filter(({ type }) => type === 'refresh_started').length;
}

const variables = { name: 'buoy' };

describe('while a refresh runs', () => {
  it('A7 T1 clearStore ends queries as Apollo does, a mutation is answered, the refresh goes on', async () => {
    const setup = expired();
    const { client, resilience } = setup;
    const query = client.query({ query: HELLO }).catch((error: unknown) => error);
    await waiting(resilience, 'refresh');
    const mutation = client.mutate({ mutation: ADD, variables });
    await client.clearStore();
    expect(String(await query)).toMatch(/store reset/iu);
    setup.answer({ accessToken: server.issueToken() });
    expect((await mutation).data).toMatchObject({ add: { id: '3' } });
    expect(refreshes(setup)).toBe(1);
    // The query is not sent again, and the mutation was sent once.
    expect(server.requests.map(({ operationName }) => operationName)).toEqual(['Hello', 'Add']);
  });

  it('A7 T1 resetStore: a watched query waits anew for the same refresh', async () => {
    const setup = expired();
    const { client, resilience } = setup;
    const watched = listen(client.watchQuery({ query: HELLO }));
    await waiting(resilience, 'refresh');
    const reset: Promise<unknown> = client.resetStore();
    setup.answer({ accessToken: server.issueToken() });
    await reset;
    expect(watched.said.at(-1)).toMatchObject({ data: { hello: 'Hello, world!' }, loading: false });
    expect(refreshes(setup)).toBe(1);
    expect(server.requests.length).toBe(2);
    watched.unsubscribe();
  });

  it('T11 signing out ends what waits, as unauthenticated, and nothing is sent for it', async () => {
    const setup = expired();
    const { client, resilience } = setup;
    const query = client.query({ query: HELLO, errorPolicy: 'all' });
    await waiting(resilience, 'refresh');
    const mutation = client.mutate({ mutation: ADD, variables, errorPolicy: 'all' });
    resilience.session.signOut();
    await client.clearStore();
    setup.answer({ accessToken: server.issueToken() });
    expect(failureOf((await query).error)).toMatchObject({ kind: 'unauthenticated', attempts: 1 });
    expect(failureOf((await mutation).error)).toMatchObject({
      kind: 'unauthenticated',
      stopped: 'signed_out',
      executed: false,
      attempts: 0,
    });
    expect(resilience.session.get().status).toBe('signed-out');
    expect(server.requests.length).toBe(1);
    // Later operations go unsigned.
    await client.query({ query: HELLO, errorPolicy: 'all' });
    expect(server.requests.at(-1)?.token).toBeUndefined();
  });

  it('T11 signing in as somebody else lets what waits go on, with the new tokens', async () => {
    const setup = expired();
    const { client, resilience } = setup;
    const query = client.query({ query: HELLO });
    await waiting(resilience, 'refresh');
    const accessToken = server.issueToken();
    resilience.session.signIn({ accessToken });
    setup.answer({ accessToken: 'late' });
    expect((await query).data).toEqual({ hello: 'Hello, world!' });
    expect(server.requests.at(-1)?.token).toBe(accessToken);
  });
});

describe('a mutation with an optimistic answer', () => {
  const ITEM = gql`
    fragment Name on Item {
      name
    }
  `;
  const RENAME = gql`
    mutation Rename($id: ID!, $name: String!) {
      rename(id: $id, name: $name) {
        id
        name
      }
    }
  `;
  const optimisticResponse = { rename: { __typename: 'Item', id: '1', name: 'mooring' } };
  const limited = { status: 429, headers: { 'retry-after': '5' } } as const;

  function renaming(): ReturnType<typeof clockedClient> & {
    renamed: Promise<{ readonly error?: unknown }>;
    name(): unknown;
    readonly controller: AbortController;
  } {
    const controller = new AbortController();
    const setup = clockedClient(new HttpLink({ uri: server.url }), {
      auth: { tokens: { accessToken: server.issueToken() }, refresh: async () => undefined },
    });
    const renamed = setup.client.mutate({
      mutation: RENAME,
      variables: { id: '1', name: 'cleat' },
      optimisticResponse,
      errorPolicy: 'all',
      context: { fetchOptions: { signal: controller.signal } },
    });
    const name = (): unknown =>
      setup.client.cache.readFragment<{ name: string }>(
        { id: 'Item:1', fragment: ITEM, optimistic: true },
        true,
      )?.name;
    return { ...setup, renamed, name, controller };
  }

  it('A4 W7 shows it for as long as the mutation waits, then what the server says', async () => {
    server.inject(limited);
    const { renamed, name, resilience, clock } = renaming();
    await waiting(resilience, 'rate_limit');
    await clock.advanceAsync(4_999);
    expect(name()).toBe('mooring');
    await clock.advanceAsync(10_000);
    await renamed;
    expect(name()).toBe('cleat');
    expect(server.executions).toEqual({ rename: 1 });
  });

  it('E2 takes it back when the wait is ended', async () => {
    server.inject(limited);
    const { renamed, name, resilience, controller } = renaming();
    await waiting(resilience, 'rate_limit');
    controller.abort();
    expect(failureOf((await renamed).error)?.stopped).toBe('aborted');
    expect(name()).toBeUndefined();
    expect(server.executions).toEqual({});
  });
});
