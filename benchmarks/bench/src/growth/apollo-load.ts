import { ApolloClient, ApolloLink, InMemoryCache, Observable, gql } from '@apollo/client';
import { ResilienceLink } from '@holdfast/apollo';
import type { Subscriber } from 'rxjs';
import { signedIn } from '../added-time/credentials.ts';
import type { Load } from './load.ts';

const query = gql`
  query Item($id: ID!) {
    item(id: $id) {
      id
    }
  }
`;

/** Begins `size` operations, and then answers them in the order in which they came. */
export function apolloInFlight(size: number): Load {
  const resilience = signedIn();
  const waiting: Subscriber<ApolloLink.Result>[] = [];
  const link = new ResilienceLink(resilience).concat(
    new ApolloLink(() => new Observable((observer) => void waiting.push(observer))),
  );
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return {
    run() {
      for (let id = 0; id < size; id += 1) {
        ApolloLink.execute(link, { query, variables: { id } }, { client }).subscribe();
      }
      for (const observer of waiting.splice(0)) {
        observer.next({ data: { item: { id: '1' } } });
        observer.complete();
      }
      return size;
    },
    end: () => resilience.dispose(),
  };
}
