import { Client } from 'urql';
import type { Exchange } from 'urql';
import type { LoadOperation } from '../load/operation.ts';
import type { Answer } from './client.ts';
import type { Fetch } from './network.ts';

/** Asks urql, without a cache, which would answer in the server's place. */
export function askUrql(
  url: string,
  fetch: Fetch,
  exchanges: Exchange[],
): (operation: LoadOperation) => Promise<Answer> {
  const client = new Client({ url, fetch, exchanges, preferGetMethod: false });
  const context = { requestPolicy: 'network-only' } as const;
  return async ({ kind, document, variables }) => {
    const { data, error } =
      kind === 'query'
        ? await client.query(document, variables, context).toPromise()
        : await client.mutation(document, variables, context).toPromise();
    return { data, error };
  };
}
