import type { Fetch } from '../run/network.ts';

/** What the token endpoint gives: a pair, of which the second serves once. */
export interface TokenPair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** The endpoint answered, and gave no tokens. */
export class TokensRefused extends Error {
  override readonly name = 'TokensRefused';
  readonly status: number;

  constructor(status: number) {
    super(`The token endpoint answered ${status}.`);
    this.status = status;
  }
}

async function request(
  fetch: Fetch,
  url: string,
  parameters: Readonly<Record<string, string>>,
): Promise<TokenPair> {
  const response = await fetch(url, { method: 'POST', body: new URLSearchParams(parameters) });
  if (!response.ok) throw new TokensRefused(response.status);
  const answer = (await response.json()) as {
    readonly access_token: string;
    readonly refresh_token: string;
  };
  return { accessToken: answer.access_token, refreshToken: answer.refresh_token };
}

/** What a sign-in page would do. */
export function signIn(fetch: Fetch, url: string): Promise<TokenPair> {
  return request(fetch, url, { grant_type: 'authorization_code', code: 'shop' });
}

/** What an application without Holdfast writes to refresh its token. */
export function renew(fetch: Fetch, url: string, refreshToken: string): Promise<TokenPair> {
  return request(fetch, url, { grant_type: 'refresh_token', refresh_token: refreshToken });
}
