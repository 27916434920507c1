import type { RefreshRequest, Tokens } from '@holdfast/core';

/** Asks the page's own server, which keeps the secret and knows by a cookie who is signed in. */
async function ask(path: string, body: object, signal?: AbortSignal): Promise<Tokens | undefined> {
  const sent = { method: 'POST', body: JSON.stringify(body), signal: signal ?? null };
  const response = await fetch(path, sent);
  // Nobody is signed in, or not as who they say.
  if (response.status === 204 || response.status === 401) return undefined;
  // From `response` Holdfast reads whether to ask again, and when.
  if (!response.ok) throw Object.assign(new Error(`${path}: ${response.status}`), { response });
  const { access_token: accessToken, expires_in: seconds } = await response.json();
  return { accessToken, expiresAt: Date.now() + seconds * 1_000 };
}

type Asked = Promise<Tokens | undefined>;

/** For `createResilience`. The server is told which token is of no use any more. */
export const refresh = ({ tokens, signal }: RefreshRequest): Asked =>
  ask('/token', { insteadOf: tokens?.accessToken }, signal);

export const signIn = (form: FormData): Asked => ask('/sign-in', Object.fromEntries(form));

export const signOut = (): Asked => ask('/sign-out', {});
