import { ApolloClient, InMemoryCache, gql } from '@holdfast/apollo-client-3';
import type { ApolloLink } from '@holdfast/apollo-client-3';
import { outcomeOf } from '../outcome.ts';
import type { CodedError, Outcome } from '../outcome.ts';
import type { Request, StackClient } from '../stack.ts';

/** Apollo Client 3 over a chain of links, driven as version 4 is. */
export function apollo3Client(link: ApolloLink): StackClient {
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
        const subscription = watched.subscribe({
          next: ({ data, errors, loading }) => {
            if (!loading) resolve(outcomeOf(data, errors?.[0], errors ?? []));
          },
          error: (error: { readonly graphQLErrors?: readonly CodedError[] }) =>
            resolve(outcomeOf(undefined, error, error.graphQLErrors ?? [])),
        });
        stop = () => subscription.unsubscribe();
      });
      return { outcome, stop };
    },
    async mutate(request) {
      const { data, errors } = await client.mutate({
        mutation: gql(request.document),
        variables: request.variables ?? {},
        fetchPolicy: 'no-cache',
        errorPolicy: 'all',
        context: context(request),
      });
      return outcomeOf(data, errors?.[0], errors ?? []);
    },
    close: () => client.stop(),
  };
}

function context({ signal }: Request): Record<string, unknown> {
  return signal === undefined ? {} : { fetchOptions: { signal } };
}
