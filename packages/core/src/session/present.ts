import type { SharedTokens, Tokens } from '../model/tokens.ts';

/** What makes a session one: tokens, or that a cookie is good which nobody sees (T19). */
export type Credentials = { readonly tokens: Tokens } | { readonly renewed: true };

/** Where credentials come from: what the session starts with, siblings, a refresh, the application. */
export type Origin = 'start' | 'elsewhere' | 'refresh' | 'sign-in';

/** Who is signed in, and since when. */
export type Present = Omit<SharedTokens, 'tokens' | 'renewed'> & Credentials;

/** The tokens, where there are any. */
export function tokensOf(credentials: Credentials | undefined): Tokens | undefined {
  return credentials !== undefined && 'tokens' in credentials ? credentials.tokens : undefined;
}

/** What a share holds, where somebody is signed in there. */
export function presentIn({ tokens, renewed, ...value }: SharedTokens): Present | undefined {
  if (tokens !== undefined) return { ...value, tokens };
  return renewed === true ? { ...value, renewed } : undefined;
}
