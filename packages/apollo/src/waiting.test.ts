import { ApolloClient, InMemoryCache, gql } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import { breeze } from '@holdfast/profiles';
import { startBreeze } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import {
  HELLO,
  answers,
  clockedClient,
  fails,
  hangs,
  httpClient,
  listen,
  run,
  scriptedLink,
  serverError,
} from './client.fixture.ts';
import { ResilienceLink } from './resilience-link.ts';

const limited = fails(serverError(429, { headers: { 'retry-after': '5' } }));
const hello = answers({ data: { hello: 'a' } });

describe('W7 the gate', () => {
  it('W7 W3 a limit that one operation met holds up all, also of another client', async () => {
    const below = scriptedLink(limited, hello);
    const { client, clock, resilience } = clockedClient(below);
    const other = new ApolloClient({
      link: new ResilienceLink(resilience).concat(below),
      cache: new InMemoryCache(),
    });
    const first = client.query({ query: HELLO });
    await clock.advanceAsync(0);
    const second = other.query({ query: HELLO, variables: { name: 'b' } });
    await clock.advanceAsync(5_000);
    expect(below.sent.length).toBe(1);
    expect(resilience.activity.get().map(({ reason }) => reason)).toEqual([
      'rate_limit',
      'rate_limit',
    ]);
    await clock.advanceAsync(10_000);
    await Promise.all([first, second]);
    expect(below.sent.length).toBe(3);
  });

  it('W7 unmounting and mounting again does not get around it', async () => {
    const below = scriptedLink(limited, hello);
    const { client, clock } = clockedClient(below);
    const mounted = listen(client.watchQuery({ query: HELLO }));
    await clock.advanceAsync(0);
    mounted.unsubscribe();
    const again = listen(client.watchQuery({ query: HELLO }));
    await clock.advanceAsync(4_999);
    expect(below.sent.length).toBe(1);
    await clock.advanceAsync(10_000);
    expect(again.said.at(-1)).toMatchObject({ data: { hello: 'a' } });
    expect(below.sent.length).toBe(2);
    again.unsubscribe();
  });

  it('W7 W8 the last request that Breeze allows closes the scope before a 429', async () => {
    const api = await startBreeze({ limit: 1, window: 3_600_000 });
    const { client, resilience } = httpClient(api.url, {
      profile: breeze,
      auth: { tokens: { accessToken: api.issueToken() }, refresh: async () => undefined },
    });
    const query = gql('query Me { Me { __typename } }');
    await client.query({ query });
    expect(resilience.limits.get().length).toBe(1);
    const { error } = await client.query({
      query,
      fetchPolicy: 'network-only',
      errorPolicy: 'all',
    });
    expect(failureOf(error)).toMatchObject({ kind: 'rate_limited', stopped: 'wait_too_long' });
    expect(api.requests.length).toBe(1);
    await api.close();
  });

  it('W7 a limit that is told beside data closes the scope, and the data is delivered', async () => {
    const partial = {
      data: { hello: 'a' },
      errors: [{ message: 'slow', extensions: { code: 'RATE_LIMITED' } }],
    };
    const { client, clock, resilience } = clockedClient(scriptedLink(answers(partial)));
    const { data, error } = await client.query({ query: HELLO, errorPolicy: 'all' });
    expect(data).toEqual({ hello: 'a' });
    expect(failureOf(error)).toMatchObject({ kind: 'rate_limited', partial: true });
    expect(resilience.limits.get().length).toBe(1);
    resilience.dispose();
    expect(clock.pending).toBe(0);
  });
});

describe('per-operation options', () => {
  it('R4b retry: false repeats nothing', async () => {
    const below = scriptedLink(fails(serverError(503)));
    const { client } = clockedClient(below);
    const context = { resilience: { retry: false } };
    const { error } = await client.query({ query: HELLO, context, errorPolicy: 'all' });
    expect(failureOf(error)?.stopped).toBe('declined');
    expect(below.sent.length).toBe(1);
  });

  it('R2 timeout ends the operation, and its attempt', async () => {
    const count = { closed: 0 };
    const below = scriptedLink(hangs(count));
    const { client, clock } = clockedClient(below);
    const context = { resilience: { timeout: 1_000 } };
    const result = client.query({ query: HELLO, context, errorPolicy: 'all' });
    await clock.advanceAsync(1_000);
    expect(failureOf((await result).error)).toMatchObject({ kind: 'timeout', attempts: 1 });
    expect(count.closed).toBe(1);
  });

  it('W7 scope names what shares a limit', async () => {
    const below = scriptedLink(limited, hello);
    const { client, clock, resilience } = clockedClient(below);
    const heard = run(
      client.link,
      { query: HELLO, context: { resilience: { scope: 'a' } } },
      client,
    );
    await clock.advanceAsync(0);
    expect(resilience.limits.get().map(({ scope }) => scope)).toEqual(['a']);
    await client.query({ query: HELLO, context: { resilience: { scope: 'b' } } });
    expect(below.sent.length).toBe(2);
    heard.unsubscribe();
  });
});
