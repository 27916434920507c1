'use client';

import { ApolloLink, HttpLink } from '@apollo/client';
import {
  ApolloClient,
  ApolloNextAppProvider,
  InMemoryCache,
} from '@apollo/client-integration-nextjs';
import { namedAs, PageSession, resilienceOf } from '@holdfast/example-next-session/page-session';
import { ResilienceLink } from '@holdfast/apollo';
import type { ReactNode } from 'react';

/** The page of a signed-in user, and its client: both begin anew with the next sign-in. */
export function SignedIn({ id, children }: { id: string; children: ReactNode }): ReactNode {
  return (
    <PageSession id={id}>
      <ApolloNextAppProvider makeClient={() => makeClient(id)}>{children}</ApolloNextAppProvider>
    </PageSession>
  );
}

function makeClient(id: string): ApolloClient {
  const http = new HttpLink({ uri: '/api/graphql', headers: namedAs(id) });
  const link = ApolloLink.from([new ResilienceLink(resilienceOf(id)), http]);
  return new ApolloClient({ link, cache: new InMemoryCache() });
}
