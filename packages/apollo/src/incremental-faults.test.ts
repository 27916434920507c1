import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { Defer20220824Handler } from '@apollo/client/incremental';
import { createResilience, failureOf } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { SHORT } from './client.fixture.ts';
import { ResilienceLink } from './resilience-link.ts';

describe('an answer in chunks', () => {
  const add = { __typename: 'Item', id: '3' };
  const rejected = [{ message: 'Sign in first.', extensions: { code: 'UNAUTHENTICATED' } }];

  it.each([
    ['the first', [{ data: { add }, errors: rejected, hasNext: true }, { hasNext: false }]],
    [
      'a later',
      [
        { data: { add }, hasNext: true },
        { incremental: [{ data: null, path: ['add'], errors: rejected }], hasNext: false },
      ],
    ],
  ])('M2 of a mutation with UNAUTHENTICATED in %s chunk is delivered', async (_, results) => {
    const server = await startFaultServer({ faults: [{ results }] });
    const apollo = new ApolloClient({
      link: new ResilienceLink(
        createResilience({
          auth: { tokens: { accessToken: 'dead' }, refresh: async () => ({ accessToken: 'good' }) },
        }),
      ).concat(new HttpLink({ uri: server.url })),
      cache: new InMemoryCache(),
      incrementalHandler: new Defer20220824Handler(),
    });
    const mutation = gql('mutation { add(name: "a") { id ... @defer { name } } }');
    const { data, error } = await apollo.mutate({ mutation, errorPolicy: 'all' });
    expect(data).toMatchObject({ add: { id: '3' } });
    expect(failureOf(error)?.kind).toBe('unauthenticated');
    expect(server.requests.length).toBe(1);
    await server.close();
  });

  it.each([{ truncate: 30 }, { truncate: 30, reset: 'body' as const }])(
    'R1 A5 that is lost before its first chunk was whole is asked for again: %o',
    async (fault) => {
      const server = await startFaultServer({ faults: [fault] });
      const apollo = new ApolloClient({
        link: new ResilienceLink(createResilience({ retry: SHORT })).concat(
          new HttpLink({ uri: server.url }),
        ),
        cache: new InMemoryCache(),
        incrementalHandler: new Defer20220824Handler(),
      });
      const query = gql('query Slow { hello ... @defer { slow(ms: 1) } }');
      const { data } = await apollo.query({ query });
      expect(data).toMatchObject({ hello: 'Hello, world!', slow: 'waited 1 ms' });
      expect(server.requests.length).toBe(2);
      await server.close();
    },
  );
});
