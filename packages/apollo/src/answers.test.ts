import { ApolloLink, CombinedGraphQLErrors, HttpLink, ServerError } from '@apollo/client';
import { CombinedProtocolErrors, PROTOCOL_ERRORS_SYMBOL } from '@apollo/client/errors';
import { failureOf } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import type { FaultServer } from '@holdfast/testing';
import { Observable } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  HELLO,
  TICKS,
  answers,
  clientOf,
  fails,
  httpClient,
  listen,
  run,
  scriptedLink,
} from './client.fixture.ts';
import { ResilienceLink } from './resilience-link.ts';

const AS_RESULT = 'application/graphql-response+json';

function coded(code: string): { message: string; extensions: { code: string } } {
  return { message: code, extensions: { code } };
}

describe('over HTTP', () => {
  let server: FaultServer;
  beforeEach(async () => {
    server = await startFaultServer();
  });
  afterEach(() => server.close());

  it('A5 an error status that arrives as a result is classified by its status', async () => {
    server.inject({ status: 503, contentType: AS_RESULT, body: { errors: [{ message: 'down' }] } });
    const { client } = httpClient(server.url);
    await client.query({ query: HELLO });
    expect(server.requests.map(({ status }) => status)).toEqual([503, 200]);
  });

  it('A5 W4 a wait named beside a result is read, and failureOf tells of it', async () => {
    server.inject({
      status: 429,
      contentType: AS_RESULT,
      headers: { 'retry-after': '60' },
      body: { errors: [{ message: 'slow down' }] },
    });
    const { client } = httpClient(server.url, { rateLimit: { maxWait: 1 } });
    const { error } = await client.query({ query: HELLO, errorPolicy: 'all' });
    expect(CombinedGraphQLErrors.is(error)).toBe(true);
    const failure = failureOf(error);
    expect(failure).toMatchObject({ kind: 'rate_limited', status: 429, stopped: 'wait_too_long' });
    expect(failure?.retryAt).toBeGreaterThan(Date.now() + 30_000);
  });

  it('A5 a 401 that arrives as a result is replayed with a new token', async () => {
    server.inject({ status: 401, contentType: AS_RESULT, body: { data: null } });
    const { client } = httpClient(server.url, {
      auth: { tokens: { accessToken: 'old' }, refresh: async () => ({ accessToken: 'new' }) },
    });
    await client.query({ query: HELLO });
    expect(server.requests.map(({ token }) => token)).toEqual(['old', 'new']);
  });

  it('A5 codes are read from the body text of a ServerError', async () => {
    server.inject({ status: 400, body: { errors: [coded('SERVICE_UNAVAILABLE')] } });
    server.inject({ status: 400, body: { errors: [coded('FORBIDDEN')] } });
    const { client } = httpClient(server.url);
    const error: unknown = await client.query({ query: HELLO }).catch((thrown: unknown) => thrown);
    expect(ServerError.is(error)).toBe(true);
    expect(failureOf(error)).toMatchObject({ kind: 'forbidden', status: 400, attempts: 2 });
  });

  it('A5 F7 a page where JSON should be is a bad response, and is not asked for again', async () => {
    server.inject({ status: 200, html: true });
    const { client } = httpClient(server.url);
    const { error } = await client.query({ query: HELLO, errorPolicy: 'all' });
    expect(failureOf(error)).toMatchObject({ kind: 'bad_response', attempts: 1 });
  });
});

describe('errors wherever they are', () => {
  const unauthenticated = [coded('UNAUTHENTICATED')];

  it.each([
    ['incremental', { incremental: [{ id: '0', data: null, errors: unauthenticated }] }],
    ['completed', { completed: [{ id: '0', errors: unauthenticated }], hasNext: false }],
    [
      'protocol errors',
      {
        extensions: { [PROTOCOL_ERRORS_SYMBOL]: new CombinedProtocolErrors(unauthenticated) },
      },
    ],
    ['top level', { errors: unauthenticated }],
    ['two places', { errors: [coded('NOT_FOUND')], completed: [{ errors: unauthenticated }] }],
  ])('A5 S1 seen in a later chunk: %s', async (_, chunk) => {
    const first = { data: { hello: 'a' }, hasNext: true };
    const below = scriptedLink(answers(first, chunk));
    const { client } = clientOf(below);
    const heard = run(client.link, { query: HELLO }, client);
    await heard.done;
    expect(heard.said).toEqual([first, chunk, 'complete']);
    expect(heard.said[1]).toBe(chunk);
    expect(below.sent.length).toBe(1);
    expect(failureOf(unauthenticated[0])).toMatchObject({
      kind: 'unauthenticated',
      stopped: 'delivered_data',
      partial: 'incremental' in chunk,
    });
  });

  it('A5 R10 protocol errors of a subscription lead to their failure as Apollo hands them on', async () => {
    const protocol = new CombinedProtocolErrors([coded('FORBIDDEN')]);
    const { client } = clientOf(
      scriptedLink(answers({ extensions: { [PROTOCOL_ERRORS_SYMBOL]: protocol } })),
    );
    const heard = listen(client.subscribe({ query: TICKS }));
    await heard.done;
    const [{ error }] = heard.said as [{ error: unknown }];
    expect(error).toBe(protocol);
    expect(failureOf(error)?.kind).toBe('forbidden');
  });

  it('A5 T1 CombinedGraphQLErrors on the error path are replayed with a new token', async () => {
    const error = new CombinedGraphQLErrors({ errors: unauthenticated });
    const below = scriptedLink(fails(error), answers({ data: { hello: 'a' } }));
    let refreshed = 0;
    const { client } = clientOf(below, {
      auth: {
        tokens: { accessToken: 'old' },
        refresh: async () => ({ accessToken: `new-${(refreshed += 1)}` }),
      },
    });
    await client.query({ query: HELLO });
    expect(below.sent.map((operation) => operation.getContext()['headers'])).toEqual([
      { authorization: 'Bearer old' },
      { authorization: 'Bearer new-1' },
    ]);
  });

  it('A5 an empty object is passed on without a thought', async () => {
    const { client } = clientOf(scriptedLink(answers({}, { data: { ticks: 1 } })));
    const heard = run(client.link, { query: TICKS }, client);
    await heard.done;
    expect(heard.said).toEqual([{}, { data: { ticks: 1 } }, 'complete']);
  });
});

it('A5 S1 a stream that fails after two chunks is not started again', async () => {
  const broken = new TypeError('terminated');
  const below = scriptedLink(
    () =>
      new Observable((observer) => {
        observer.next({ data: { hello: 'a' }, hasNext: true } as ApolloLink.Result);
        observer.next({ incremental: [{ id: '0', data: {} }], hasNext: true } as ApolloLink.Result);
        observer.error(broken);
      }),
  );
  const { client } = clientOf(below);
  const heard = run(client.link, { query: HELLO }, client);
  await heard.done;
  expect(heard.said.length).toBe(3);
  expect(heard.said[2]).toEqual({ error: broken });
  expect(below.sent.length).toBe(1);
  expect(failureOf(broken)?.stopped).toBe('delivered_data');
});

it('A1 the link works by its handler alone, as links that copy `request` want it', async () => {
  const { client, resilience } = clientOf(new HttpLink({ uri: 'http://127.0.0.1:9' }));
  const { request } = new ResilienceLink(resilience);
  const copy = new ApolloLink(request).concat(scriptedLink(answers({ data: { hello: 'a' } })));
  const heard = run(copy, { query: HELLO }, client);
  await heard.done;
  expect(heard.said).toEqual([{ data: { hello: 'a' } }, 'complete']);
});
