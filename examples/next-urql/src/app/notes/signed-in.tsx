'use client';

import { namedAs, PageSession, resilienceOf } from '@holdfast/example-next-session/page-session';
import { resilienceExchange } from '@holdfast/urql';
import { createContext, use, useState, type ReactNode } from 'react';
import { cacheExchange, Client, fetchExchange, Provider, ssrExchange } from 'urql';
import type { SSRData, SSRExchange } from 'urql';

const Ssr = createContext<SSRExchange | undefined>(undefined);

/** The page of a signed-in user, and its client: both begin anew with the next sign-in. */
export function SignedIn({ id, children }: { id: string; children: ReactNode }): ReactNode {
  const [{ client, ssr }] = useState(() => makeClient(id));
  return (
    <PageSession id={id}>
      <Provider value={client}>
        <Ssr value={ssr}>{children}</Ssr>
      </Provider>
    </PageSession>
  );
}

/** Suspends until the server has asked for the data of the components in it, and gives it to their client. */
export function Preloaded({
  data,
  children,
}: {
  data: Promise<SSRData>;
  children: ReactNode;
}): ReactNode {
  use(Ssr)?.restoreData(use(data));
  return children;
}

function makeClient(id: string): { readonly client: Client; readonly ssr: SSRExchange } {
  const isServer = typeof window === 'undefined';
  const ssr = ssrExchange({ isClient: !isServer });
  // The server that renders the page's components shows what is preloaded, and has no cookie to ask with.
  const network = isServer ? [] : [resilienceExchange(resilienceOf(id)), fetchExchange];
  const exchanges = [cacheExchange, ssr, ...network];
  const fetchOptions = { headers: namedAs(id) };
  const options = { exchanges, fetchOptions, preferGetMethod: false };
  return { client: new Client({ url: '/api/graphql', ...options }), ssr };
}
