import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { createResilience, ResilienceLink } from '@holdfast/apollo';
import { install } from '@sinonjs/fake-timers';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const fetch = vi.fn<typeof globalThis.fetch>();

function askHello() {
  const resilience = createResilience({ random: () => 0.5 }); // a backoff of 50 ms
  const link = new ResilienceLink(resilience).concat(new HttpLink({ uri: '/graphql', fetch }));
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return client.query({ query: gql('{ hello }') });
}

beforeEach(() => {
  fetch.mockReset();
  fetch.mockResolvedValueOnce(new Response('', { status: 503 }));
  fetch.mockResolvedValueOnce(Response.json({ data: { hello: 'world' } }));
});

it('P1 R1 is tried again once the test advances time', async () => {
  vi.useFakeTimers();
  const answer = askHello();
  await vi.advanceTimersByTimeAsync(40);
  expect(fetch).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(40);
  expect(await answer).toEqual({ data: { hello: 'world' } });
});

afterEach(() => {
  vi.useRealTimers();
});

it('P1 R1 is tried again once the test advances the time of Sinon', async () => {
  const timers = install();
  const answer = askHello();
  await timers.tickAsync(80);
  expect(await answer).toEqual({ data: { hello: 'world' } });
  timers.uninstall();
});

/** A test that fakes the timers alone: `performance` goes on as it does. */
const TIMERS = ['setTimeout', 'clearTimeout', 'Date'] as const;

it('P1 Vitest may leave performance alone', async () => {
  vi.useFakeTimers({ toFake: [...TIMERS] });
  const answer = askHello();
  await vi.advanceTimersByTimeAsync(80);
  expect(await answer).toEqual({ data: { hello: 'world' } });
});

it('P1 Sinon may leave performance alone', async () => {
  const timers = install({ toFake: [...TIMERS] });
  const answer = askHello();
  await timers.tickAsync(80);
  expect(await answer).toEqual({ data: { hello: 'world' } });
  timers.uninstall();
});

it('P1 E3 running all timers is enough, and leaves none', async () => {
  vi.useFakeTimers();
  const answer = askHello();
  await vi.runAllTimersAsync();
  expect(await answer).toEqual({ data: { hello: 'world' } });
  expect(vi.getTimerCount()).toBe(0);
});
