'use client';

import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { ApolloProvider, useQuery } from '@apollo/client/react';
import { Trouble } from '@holdfast/example-next-session/trouble';
import { createResilience, ResilienceLink } from '@holdfast/apollo';
import { ResilienceProvider, ResilienceStatus } from '@holdfast/react';
import { useState, type ReactNode } from 'react';
import { NOTICES } from './queries.ts';

/** What a visitor sees. It is asked for by the page, as somebody who is not signed in. */
export function Notices(): ReactNode {
  const [resilience] = useState(() => createResilience());
  const [client] = useState(() => {
    const link = new ResilienceLink(resilience).concat(new HttpLink({ uri: '/api/graphql' }));
    return new ApolloClient({ link, cache: new InMemoryCache() });
  });
  return (
    <ResilienceProvider resilience={resilience}>
      <ApolloProvider client={client}>
        <ResilienceStatus />
        <List />
      </ApolloProvider>
    </ResilienceProvider>
  );
}

function List() {
  const { data, error, refetch } = useQuery(NOTICES, { ssr: false });
  if (error) return <Trouble error={error} retry={refetch} />;
  return (
    <ul>
      {data?.notices.map((notice) => (
        <li key={notice}>{notice}</li>
      ))}
    </ul>
  );
}
