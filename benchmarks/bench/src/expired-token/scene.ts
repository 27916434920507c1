/** Where the operations go, and with what. */
export interface Scene {
  readonly url: string;
  readonly tokenUrl: string;
  /** The token that the server no longer takes. */
  readonly deadToken: string;
}

/** Sends one operation; settles with its data, and rejects where it failed. */
export type Send = () => Promise<unknown>;

/** Who meets the expired token. */
export const contenders = {
  minimum: 'nobody: fetch, refused, one token call, fetch again',
  'apollo-ours': 'Apollo, Holdfast',
  'apollo-peers': 'Apollo, its trio, refreshing in ErrorLink behind one promise',
  'urql-ours': 'urql, Holdfast',
  'urql-peers': 'urql, authExchange + retryExchange',
} as const;

export type ContenderName = keyof typeof contenders;
export const contenderNames = Object.keys(contenders) as ContenderName[];

export const document = '{ hello }';

/** A call of the token endpoint: the new token. */
export async function requestToken({ tokenUrl }: Scene): Promise<string> {
  const response = await fetch(tokenUrl, { method: 'POST' });
  const { access_token: token } = (await response.json()) as { readonly access_token: string };
  return token;
}
