import { ApolloLink, CombinedGraphQLErrors, HttpLink } from '@apollo/client';
import {
  ApolloClient,
  InMemoryCache,
  registerApolloClient,
} from '@apollo/client-integration-nextjs';
import { currentSession } from '@holdfast/example-next-session/cookies';
import { setting } from '@holdfast/example-next-session/setting';
import { createResilience, ResilienceLink } from '@holdfast/apollo';
import { connection } from 'next/server';
import { map } from 'rxjs';

/**
 * What a preloaded query fails with is no answer that goes to the page: the page then asks by itself, through the
 * link that renews its session.
 */
const withoutErrors = new ApolloLink((operation, forward) =>
  forward(operation).pipe(
    map((result) => {
      if (result.errors?.length) throw new CombinedGraphQLErrors(result);
      return result;
    }),
  ),
);

/** For server components: a client and an instance for each request, which are its user's alone. */
export const { query, PreloadQuery } = registerApolloClient(async () => {
  // From here on it is this request's user who is served. Nothing is asked for him while pages are prefetched.
  await connection();
  const { accessToken } = await currentSession();
  const resilience = createResilience({
    // A token without a `refresh`: cookies cannot be set while a page is rendered.
    auth: accessToken === undefined ? {} : { tokens: { accessToken } },
    // A browser waits for the page: what takes longer is the page's own business.
    outage: { patience: 2_000 },
    rateLimit: { maxWait: 2_000 },
    timeout: { total: 10_000 },
  });
  const http = new HttpLink({ uri: setting('API_URL'), fetchOptions: { cache: 'no-store' } });
  const link = ApolloLink.from([withoutErrors, new ResilienceLink(resilience), http]);
  return new ApolloClient({ link, cache: new InMemoryCache() });
});
