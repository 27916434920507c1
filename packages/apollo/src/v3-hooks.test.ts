// Hooks as CommonJS, as Node gives them to an app: their copy of Apollo is another than the link's.
import { ApolloClient, ApolloError, HttpLink, InMemoryCache } from 'apollo-client-3/core/core.cjs';
import { ApolloProvider, useQuery } from 'apollo-client-3/react/react.cjs';
import { getDataFromTree } from 'apollo-client-3/react/ssr/ssr.cjs';
import { createResilience, failureOf } from '@holdfast/core';
import { startFaultServer } from '@holdfast/testing';
import { createElement } from 'react';
import type { ReactElement } from 'react';
import { expect, it, onTestFinished } from 'vitest';
import { HELLO, SHORT } from './client.fixture.ts';
import { ResilienceLink } from './v3.ts';

it.each([
  ['a status', { status: 404 }, 'not_found'],
  [
    'errors',
    { body: { errors: [{ message: 'x', extensions: { code: 'FORBIDDEN' } }] } },
    'forbidden',
  ],
])('A4 F11b what useQuery gives leads to the failure: %s', async (_, fault, kind) => {
  const server = await startFaultServer();
  onTestFinished(() => server.close());
  server.inject([{ status: 503 }, fault]);
  const resilience = createResilience({ retry: SHORT });
  onTestFinished(() => resilience.dispose());
  const client = new ApolloClient({
    link: new ResilienceLink(resilience).concat(new HttpLink({ uri: server.url }) as never),
    cache: new InMemoryCache(),
    ssrMode: true,
  } as never);
  const seen: unknown[] = [];
  function Hello(): ReactElement {
    const { loading, data, error } = useQuery(HELLO);
    seen.push(loading ? 'loading' : (error ?? data));
    return createElement('p');
  }
  await getDataFromTree(createElement(ApolloProvider, { client } as never, createElement(Hello)));
  const error = seen.at(-1);
  expect(error).toBeInstanceOf(ApolloError);
  expect(failureOf(error)).toMatchObject({ kind, stopped: 'not_retryable' });
  expect(server.requests.length).toBe(2);
});
