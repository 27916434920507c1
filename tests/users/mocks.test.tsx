// @vitest-environment jsdom
import { ApolloClient, ApolloLink, gql, InMemoryCache } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { MockLink } from '@apollo/client/testing';
import { MockedProvider } from '@apollo/client/testing/react';
import { createResilience, failureOf, ResilienceLink } from '@holdfast/apollo';
import { resilienceExchange } from '@holdfast/urql';
import { cleanup, configure, render, screen } from '@testing-library/react';
import { Client, makeResult, type Exchange, type ExecutionResult } from '@urql/core';
import { afterEach, expect, it } from 'vitest';
import { filter, map, pipe } from 'wonka';

const HELLO = gql('query Hello { hello }');
const request = { query: HELLO };
const lost = { request, error: new TypeError('Failed to fetch') };
const answered = { request, result: { data: { hello: 'world' } } };

function Hello() {
  const { data, error } = useQuery<{ hello: string }>(HELLO);
  if (error) return <p>{error.message}</p>;
  return <p>{data ? `Hello, ${data.hello}` : 'Loading'}</p>;
}

it('R1 A4 a component sees nothing of a lost connection', async () => {
  const resilience = createResilience({ random: () => 0 });
  const link = new ResilienceLink(resilience).concat(new MockLink([lost, answered]));
  render(
    <MockedProvider link={link}>
      <Hello />
    </MockedProvider>,
  );
  expect(await screen.findByText('Hello, world')).toBeDefined();
});

it('R1 what is not mocked a second time is told at once', async () => {
  const resilience = createResilience({ random: () => 0 });
  const link = new ResilienceLink(resilience).concat(new MockLink([lost], { showWarnings: false }));
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  const error: unknown = await client.query({ query: HELLO }).catch((given: unknown) => given);
  expect(String(error)).toContain('No more mocked responses');
  expect(failureOf(error)).toMatchObject({ kind: 'unknown', stopped: 'not_retryable' });
});

it('A6 mocks without a link have no Holdfast above them', async () => {
  render(
    <MockedProvider mocks={[lost, answered]}>
      <Hello />
    </MockedProvider>,
  );
  expect(await screen.findByText('Failed to fetch')).toBeDefined();
});

it('T1 MockLink answers the replay with what comes next', async () => {
  const errors = [{ message: 'Expired', extensions: { code: 'UNAUTHENTICATED' } }];
  const auth = { tokens: { accessToken: 'a' }, refresh: async () => ({ accessToken: 'b' }) };
  const mocks = new MockLink([{ request, result: { errors } }, answered]);
  const link = ApolloLink.from([new ResilienceLink(createResilience({ auth })), mocks]);
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  expect(await client.query({ query: HELLO })).toEqual({ data: { hello: 'world' } });
});

afterEach(() => {
  cleanup();
  sessionStorage.clear();
});

/** Answers each attempt with what comes next. */
function answering(...answers: ExecutionResult[]): Exchange {
  return () => (operations) =>
    pipe(
      operations,
      filter(({ kind }) => kind !== 'teardown'),
      map((operation) => makeResult(operation, answers.shift() ?? { data: null })),
    );
}

it('T1 U1 an exchange answers in the place of the network', async () => {
  const expired = { message: 'Expired', extensions: { code: 'UNAUTHENTICATED' } };
  const auth = { tokens: { accessToken: 'old' }, refresh: async () => ({ accessToken: 'new' }) };
  const network = answering({ errors: [expired] }, { data: { hello: 'world' } });
  const exchanges = [resilienceExchange(createResilience({ auth })), network];
  const client = new Client({ url: '/graphql', exchanges });

  const { data } = await client.query('query Hello { hello }', {}).toPromise();
  expect(data).toEqual({ hello: 'world' });
});

// Far longer than it takes, since machines are busy.
configure({ asyncUtilTimeout: 20_000 });
