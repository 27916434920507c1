import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { createResilience, ResilienceLink } from '@holdfast/apollo';
import { createTestClock } from '@holdfast/testing';
import { resilienceExchange } from '@holdfast/urql';
import { Client, fetchExchange } from '@urql/core';
import { HttpResponse } from 'msw';
import { graphql } from 'msw/graphql';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';

const url = 'https://api.example/graphql';
const api = graphql.link(url);
const server = setupServer(
  api.query('Hello', () => HttpResponse.json({ data: { hello: 'world' } })),
);

/** Answers the next request in the place of the handlers above. */
const answerOnce = (init: ResponseInit) =>
  server.use(api.query('Hello', () => new HttpResponse(null, init), { once: true }));

beforeAll(() => server.listen());
afterEach(() => server.resetHandlers());
afterAll(() => server.close());

it('T1 renews a token that the API rejects', async () => {
  answerOnce({ status: 401 });
  let refreshes = 0;
  const refresh = async () => ({ accessToken: `token-${++refreshes}` });
  const resilience = createResilience({ auth: { tokens: { accessToken: 'old' }, refresh } });
  const link = new ResilienceLink(resilience).concat(new HttpLink({ uri: url }));
  const client = new ApolloClient({ link, cache: new InMemoryCache() });

  const { data } = await client.query({ query: gql('query Hello { hello }') });
  expect(data).toEqual({ hello: 'world' });
  expect(refreshes).toBe(1);
});

it('W7 waits as long as the API asks', async () => {
  answerOnce({ status: 429, headers: { 'retry-after': '2' } });
  const clock = createTestClock();
  const resilience = createResilience({ clock, random: () => 0 });
  const exchanges = [resilienceExchange(resilience), fetchExchange];
  const client = new Client({ url, exchanges });

  const answer = client.query('query Hello { hello }', {}).toPromise();
  await vi.waitFor(() => expect(resilience.activity.get()).toHaveLength(1));
  await clock.advanceAsync(2_000);
  expect((await answer).data).toEqual({ hello: 'world' });
});

/** The same client as an application would make it, of each kind. */
const clients = {
  apollo(resilience: ReturnType<typeof createResilience>) {
    const link = new ResilienceLink(resilience).concat(new HttpLink({ uri: url }));
    const client = new ApolloClient({ link, cache: new InMemoryCache() });
    return client.query({ query: gql('query Hello { hello }') });
  },
  urql(resilience: ReturnType<typeof createResilience>) {
    const exchanges = [resilienceExchange(resilience), fetchExchange];
    return new Client({ url, exchanges }).query('query Hello { hello }', {}).toPromise();
  },
};

it.each(['apollo', 'urql'] as const)('T1 W7 R1 %s lives through 401, 429 and 503', async (name) => {
  const clock = createTestClock();
  let refreshes = 0;
  const refresh = async () => ({ accessToken: `token-${++refreshes}` });
  const auth = { tokens: { accessToken: 'old' }, refresh };
  const resilience = createResilience({ auth, clock, random: () => 0 });
  // The handler given last comes first.
  answerOnce({ status: 503 });
  answerOnce({ status: 429, headers: { 'retry-after': '2' } });
  answerOnce({ status: 401 });

  const answer = clients[name](resilience);
  const waits = (reason: string) => () =>
    expect(resilience.activity.get()).toMatchObject([{ reason }]);
  await vi.waitFor(waits('rate_limit'));
  await clock.advanceAsync(2_000);
  await vi.waitFor(waits('backoff'));
  await clock.advanceAsync(1);
  expect(await answer).toMatchObject({ data: { hello: 'world' } });
  expect(refreshes).toBe(1);
  resilience.dispose();
  expect(clock.pending).toBe(0);
});
