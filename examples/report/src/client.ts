import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { ResilienceLink } from '@holdfast/apollo';
import { failureOf } from '@holdfast/core';
import type { Failure, OperationOptions, Resilience } from '@holdfast/core';
import { resilienceExchange } from '@holdfast/urql';
import { Client, fetchExchange } from '@urql/core';

/** What came of one operation, whichever client ran it. */
export interface Answer {
  readonly data: unknown;
  readonly error: unknown;
  readonly failure: Failure | undefined;
  /** The server's own GraphQL error codes, as the client hands them to the application. */
  readonly codes: readonly string[];
}

export interface RequestOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Per-operation options of Holdfast. */
  readonly resilience?: OperationOptions;
  readonly signal?: AbortSignal;
}

/** What the scenarios need of a client: the same for Apollo and urql. */
export interface TestedClient {
  readonly name: 'Apollo' | 'urql';
  query(document: string, options?: RequestOptions): Promise<Answer>;
  mutate(document: string, options?: RequestOptions): Promise<Answer>;
}

export type ClientMaker = (resilience: Resilience, url: string) => TestedClient;

/** A real Apollo Client with nothing before the network but Holdfast. */
const apollo: ClientMaker = (resilience, url) => {
  const client = new ApolloClient({
    link: new ResilienceLink(resilience).concat(new HttpLink({ uri: url })),
    cache: new InMemoryCache(),
  });
  const context = ({ resilience: own, signal }: RequestOptions): Record<string, unknown> => ({
    queryDeduplication: false,
    ...(own === undefined ? {} : { resilience: own }),
    ...(signal === undefined ? {} : { fetchOptions: { signal } }),
  });
  return {
    name: 'Apollo',
    query: async (document, options = {}) => {
      const { data, error } = await client.query({
        query: gql(document),
        variables: options.variables ?? {},
        fetchPolicy: 'no-cache',
        errorPolicy: 'all',
        context: context(options),
      });
      return answer(data, error);
    },
    mutate: async (document, options = {}) => {
      const { data, error } = await client.mutate({
        mutation: gql(document),
        variables: options.variables ?? {},
        fetchPolicy: 'no-cache',
        errorPolicy: 'all',
        context: context(options),
      });
      return answer(data, error);
    },
  };
};

/** A real urql client with nothing before the network but Holdfast. */
const urql: ClientMaker = (resilience, url) => {
  const client = new Client({
    url,
    preferGetMethod: false,
    exchanges: [resilienceExchange(resilience), fetchExchange],
  });
  const context = ({ resilience: own, signal }: RequestOptions): Record<string, unknown> => ({
    requestPolicy: 'network-only',
    ...(own === undefined ? {} : { resilience: own }),
    ...(signal === undefined ? {} : { fetchOptions: { signal } }),
  });
  return {
    name: 'urql',
    query: async (document, options = {}) => {
      const variables = options.variables ?? {};
      const { data, error } = await client.query(document, variables, context(options)).toPromise();
      return answer(data, error);
    },
    mutate: async (document, options = {}) => {
      const variables = options.variables ?? {};
      const { data, error } = await client
        .mutation(document, variables, context(options))
        .toPromise();
      return answer(data, error);
    },
  };
};

export const clients: readonly ClientMaker[] = [apollo, urql];

function answer(data: unknown, error: unknown): Answer {
  return { data: data ?? undefined, error, failure: failureOf(error), codes: codesOf(error) };
}

function codesOf(error: unknown): readonly string[] {
  const errors = CombinedGraphQLErrors.is(error) ? error.errors : graphQLErrorsOf(error);
  return errors.flatMap(({ extensions }) => {
    const code = extensions?.['code'];
    return typeof code === 'string' ? [code] : [];
  });
}

interface CodedError {
  readonly extensions?: Readonly<Record<string, unknown>>;
}

function graphQLErrorsOf(error: unknown): readonly CodedError[] {
  const combined = error as { readonly graphQLErrors?: readonly CodedError[] } | undefined;
  return combined?.graphQLErrors ?? [];
}
