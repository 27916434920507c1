import { currentSession } from '@holdfast/example-next-session/cookies';
import { setting } from '@holdfast/example-next-session/setting';
import { createResilience, resilienceExchange } from '@holdfast/urql';
import { cacheExchange, Client, fetchExchange, ssrExchange } from '@urql/core';
import type { OperationResult, SSRData, TypedDocumentNode } from '@urql/core';
import { connection } from 'next/server';
import { cache } from 'react';

type None = { [name: string]: never };

/** For server components: a client and an instance for each request, which are its user's alone. */
const ofRequest = cache(() => {
  const resilience = createResilience({
    // A token without a `refresh`: cookies cannot be set while a page is rendered.
    auth: {
      tokens: async () => {
        const { accessToken } = await currentSession();
        return accessToken === undefined ? undefined : { accessToken };
      },
    },
    // A browser waits for the page: what takes longer is the page's own business.
    outage: { patience: 2_000 },
    rateLimit: { maxWait: 2_000 },
    timeout: { total: 10_000 },
  });
  const ssr = ssrExchange({ isClient: false });
  const client = new Client({
    url: setting('API_URL'),
    exchanges: [cacheExchange, ssr, resilienceExchange(resilience), fetchExchange],
    preferGetMethod: false,
    fetchOptions: { cache: 'no-store' },
  });
  return { client, ssr };
});

/** Asks the API for the user whose request is being answered. */
export async function ask<Data>(query: TypedDocumentNode<Data>): Promise<OperationResult<Data>> {
  // From here on it is this request's user who is served. Nothing is asked for him while pages are prefetched.
  await connection();
  return ofRequest().client.query<Data, None>(query, {}).toPromise();
}

/** The answer for the page's own client. Where there is none, that client asks by itself, and renews the session. */
export async function preload<Data>(query: TypedDocumentNode<Data>): Promise<SSRData> {
  const { error, operation } = await ask(query);
  const answer = ofRequest().ssr.extractData()[operation.key];
  return error !== undefined || answer === undefined ? {} : { [operation.key]: answer };
}
