import { Renewal } from '@holdfast/example-next-session/page-session';
import { failureOf } from '@holdfast/urql';
import type { ReactNode } from 'react';
import { ME } from '../queries.ts';
import { ask } from './server-client.ts';

/** A server component that asks the API by itself. */
export async function Greeting(): Promise<ReactNode> {
  const { data, error } = await ask(ME);
  if (data) return <p>Signed in as {data.me.name}</p>;
  const failure = failureOf(error);
  if (failure?.kind === 'unauthenticated') return <Renewal />;
  return <p role="alert">Your name is not to be had now.</p>;
}
