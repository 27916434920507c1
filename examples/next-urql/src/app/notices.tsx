'use client';

import { Trouble } from '@holdfast/example-next-session/trouble';
import { ResilienceProvider, ResilienceStatus } from '@holdfast/react';
import { createResilience, resilienceExchange } from '@holdfast/urql';
import { useState, type ReactNode } from 'react';
import { cacheExchange, Client, fetchExchange, Provider, useQuery } from 'urql';
import { NOTICES } from './queries.ts';

/** What a visitor sees. It is asked for by the page, as somebody who is not signed in. */
export function Notices(): ReactNode {
  const [resilience] = useState(() => createResilience());
  const [client] = useState(() => {
    const exchanges = [cacheExchange, resilienceExchange(resilience), fetchExchange];
    return new Client({ url: '/api/graphql', exchanges, preferGetMethod: false });
  });
  return (
    <ResilienceProvider resilience={resilience}>
      <Provider value={client}>
        <ResilienceStatus />
        <List />
      </Provider>
    </ResilienceProvider>
  );
}

function List() {
  const [{ data, error }, ask] = useQuery({ query: NOTICES, pause: typeof window === 'undefined' });
  if (error) return <Trouble error={error} retry={() => ask({ requestPolicy: 'network-only' })} />;
  return (
    <ul>
      {data?.notices.map((notice) => (
        <li key={notice}>{notice}</li>
      ))}
    </ul>
  );
}
