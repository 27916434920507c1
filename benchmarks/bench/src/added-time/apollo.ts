import { ApolloClient, ApolloLink, InMemoryCache, Observable, gql } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { ErrorLink } from '@apollo/client/link/error';
import { RetryLink } from '@apollo/client/link/retry';
import { ResilienceLink } from '@holdfast/apollo';
import type { Contender, Match } from './contender.ts';
import { accessToken, signedIn } from './credentials.ts';

const query = gql`
  query Item($id: ID!) {
    item(id: $id) {
      id
      name
    }
  }
`;

/** A link that answers at once, from memory. */
function memory(): ApolloLink {
  return new ApolloLink(
    ({ variables }) =>
      new Observable((observer) => {
        observer.next({ data: { item: { id: variables['id'], name: 'kelp' } } });
        observer.complete();
      }),
  );
}

/** The same, leaving its response in the context as `HttpLink` does: then there are headers to read. */
function memoryWithResponse(): ApolloLink {
  const headers = {
    'content-type': 'application/graphql-response+json; charset=utf-8',
    date: 'Sun, 22 Nov 2026 12:00:00 GMT',
    'x-ratelimit-limit': '3600',
    'x-ratelimit-remaining': '3599',
    'x-ratelimit-reset': '1800',
  };
  return new ApolloLink((operation) => {
    const { variables } = operation;
    return new Observable((observer) => {
      operation.setContext({ response: new Response(undefined, { headers }) });
      observer.next({ data: { item: { id: variables['id'], name: 'kelp' } } });
      observer.complete();
    });
  });
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

/** One observable and one header: whatever signs and sees results costs this. It cures nothing. */
function least(): ApolloLink {
  return new ApolloLink(
    (operation, forward) =>
      new Observable((observer) => {
        operation.setContext(({ headers }) => ({
          headers: { ...headers, authorization: `Bearer ${accessToken}` },
        }));
        return forward(operation).subscribe({
          next: (result) => observer.next(result),
          error: (error) => observer.error(error),
          complete: () => observer.complete(),
        });
      }),
  );
}

type Run = (link: ApolloLink) => Contender;

function match(run: Run, terminating: () => ApolloLink): Match {
  return {
    bare: run(terminating()),
    least: run(least().concat(terminating())),
    ours: run(new ResilienceLink(signedIn()).concat(terminating())),
    peer: run(trio().concat(terminating())),
  };
}

const throughLink: Run = (link) => {
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
};

const throughClient: Run = (link) => {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  let id = 0;
  return {
    start(done) {
      id += 1;
      const variables = { id };
      void client
        .query({ query, variables, fetchPolicy: 'no-cache' })
        .then(({ data }) => done(data));
    },
  };
};

/** At the link: what the chain alone costs. */
export const apolloLink = (): Match => match(throughLink, memory);

/** At the link, with responses whose headers can be read. */
export const apolloLinkWithResponse = (): Match => match(throughLink, memoryWithResponse);

/** As an app calls it. */
export const apolloClient = (): Match => match(throughClient, memory);
