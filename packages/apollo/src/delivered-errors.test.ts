import {
  ApolloClient,
  CombinedGraphQLErrors,
  InMemoryCache,
  ServerError,
  ServerParseError,
  gql,
} from '@apollo/client';
import { GraphQL17Alpha9Handler } from '@apollo/client/incremental';
import { ResilienceError, failureOf } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ADD,
  HELLO,
  TICKS,
  answers,
  clientOf,
  fails,
  httpClient,
  listen,
  run,
  scriptedLink,
  serverError,
} from './client.fixture.ts';

describe('failureOf what Apollo hands to the user', () => {
  let server: FaultServer;
  beforeEach(async () => {
    server = await startFaultServer();
  });
  afterEach(() => server.close());

  const forbidden = { message: 'no', extensions: { code: 'FORBIDDEN' } };
  const expected = { kind: 'forbidden', attempts: 1, stopped: 'not_retryable' };
  const faults = [
    ['a result', CombinedGraphQLErrors, { body: { errors: [forbidden] } }],
    ['a status', ServerError, { status: 403 }],
  ] as const;

  it.each(faults)('R10 query, by every error policy: %s', async (_, kind, fault) => {
    server.inject({ ...fault, times: 2 });
    const { client } = httpClient(server.url);
    const thrown: unknown = await client.query({ query: HELLO }).catch((error: unknown) => error);
    const { error } = await client.query({ query: HELLO, errorPolicy: 'all' });
    for (const each of [thrown, error]) {
      expect(each).toBeInstanceOf(kind);
      expect(failureOf(each)).toMatchObject(expected);
    }
  });

  it.each(faults)('R10 mutate: %s', async (_, kind, fault) => {
    server.inject({ ...fault, times: 2 });
    const { client } = httpClient(server.url);
    const variables = { name: 'a' };
    const thrown: unknown = await client
      .mutate({ mutation: ADD, variables })
      .catch((error: unknown) => error);
    const { error } = await client.mutate({ mutation: ADD, variables, errorPolicy: 'all' });
    for (const each of [thrown, error]) {
      expect(each).toBeInstanceOf(kind);
      expect(failureOf(each)).toMatchObject(expected);
    }
  });

  it.each(faults)(
    'R10 watchQuery and its current result, which hooks show: %s',
    async (_, kind, fault) => {
      server.inject(fault);
      const { client } = httpClient(server.url);
      const query = client.watchQuery({ query: HELLO });
      const error = await new Promise((resolve) => {
        query.subscribe((result) => {
          if (!result.loading) resolve(result.error);
        });
      });
      expect(error).toBeInstanceOf(kind);
      expect(query.getCurrentResult().error).toBe(error);
      expect(failureOf(error)).toMatchObject(expected);
    },
  );

  it('R10 an unreadable answer is a ServerParseError', async () => {
    server.inject({ truncate: 5, times: Infinity });
    const { client } = httpClient(server.url);
    const { error } = await client.query({ query: HELLO, errorPolicy: 'all' });
    expect(ServerParseError.is(error)).toBe(true);
    expect(failureOf(error)?.kind).toBe('bad_response');
  });

  it('R10 R1 attempts are counted up to the last', async () => {
    server.inject({ status: 503, times: Infinity });
    const { client } = httpClient(server.url, { outage: false });
    const { error } = await client.query({ query: HELLO, errorPolicy: 'all' });
    expect(failureOf(error)).toMatchObject({
      kind: 'unavailable',
      attempts: 4,
      stopped: 'attempts',
    });
  });
});

describe('identity', () => {
  it('R10 the error is the transport’s own, frozen or not', async () => {
    const error = Object.freeze(serverError(404));
    const { client } = clientOf(scriptedLink(fails(error)));
    const thrown: unknown = await client.query({ query: HELLO }).catch((each: unknown) => each);
    expect(thrown).toBe(error);
    expect(failureOf(thrown)?.kind).toBe('not_found');
  });

  it('R10 the result is the server’s own', async () => {
    const result = { errors: [{ message: 'no', extensions: { code: 'NOT_FOUND' } }] };
    const { client } = clientOf(scriptedLink(answers(result)));
    const heard = run(client.link, { query: HELLO }, client);
    await heard.done;
    expect(heard.said[0]).toBe(result);
    expect(failureOf(heard.said[0])?.kind).toBe('not_found');
  });

  it('R10 an error of ours where there is none: Apollo hands it on untouched', async () => {
    const { client } = clientOf(scriptedLink(answers({ data: {} })), {
      auth: {
        refresh: () =>
          Promise.reject(
            Object.assign(new Error('x'), { status: 401, body: { error: 'invalid_client' } }),
          ),
      },
    });
    const { error } = await client.query({ query: HELLO, errorPolicy: 'all' });
    expect(error).toBeInstanceOf(ResilienceError);
    expect(failureOf(error)).toMatchObject({ executed: false, stopped: 'session_failed' });
  });

  it('R10 errors that Apollo gathers from chunks lead to their failure', async () => {
    const errors = [{ message: 'no', path: ['later'], extensions: { code: 'FORBIDDEN' } }];
    const below = scriptedLink(
      answers(
        { data: { hello: 'a' }, pending: [{ id: '0', path: [], label: 'later' }], hasNext: true },
        { completed: [{ id: '0', errors }], hasNext: false },
      ),
    );
    const { client: plain } = clientOf(below);
    const client = new ApolloClient({
      link: plain.link,
      cache: new InMemoryCache(),
      incrementalHandler: new GraphQL17Alpha9Handler() as never,
    });
    const query = gql`
      query Hello {
        hello
        ... @defer(label: "later") {
          later
        }
      }
    `;
    const { error } = await client.query({ query, errorPolicy: 'all' });
    expect(error).toBeInstanceOf(CombinedGraphQLErrors);
    expect(failureOf(error)).toMatchObject({ kind: 'forbidden', stopped: 'delivered_data' });
  });

  it('R10 an error that is no object reaches the user as Apollo makes it', async () => {
    const { client } = clientOf(scriptedLink(fails('lost')));
    const { error } = await client.query({ query: HELLO, errorPolicy: 'all' });
    expect(error?.message).toBe('lost');
  });
});

it('R10 S3 an event of a subscription with errors leads to its failure, and the stream goes on', async () => {
  const errors = [{ message: 'no', extensions: { code: 'FORBIDDEN' } }];
  const { client } = clientOf(
    scriptedLink(answers({ data: null, errors }, { data: { ticks: 2 } })),
  );
  const heard = listen(client.subscribe({ query: TICKS, errorPolicy: 'all' }));
  await heard.done;
  const [first, second] = heard.said as [{ error: unknown }, { data: unknown }];
  expect(failureOf(first.error)?.kind).toBe('forbidden');
  expect(second.data).toEqual({ ticks: 2 });
});
