import { ApolloClient, CombinedGraphQLErrors, InMemoryCache, gql } from '@apollo/client';
import type { ApolloLink } from '@apollo/client';
import { outcomeOf } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Request, StackClient } from '../stack.ts';

/** Apollo Client 4 over a chain of links. Queries are watched, as `useQuery` does it. */
export function apolloClient(link: ApolloLink): StackClient {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return {
    query(request) {
      const watched = client.watchQuery({
        query: gql(request.document),
        variables: request.variables ?? {},
        fetchPolicy: 'no-cache',
        errorPolicy: 'all',
        context: context(request),
      });
      let stop = (): void => undefined;
      const outcome = new Promise<Outcome>((resolve) => {
        const subscription = watched.subscribe(({ data, error, loading }) => {
          if (!loading) resolve(read(data, error));
        });
        stop = () => subscription.unsubscribe();
      });
      return { outcome, stop };
    },
    async mutate(request) {
      const { data, error } = await client.mutate({
        mutation: gql(request.document),
        variables: request.variables ?? {},
        fetchPolicy: 'no-cache',
        errorPolicy: 'all',
        context: context(request),
      });
      return read(data, error);
    },
    close: () => client.stop(),
  };
}

function context({ signal }: Request): Record<string, unknown> {
  return signal === undefined ? {} : { fetchOptions: { signal } };
}

function read(data: unknown, error: unknown): Outcome {
  return outcomeOf(data, error, CombinedGraphQLErrors.is(error) ? error.errors : []);
}
