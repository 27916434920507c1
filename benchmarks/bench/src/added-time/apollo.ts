import { ApolloClient, ApolloLink, InMemoryCache, Observable, gql } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { RetryLink } from '@apollo/client/link/retry';
import { ResilienceLink } from '@holdfast/apollo';
import type { Answers, Contender, Match } from './contender.ts';
import { accessToken, signedIn } from './credentials.ts';

const query = gql`
  query Item($id: ID!) {
    item(id: $id) {
      id
      name
    }
  }
`;

/** A link that answers from memory. */
function memory(answers: Answers): ApolloLink {
  return new ApolloLink(
    ({ variables }) =>
      new Observable((observer) => {
        const answer = (): void => {
          observer.next({ data: { item: { id: variables['id'], name: 'kelp' } } });
          observer.complete();
        };
        if (answers === 'later') queueMicrotask(answer);
        else answer();
      }),
  );
}

function trio(): ApolloLink {
  return ApolloLink.from([
    new ErrorLink(({ error }) => {
      throw error;
    }),
    new RetryLink(),
    new SetContextLink(({ headers }) => ({
      headers: { ...headers, authorization: `Bearer ${accessToken}` },
    })),
  ]);
}

/** At the link: what the chain alone costs. */
function through(link: ApolloLink): Contender {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  let id = 0;
  return {
    start(done) {
      let data: unknown;
      id += 1;
      ApolloLink.execute(link, { query, variables: { id } }, { client }).subscribe({
        next: (result) => {
          data = result.data;
        },
        complete: () => done(data),
      });
    },
  };
}

export function apolloMatch(answers: Answers): Match {
  return {
    bare: through(memory(answers)),
    ours: through(new ResilienceLink(signedIn()).concat(memory(answers))),
    peer: through(trio().concat(memory(answers))),
  };
}
