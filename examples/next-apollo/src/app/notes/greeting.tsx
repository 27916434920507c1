import { Renewal } from '@holdfast/example-next-session/page-session';
import { failureOf } from '@holdfast/apollo';
import type { ReactNode } from 'react';
import { ME } from '../queries.ts';
import { query } from './server-client.ts';

/** A server component that asks the API by itself. */
export async function Greeting(): Promise<ReactNode> {
  const asked = await query({ query: ME }).catch((error: unknown) => ({ error }));
  if ('data' in asked && asked.data) return <p>Signed in as {asked.data.me.name}</p>;
  const failure = failureOf(asked.error);
  if (failure?.kind === 'unauthenticated') return <Renewal />;
  return <p role="alert">Your name is not to be had now.</p>;
}
