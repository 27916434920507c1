import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Defer20220824Handler, GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { createResilience, failureOf } from '@holdfast/core';
import type { Failure, ResilienceEvent, ResilienceOptions } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServerContext } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startAlpha9Server } from './alpha9-server.fixture.ts';
import { SHORT, listen } from './client.fixture.ts';
import { coded } from './feed.fixture.ts';
import { ResilienceLink } from './resilience-link.ts';

const DEFERRED = gql`
  query Deferred {
    hello
    ... @defer {
      me {
        id
      }
    }
  }
`;
/** The part that is deferred cannot be null: where it fails, there is none of it. */
const STRICT = gql`
  query Strict {
    hello
    ... @defer {
      mine {
        id
      }
    }
  }
`;
const AT_ONCE = gql`
  query AtOnce {
    me {
      id
    }
    ... @defer {
      hello
    }
  }
`;
const STREAMED = gql`
  query Streamed {
    items @stream(initialCount: 1) {
      id
    }
  }
`;

/** Apollo declares the newer one for compilers that do not ask for `exactOptionalPropertyTypes`. */
type Handler = NonNullable<ApolloClient.Options['incrementalHandler']>;

interface Server {
  readonly url: string;
  /** The tokens that it was asked with. */
  tokens(): readonly (string | undefined)[];
  /** The next request is answered with this status. */
  refuse(status: number): void;
  /** The next answer is lost after its first chunk. */
  cut(): void;
  close(): Promise<void>;
}

async function of2022(): Promise<Server> {
  const user = async (_: unknown, __: unknown, { token }: FaultServerContext): Promise<object> => {
    if (token === 'good') return { id: 'user-1' };
    throw coded('UNAUTHENTICATED');
  };
  const server = await startFaultServer({
    schema: {
      typeDefs: `
        type Query { hello: String!, me: User, mine: User!, items: [User!]! }
        type User { id: ID! }
      `,
      resolvers: {
        Query: {
          hello: () => 'a',
          me: user,
          mine: user,
          items: () => [{ id: '1' }, { id: '2' }],
        },
      },
    },
  });
  return {
    url: server.url,
    tokens: () => server.requests.map(({ token }) => token),
    refuse: (status) => server.inject({ status }),
    cut: () => server.inject({ reset: 'body' }),
    close: server.close,
  };
}

async function of17(): Promise<Server> {
  const server = await startAlpha9Server();
  return {
    url: server.url,
    tokens: () => server.tokens,
    refuse: (status) => void server.refusals.push(status),
    cut: () => {
      server.cut = true;
    },
    close: server.close,
  };
}

describe.each([
  ['Defer20220824Handler', of2022, () => new Defer20220824Handler()],
  ['GraphQL17Alpha9Handler', of17, () => new GraphQL17Alpha9Handler() as Handler],
] as const)('with %s', (_, start, createHandler) => {
  let server: Server;
  let events: ResilienceEvent[];
  beforeEach(async () => {
    server = await start();
    events = [];
  });
  afterEach(() => server.close());

  function client(token: string, options?: ResilienceOptions): ApolloClient {
    const resilience = createResilience({
      retry: SHORT,
      auth: {
        tokens: { accessToken: token },
        refresh: async () => ({ accessToken: 'good' }),
      },
      ...options,
      onEvent: (event) => events.push(event),
    });
    return new ApolloClient({
      link: new ResilienceLink(resilience).concat(new HttpLink({ uri: server.url })),
      cache: new InMemoryCache(),
      incrementalHandler: createHandler(),
    });
  }

  async function asked(apollo: ApolloClient, query: typeof DEFERRED): Promise<[unknown, Failure]> {
    const { data, error } = await apollo.query({ query, errorPolicy: 'all' });
    return [data, failureOf(error)!];
  }

  it('A5 chunks pass as they come', async () => {
    const apollo = client('good');
    const heard = listen(apollo.watchQuery({ query: DEFERRED }));
    const { data } = await apollo.query({ query: DEFERRED });
    expect(data).toMatchObject({ hello: 'a', me: { id: 'user-1' } });
    expect(heard.said.length).toBe(3);
    expect(heard.said.at(-1)).toMatchObject({ data, loading: false, networkStatus: 7 });
    const items = await apollo.query({ query: STREAMED });
    expect(items.data).toMatchObject({ items: [{ id: '1' }, { id: '2' }] });
    expect(server.tokens()).toEqual(['good', 'good']);
    heard.unsubscribe();
  });

  it('R1 S1 a refusal before the first chunk is tried again', async () => {
    server.refuse(503);
    const { data } = await client('good').query({ query: DEFERRED });
    expect(data).toMatchObject({ hello: 'a', me: { id: 'user-1' } });
    expect(server.tokens()).toEqual(['good', 'good']);
  });

  it('F6 T1 UNAUTHENTICATED in the first chunk: the whole answer takes its place', async () => {
    const apollo = client('dead');
    const heard = listen(apollo.watchQuery({ query: AT_ONCE }));
    const { data, error } = await apollo.query({ query: AT_ONCE });
    expect(error).toBeUndefined();
    expect(data).toMatchObject({ hello: 'a', me: { id: 'user-1' } });
    expect(heard.said).not.toContainEqual(expect.objectContaining({ error: expect.anything() }));
    expect(server.tokens()).toEqual(['dead', 'good']);
    heard.unsubscribe();
  });

  it('T1 S1 a 401 before the first chunk is replayed', async () => {
    server.refuse(401);
    const { data } = await client('dead').query({ query: DEFERRED });
    expect(data).toMatchObject({ hello: 'a', me: { id: 'user-1' } });
    expect(server.tokens()).toEqual(['dead', 'good']);
  });

  it('S1 A5 UNAUTHENTICATED in a later chunk is delivered, and not started again', async () => {
    const apollo = client('dead');
    const [data, failure] = await asked(apollo, DEFERRED);
    expect(data).toMatchObject({ hello: 'a', me: null });
    expect(failure).toMatchObject({
      kind: 'unauthenticated',
      stopped: 'delivered_data',
      attempts: 1,
    });
    expect(server.tokens()).toEqual(['dead']);
    // What comes next is sent with a new token.
    await apollo.query({ query: DEFERRED, fetchPolicy: 'network-only' });
    expect(server.tokens()).toEqual(['dead', 'good']);
  });

  it('S1 A5 so is one that leaves nothing of its part', async () => {
    const [data, failure] = await asked(client('dead'), STRICT);
    expect(data).toMatchObject({ hello: 'a' });
    expect(failure).toMatchObject({ kind: 'unauthenticated', stopped: 'delivered_data' });
    expect(server.tokens()).toEqual(['dead']);
  });

  it('S1 a stream that is lost after its first chunk is not started again', async () => {
    server.cut();
    const apollo = client('good');
    const heard = listen(apollo.watchQuery({ query: DEFERRED, errorPolicy: 'all' }));
    const [, failure] = await asked(apollo, DEFERRED);
    expect(heard.said).toContainEqual(
      expect.objectContaining({ data: expect.objectContaining({ hello: 'a' }) }),
    );
    expect(failure).toMatchObject({ kind: 'network', stopped: 'delivered_data', attempts: 1 });
    expect(server.tokens()).toEqual(['good']);
    expect(events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'failure' });
    heard.unsubscribe();
  });

  it('E1 leaving between two chunks ends it', async () => {
    const heard = listen(client('good').watchQuery({ query: DEFERRED }));
    await heard.says(2);
    heard.unsubscribe();
    expect(events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'cancelled' });
  });
});
