import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { createResilience, failureOf, ResilienceLink, type Resilience } from '@holdfast/apollo';
import { createTestClock } from '@holdfast/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

/** Every failure arrives at once: nothing is repeated, nothing waits, no timer is left. */
const atOnce = createResilience({ retry: false, rateLimit: false, outage: false });

/** Everything is on, and the first retry waits 1 ms: the least that there is. */
const quick = createResilience({ random: () => 0 });

/** Everything is on, and time stands still until the test moves it. */
const clock = createTestClock();
const still = createResilience({ clock, random: () => 0 });

const fetch = vi.fn<typeof globalThis.fetch>();

/** What an application is given: the data, or the kind of failure. */
function ask(resilience: Resilience): Promise<unknown> {
  const link = new ResilienceLink(resilience).concat(new HttpLink({ uri: '/graphql', fetch }));
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return client.query({ query: gql('{ hello }') }).then(
    ({ data }) => data,
    (error: unknown) => failureOf(error)?.kind,
  );
}

beforeEach(() => {
  fetch.mockReset();
});

afterEach(() => {
  vi.useRealTimers();
});

it('R4b H5 W4 with all of them off each failure arrives at once and leaves no timer', async () => {
  vi.useFakeTimers();
  const limited = { status: 429, headers: { 'retry-after': '2' } };
  fetch.mockImplementation(async () => new Response('', limited));
  for (let asked = 0; asked < 3; asked += 1) expect(await ask(atOnce)).toBe('rate_limited');
  fetch.mockImplementation(async () => new Response('', { status: 503 }));
  for (let asked = 0; asked < 3; asked += 1) expect(await ask(atOnce)).toBe('unavailable');
  expect(fetch).toHaveBeenCalledTimes(6);
  expect(vi.getTimerCount()).toBe(0);
});

it('R1 with random 0 a retry waits 1 ms', async () => {
  vi.useFakeTimers();
  fetch.mockResolvedValueOnce(new Response('', { status: 503 }));
  fetch.mockResolvedValueOnce(Response.json({ data: { hello: 'world' } }));
  const answer = ask(quick);
  await vi.advanceTimersByTimeAsync(0);
  expect(fetch).toHaveBeenCalledTimes(1);
  await vi.advanceTimersToNextTimerAsync();
  expect(await answer).toEqual({ hello: 'world' });
});

it('H1 H3 with random 0 two failures are an outage, whose probe waits half a second', async () => {
  const time = createTestClock();
  const resilience = createResilience({ clock: time, random: () => 0 });
  for (let down = 0; down < 2; down += 1) {
    fetch.mockResolvedValueOnce(new Response('', { status: 503 }));
  }
  fetch.mockResolvedValueOnce(Response.json({ data: { hello: 'world' } }));
  const answer = ask(resilience);
  await time.advanceAsync(400);
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(resilience.limits.get()).toMatchObject([{ reason: 'outage' }]);
  await time.advanceAsync(110);
  expect(await answer).toEqual({ hello: 'world' });
});

it('W3 with a clock of its own time stands still', async () => {
  fetch.mockResolvedValueOnce(new Response('', { status: 429, headers: { 'retry-after': '2' } }));
  fetch.mockResolvedValueOnce(Response.json({ data: { hello: 'world' } }));
  const answer = ask(still);
  await clock.advanceAsync(1_999);
  expect(fetch).toHaveBeenCalledTimes(1);
  await clock.advanceAsync(1);
  expect(await answer).toEqual({ hello: 'world' });
  expect(clock.pending).toBe(0);
});
