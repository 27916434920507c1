import { ApolloError, gql } from 'apollo-client-3/core/index.js';
import { GraphQLWsLink } from 'apollo-client-3/link/subscriptions/index.js';
import { failureOf } from '@holdfast/core';
import type { ResilienceOptions } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TICKS, listen } from './client.fixture.ts';
import type { Heard } from './client.fixture.ts';
import { NEWS, overSocket } from './stream-rig.fixture.ts';
import { clientOf, httpClient } from './v3.fixture.ts';
import type { Setup } from './v3.fixture.ts';

describe('over multipart HTTP', () => {
  let server: FaultServer;
  beforeEach(async () => {
    server = await startFaultServer();
  });
  afterEach(() => server.close());

  /** How a router says that the subscription itself is lost: errors beside an empty payload, then the end. */
  function lost(code: string): object {
    return { payload: null, errors: [{ message: code, extensions: { code } }] };
  }

  function subscribe(options?: ResilienceOptions): Setup & { readonly heard: Heard } {
    const setup = httpClient(server.url, options);
    return { ...setup, heard: listen(setup.client.subscribe({ query: TICKS })) };
  }

  const auth: ResilienceOptions['auth'] = {
    tokens: { accessToken: 'one' },
    refresh: async () => ({ accessToken: 'two' }),
  };
  const counted = [1, 2, 3].map((ticks) => ({ data: { ticks } }));

  it('S2 A5 one that its transport loses is started again', async () => {
    server.inject({ results: [lost('SERVICE_UNAVAILABLE')] });
    server.inject({ results: [{ data: { ticks: 0 } }, lost('SERVICE_UNAVAILABLE')] });
    const { heard } = subscribe();
    await heard.done;
    expect(heard.said).toEqual([{ data: { ticks: 0 } }, ...counted, 'complete']);
    expect(server.requests.length).toBe(3);
  });

  it('S3 A5 one that its transport says is no longer authorized is started again with a new token', async () => {
    server.inject({ results: [{ data: { ticks: 0 } }, lost('UNAUTHENTICATED')] });
    const { heard } = subscribe({ auth });
    await heard.done;
    expect(heard.said).toEqual([{ data: { ticks: 0 } }, ...counted, 'complete']);
    expect(server.requests.map(({ token }) => token)).toEqual(['one', 'two']);
  });

  it('S3 an event that says so closes it, and it is started again with a new token', async () => {
    const refused = [{ message: 'x', extensions: { code: 'UNAUTHENTICATED' } }];
    server.inject({ results: [{ data: { ticks: 0 } }, { data: null, errors: refused }] });
    const { heard } = subscribe({ auth });
    await heard.done;
    expect(heard.said).toEqual([{ data: { ticks: 0 } }, ...counted, 'complete']);
    expect(server.requests.map(({ token }) => token)).toEqual(['one', 'two']);
  });

  it.each([{ status: 503 }, { status: 401 }, { reset: 'before' }] as const)(
    'S2 one that is refused before it begins is started again: %j',
    async (fault) => {
      server.inject(fault);
      const { heard } = subscribe({ auth });
      await heard.done;
      expect(heard.said).toEqual([...counted, 'complete']);
    },
  );

  it('R10 F11b one that is lost for good ends with Apollo’s own error, which leads to its failure', async () => {
    server.inject({ results: [lost('FORBIDDEN')] });
    const { heard } = subscribe();
    await heard.done;
    const [{ error }] = heard.said as [{ error: ApolloError }];
    expect(error).toBeInstanceOf(ApolloError);
    expect(error.protocolErrors).toMatchObject([{ message: 'FORBIDDEN' }]);
    const failure = failureOf(error);
    expect(failure).toMatchObject({ kind: 'forbidden', source: 'graphql', attempts: 1 });
    // What hooks hand on of it leads there, too.
    expect(failureOf(new ApolloError({ protocolErrors: [error] }))).toBe(failure);
    expect(failureOf(error.protocolErrors[0])).toBe(failure);
    expect(server.requests.length).toBe(1);
  });

  it('E1 S1 @defer: what fails after the first chunk is delivered, and not started again', async () => {
    const DEFERRED = gql`
      query Hello {
        hello
        ... @defer {
          me {
            id
          }
        }
      }
    `;
    const errors = [{ message: 'x', path: ['me'], extensions: { code: 'SERVICE_UNAVAILABLE' } }];
    server.inject({
      results: [
        { data: { hello: 'a' }, hasNext: true },
        { incremental: [{ data: { me: null }, path: [], errors }], hasNext: false },
      ],
    });
    const { client } = httpClient(server.url);
    const { data, errors: told } = await client.query({ query: DEFERRED, errorPolicy: 'all' });
    expect(data).toMatchObject({ hello: 'a' });
    expect(failureOf({ errors: told })).toMatchObject({
      kind: 'unavailable',
      stopped: 'delivered_data',
    });
    expect(server.requests.length).toBe(1);
  });
});

describe('over GraphQLWsLink', () => {
  let rig: Awaited<ReturnType<typeof overSocket>>;
  beforeEach(async () => {
    rig = await overSocket();
    rig.own('t1');
  });
  afterEach(() => rig.close());

  function signedIn(): Setup {
    return clientOf(new GraphQLWsLink(rig.client), {
      auth: {
        tokens: { accessToken: 't1' },
        refresh: async () => {
          rig.own('t2');
          return { accessToken: 't2' };
        },
      },
    });
  }

  it.each([
    [1012, 't1'],
    [4403, 't2'],
  ])('S2 S3 closed with %i: it is started again', async (code, token) => {
    const { client } = signedIn();
    const heard = listen(client.subscribe({ query: NEWS }));
    await rig.feed.opened(1);
    rig.feed.publish(1);
    await heard.says(1);
    rig.sockets[0]?.close(code, 'over');
    await rig.feed.opened(2);
    rig.feed.publish(2);
    await heard.says(2);
    expect(heard.said).toEqual([{ data: { news: 1 } }, { data: { news: 2 } }]);
    expect(rig.tokens()).toEqual(['t1', token]);
    expect(rig.feed.most).toBe(1);
    heard.unsubscribe();
  });

  it('S4 closed with 4400: that is final', async () => {
    const { client } = signedIn();
    const heard = listen(client.subscribe({ query: NEWS }));
    await rig.feed.opened(1);
    rig.sockets[0]?.close(4400, 'over');
    await heard.done;
    const [{ error }] = heard.said as [{ error: unknown }];
    expect(failureOf(error)).toMatchObject({ kind: 'bad_input', source: 'socket' });
    expect(rig.sockets.length).toBe(1);
  });

  it('A5 errors that refuse a subscription come as Apollo’s error, and lead to their failure', async () => {
    const { client } = signedIn();
    const heard = listen(client.subscribe({ query: gql('subscription { nothing }') }));
    await heard.done;
    const [{ error }] = heard.said as [{ error: ApolloError }];
    expect(error).toBeInstanceOf(ApolloError);
    expect(failureOf(error)).toMatchObject({ source: 'graphql', attempts: 1 });
    expect(failureOf(error.graphQLErrors[0])).toBe(failureOf(error));
    expect(rig.tokens().length).toBe(1);
  });

  it('E1 leaving ends the stream', async () => {
    const { client } = signedIn();
    const heard = listen(client.subscribe({ query: NEWS }));
    await rig.feed.opened(1);
    heard.unsubscribe();
    await rig.feed.closed(1);
    expect(rig.feed.open).toBe(0);
  });
});
