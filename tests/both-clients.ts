import { ResilienceLink } from '@holdfast/apollo/v3';
import { createResilience } from '@holdfast/core';
import type { Resilience, ResilienceOptions } from '@holdfast/core';
import { failureOf, resilientFetch } from '@holdfast/fetch';
import {
  ApolloClient,
  ApolloError,
  HttpLink,
  InMemoryCache,
  gql,
} from 'apollo-client-3/core/index.js';
import type { FetchResult } from 'apollo-client-3/core/index.js';
import type { GraphQLFormattedError } from 'graphql';
import { onTestFinished } from 'vitest';
import { clients } from '../examples/report/src/client.ts';
import type { Answer, RequestOptions, TestedClient } from '../examples/report/src/client.ts';

/** Waits of a few milliseconds: what is tested is order and number, not length. */
export const QUICK: ResilienceOptions = {
  retry: { backoff: { transient: 5, throttled: 20, locked: 10 } },
};

type Client = Pick<TestedClient, 'query' | 'mutate'>;

/** Both clients, by name, for `describe.each`. */
export const bothClients: readonly ConnectedClient[] = clients.map((make) =>
  connected(make.name, make),
);

export const apollo3Client: ConnectedClient = connected('Apollo 3', (resilience, url) => {
  const client = new ApolloClient({
    link: new ResilienceLink(resilience).concat(new HttpLink({ uri: url })),
    cache: new InMemoryCache(),
  });
  const shared = ({ variables = {}, signal, resilience: own }: RequestOptions) => ({
    variables,
    fetchPolicy: 'no-cache' as const,
    errorPolicy: 'all' as const,
    context: {
      queryDeduplication: false,
      ...(own === undefined ? {} : { resilience: own }),
      ...(signal === undefined ? {} : { fetchOptions: { signal } }),
    },
  });
  return {
    query: (query, options = {}) =>
      told(client.query({ query: gql(query), ...shared(options) }) as Promise<FetchResult>),
    mutate: (mutation, options = {}) =>
      told(client.mutate({ mutation: gql(mutation), ...shared(options) })),
  };
});

/** The two, a `fetch` with no client above it, and Apollo Client 3. */
export const everyClient: readonly ConnectedClient[] = [
  ...bothClients,
  connected('fetch', (resilience, url) => {
    const post = (query: string, options?: RequestOptions): Promise<Answer> =>
      posted(resilience, url, query, options);
    return { query: post, mutate: post };
  }),
  apollo3Client,
];

export interface ConnectedClient {
  readonly client: string;
  /** Connects a client of its own, with an instance that ends with the test. */
  connect(url: string, options?: ResilienceOptions): Connection;
}

function connected(
  client: string,
  make: (resilience: Resilience, url: string) => Client,
): ConnectedClient {
  return {
    client,
    connect(url: string, options: ResilienceOptions = QUICK): Connection {
      const resilience = createResilience(options);
      onTestFinished(() => resilience.dispose());
      return { client: make(resilience, url), resilience };
    },
  };
}

/** What Apollo 3 hands to an application, as its hooks do: errors beside data are an `ApolloError`, too. */
async function told(asked: Promise<FetchResult>): Promise<Answer> {
  let result: FetchResult = {};
  let error: unknown;
  try {
    result = await asked;
  } catch (thrown) {
    error = thrown;
  }
  const { data, errors } = result as Result;
  if (errors?.length) error = new ApolloError({ graphQLErrors: errors as GraphQLFormattedError[] });
  const codes = (errors ?? []).flatMap((entry) => entry?.extensions?.code ?? []);
  return { data: data ?? undefined, error, failure: failureOf(error), codes };
}

/** What a few lines of plain code make of an operation. */
async function posted(
  resilience: Resilience,
  url: string,
  query: string,
  { variables, signal, resilience: own }: RequestOptions = {},
): Promise<Answer> {
  const fetch = resilientFetch(resilience, {
    operation: () => (own === undefined ? {} : { options: own }),
  });
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
      },
      body: JSON.stringify({ query, variables }),
      ...(signal === undefined ? {} : { signal }),
    });
    const failure = failureOf(response);
    const { data, errors } = await resultOf(response);
    const codes = (errors ?? []).flatMap((entry) => entry?.extensions?.code ?? []);
    const error = failure === undefined ? undefined : response;
    return { data: data ?? undefined, error, failure, codes };
  } catch (error) {
    return { data: undefined, error, failure: failureOf(error), codes: [] };
  }
}

interface Result {
  readonly data?: unknown;
  readonly errors?: readonly ({ readonly extensions?: { readonly code?: string } } | null)[];
}

/** What is no result holds none. */
async function resultOf(response: Response): Promise<Result> {
  const result = (await response.json().catch(() => undefined)) as Result | null | undefined;
  const { data, errors } = result ?? {};
  return { data, ...(Array.isArray(errors) && { errors }) };
}

export interface Connection {
  readonly client: Client;
  readonly resilience: Resilience;
}

/** Closes what a test has opened, once it is over. */
export function closing<T extends { close(): Promise<void> }>(server: T): T {
  onTestFinished(() => server.close());
  return server;
}
