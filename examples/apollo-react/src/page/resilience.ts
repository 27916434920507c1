import { HttpLink, type ApolloLink } from '@apollo/client';
import { createResilience, ResilienceLink, type Resilience, type Tokens } from '@holdfast/apollo';
import { breeze } from '@holdfast/profiles';
import { browserShare } from '@holdfast/core/browser';

export const resilience: Resilience = createResilience({
  profile: breeze,
  auth: { refresh: ({ tokens, signal }) => ask('token', { body: JSON.stringify(tokens), signal }) },
  share: browserShare('credentials'), // All tabs have one session.
});

const http = new HttpLink({ uri: 'graphql' });
export const link: ApolloLink = new ResilienceLink(resilience).concat(http);

/** Asks the page's own server, which keeps the secret and knows by a cookie who is signed in. */
export async function ask(path: string, init?: RequestInit): Promise<Tokens | undefined> {
  const response = await fetch(path, { method: 'POST', ...init });
  if (response.status === 204 || response.status === 401) return undefined; // Nobody is signed in.
  if (!response.ok) throw Object.assign(new Error(path), { response }); // Holdfast reads why.
  const { accessToken, lifetime } = await response.json();
  return { accessToken, expiresAt: Date.now() + lifetime };
}
