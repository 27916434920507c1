// @vitest-environment jsdom
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { ApolloProvider, useQuery } from '@apollo/client/react';
import { createResilience, ResilienceLink, type Resilience } from '@holdfast/apollo';
import { ResilienceProvider, ResilienceStatus } from '@holdfast/react';
import { createTestClock } from '@holdfast/testing';
import { act, cleanup, configure, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const fetch = vi.fn<typeof globalThis.fetch>();
const clock = createTestClock();
let resilience: Resilience;

beforeEach(() => {
  resilience = createResilience({ clock, random: () => 0 });
});

afterEach(() => {
  cleanup(); // unmounts; with Vitest's `globals: true` Testing Library does so itself
  resilience.dispose(); // ends what still waits, and leaves no timer
  sessionStorage.clear(); // the retry budget of a browser's tab
});

function Orders() {
  const { data } = useQuery<{ orders: number }>(gql('{ orders }'));
  return <p>{data ? `${data.orders} orders` : 'Loading'}</p>;
}

function renderPage() {
  const link = new ResilienceLink(resilience).concat(new HttpLink({ uri: '/graphql', fetch }));
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  render(
    <ResilienceProvider resilience={resilience}>
      <ApolloProvider client={client}>
        <ResilienceStatus />
        <Orders />
      </ApolloProvider>
    </ResilienceProvider>,
  );
}

it('W7 V3 shows the orders once the limit is over', async () => {
  fetch.mockResolvedValueOnce(new Response('', { status: 429, headers: { 'retry-after': '2' } }));
  fetch.mockResolvedValueOnce(Response.json({ data: { orders: 3 } }));
  renderPage();
  await vi.waitFor(() => expect(resilience.activity.get()).toHaveLength(1));
  await act(() => clock.advanceAsync(400)); // shorter trouble is not shown
  expect(await screen.findByText('Busy right now: continues in 2 s')).toBeDefined();
  await act(() => clock.advanceAsync(1_600));
  expect(await screen.findByText('3 orders')).toBeDefined();
});

it('P1 W7 shows them with the fake timers of Vitest, where these go on by themselves', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  resilience = createResilience({ random: () => 0 });
  fetch.mockResolvedValueOnce(new Response('', { status: 429, headers: { 'retry-after': '2' } }));
  fetch.mockResolvedValueOnce(Response.json({ data: { orders: 3 } }));
  renderPage();
  await act(() => vi.advanceTimersByTimeAsync(2_000));
  expect(await screen.findByText('3 orders')).toBeDefined();
  cleanup();
  resilience.dispose();
  vi.useRealTimers();
});

it('E3 a test that ends while a component waits leaves no timer', async () => {
  fetch.mockResolvedValueOnce(new Response('', { status: 429, headers: { 'retry-after': '20' } }));
  renderPage();
  await vi.waitFor(() => expect(resilience.activity.get()).toHaveLength(1));
  await act(() => clock.advanceAsync(400));
  expect(await screen.findByText('Busy right now: continues in 20 s')).toBeDefined();
  expect(clock.pending).toBeGreaterThan(0);
});

it('E3 nothing of the test before is left', () => {
  expect(clock.pending).toBe(0);
  expect(document.body.textContent).toBe('');
});

/** A query to a server that is down. */
async function ask(): Promise<number> {
  fetch.mockClear();
  fetch.mockImplementation(async () => new Response('', { status: 503 }));
  const own = createResilience({ random: () => 0, outage: false });
  const link = new ResilienceLink(own).concat(new HttpLink({ uri: '/graphql', fetch }));
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  await expect(client.query({ query: gql('{ orders }') })).rejects.toThrow('status code 503');
  return fetch.mock.calls.length;
}

it('R4 the budget in a browser is shared until its storage is cleared', async () => {
  expect([await ask(), await ask(), await ask(), await ask()]).toEqual([4, 4, 2, 1]);
  sessionStorage.clear();
  expect(await ask()).toBe(4);
});

// Far longer than it takes, since machines are busy.
configure({ asyncUtilTimeout: 20_000 });
