import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { BatchHttpLink } from '@apollo/client/link/batch-http';
import { ResilienceLink } from '@holdfast/apollo';
import { ResilienceLink as ResilienceLink3 } from '@holdfast/apollo/v3';
import { createResilience, failureOf } from '@holdfast/core';
import type { Failure, Resilience } from '@holdfast/core';
import { resilienceExchange } from '@holdfast/urql';
import { Client, fetchExchange } from '@urql/core';
import * as apollo3 from 'apollo-client-3/core/index.js';
import { BatchHttpLink as BatchHttpLink3 } from 'apollo-client-3/link/batch-http/index.js';
import * as fc from '../properties.ts';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isPlainRefusal, plans } from './answers.ts';
import type { Plan } from './answers.ts';
import { startAnsweringServer } from './answering-server.ts';
import type { AnsweringServer } from './answering-server.ts';

let server: AnsweringServer;
beforeAll(async () => {
  server = await startAnsweringServer();
  // urql warns of each answer in text/plain.
  vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterAll(async () => {
  vi.restoreAllMocks();
  await server.close();
});

const DOCUMENTS = {
  1: gql`
    mutation One($id: Int!) {
      createOrder(id: $id) {
        id
      }
    }
  `,
  2: gql`
    mutation Two($id: Int!) {
      createOrder(id: $id) {
        id
      }
      audit
    }
  `,
} as const;

/** Sends one mutation for each plan, at once; answers what was delivered. */
type Send = (
  resilience: Resilience,
  ids: readonly number[],
  courses: readonly Plan[],
) => Promise<unknown>[];

const cache = new InMemoryCache();

function apollo(link: (uri: string) => HttpLink | BatchHttpLink): Send {
  return (resilience, ids, courses) => {
    const client = new ApolloClient({
      link: new ResilienceLink(resilience).concat(link(server.url)),
      cache,
    });
    return ids.map(async (id, at) => {
      const mutation = DOCUMENTS[courses[at]!.rootFields];
      const { error } = await client.mutate({
        mutation,
        variables: { id },
        errorPolicy: 'all',
        fetchPolicy: 'no-cache',
      });
      return error;
    });
  };
}

function apolloClient3(link: (uri: string) => apollo3.ApolloLink): Send {
  return (resilience, ids, courses) => {
    const client = new apollo3.ApolloClient({
      link: new ResilienceLink3(resilience).concat(link(server.url)),
      cache: new apollo3.InMemoryCache(),
    });
    return ids.map((id, at) =>
      client
        .mutate({
          mutation: DOCUMENTS[courses[at]!.rootFields],
          variables: { id },
          fetchPolicy: 'no-cache',
        })
        .then(
          () => undefined,
          (error: unknown) => error,
        ),
    );
  };
}

function urql(
  resilience: Resilience,
  ids: readonly number[],
  courses: readonly Plan[],
): Promise<unknown>[] {
  const exchanges = [resilienceExchange(resilience), fetchExchange];
  const client = new Client({ url: server.url, exchanges, preferGetMethod: false });
  return ids.map(async (id, at) => {
    const { error } = await client.mutation(DOCUMENTS[courses[at]!.rootFields], { id }).toPromise();
    return error;
  });
}

/** What became of one mutation. */
interface Outcome {
  readonly plan: Plan;
  readonly requests: number;
  readonly executions: number;
  readonly failure: Failure | undefined;
}

/** It ran twice, or it ran and is said not to have. */
function isHarmed({ executions, failure }: Outcome): boolean {
  return executions > 1 || (executions > 0 && failure?.executed === false);
}

/** It was delivered although nothing had run, and whoever refused it would have taken it the next time. */
function isForsaken({ plan, requests }: Outcome): boolean {
  return requests === 1 && isPlainRefusal(plan);
}

/** Plays plans, one instance and one client for each few of them. */
async function play(send: Send, courses: readonly Plan[], inBatch: boolean): Promise<Outcome[]> {
  let token = 0;
  const resilience = createResilience({
    retry: { backoff: { transient: 0, throttled: 0, locked: 0 }, budget: false },
    auth: {
      tokens: { accessToken: 'token' },
      refresh: async () => ({ accessToken: `token ${++token}` }),
    },
  });
  const ids = courses.map((plan) => server.begin(plan, inBatch));
  const errors = await Promise.all(send(resilience, ids, courses));
  resilience.dispose();
  return courses.map((plan, at) => {
    const { requests, executions } = server.course(ids[at]!);
    return { plan, requests, executions, failure: failureOf(errors[at]) };
  });
}

const ways = [
  { way: 'Apollo over HTTP', send: apollo((uri) => new HttpLink({ uri })), cases: 4_000, size: 1 },
  {
    way: 'Apollo in batches',
    send: apollo((uri) => new BatchHttpLink({ uri, batchInterval: 1 })),
    cases: 2_000,
    size: 2,
  },
  {
    way: 'Apollo 3 over HTTP',
    send: apolloClient3((uri) => new apollo3.HttpLink({ uri })),
    cases: 4_000,
    size: 1,
  },
  {
    way: 'Apollo 3 in batches',
    send: apolloClient3((uri) => new BatchHttpLink3({ uri, batchInterval: 1 })),
    cases: 2_000,
    size: 2,
  },
  { way: 'urql', send: urql, cases: 4_000, size: 1 },
];

/** How many instances are busy at once. */
const ABREAST = 20;

describe.each(ways)('$way', ({ send, cases, size }) => {
  const group = fc.array(plans, { minLength: size, maxLength: size });
  const crowds = fc.array(group, { minLength: ABREAST, maxLength: ABREAST });
  // What fails tells enough of itself; to shrink it would take minutes.
  const run = { endOnFailure: true, numRuns: cases / ABREAST / size, seed: 20_261_130 };
  const inBatch = size > 1;

  it(
    'F9 M1 M2 what is sent again had not run, whatever a server answers',
    { timeout: 600_000 },
    async () => {
      let refusals = 0;
      await fc.assert(
        fc.asyncProperty(crowds, async (crowd) => {
          const played = await Promise.all(crowd.map((each) => play(send, each, inBatch)));
          const outcomes = played.flat();
          expect(outcomes.filter(isHarmed)).toEqual([]);
          if (inBatch) return;
          expect(outcomes.filter(isForsaken)).toEqual([]);
          refusals += outcomes.filter(({ plan }) => isPlainRefusal(plan)).length;
        }),
        run,
      );
      if (!inBatch) expect(refusals).toBeGreaterThan(cases / 50);
    },
  );
});
