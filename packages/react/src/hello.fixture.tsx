import { useSuspenseQuery } from '@apollo/client/react';
import type { Resilience } from '@holdfast/core';
import type { ReactElement } from 'react';
import { HELLO, apolloOf } from './page.fixture.tsx';

/** A Suspense query of Apollo Client. */
export function Hello({ name }: { readonly name: string }): ReactElement {
  const { data } = useSuspenseQuery<{ hello: string }>(HELLO, { variables: { name } });
  return <p>{data.hello}</p>;
}

/** The same answer as a promise that nobody but the caller keeps. */
export async function ask(resilience: Resilience, url: string): Promise<string> {
  const client = apolloOf(resilience, url);
  const { data } = await client.query<{ hello: string }>({ query: HELLO });
  return data?.hello ?? '';
}
