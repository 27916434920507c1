import type { Tokens } from '@holdfast/core';

/** Asks the page's own server, which keeps the secret and knows by a cookie who is signed in. */
export async function ask(path: string, init?: RequestInit): Promise<Tokens | undefined> {
  const response = await fetch(path, { method: 'POST', ...init });
  // Nobody is signed in, or not as who they say.
  if (response.status === 204 || response.status === 401) return undefined;
  // From `response` Holdfast reads whether to ask again, and when.
  if (!response.ok) throw Object.assign(new Error(`${path}: ${response.status}`), { response });
  const { accessToken, lifetime } = await response.json();
  return { accessToken, expiresAt: Date.now() + lifetime };
}
