import { resilienceExchange } from '@holdfast/urql';
import { Client, makeOperation } from '@urql/core';
import type { Exchange, Operation, OperationResult } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { retryExchange } from '@urql/exchange-retry';
import { filter, map, pipe, subscribe, take } from 'wonka';
import { feedExchanges, query, queryOperation } from '../urql-feed.ts';
import type { Contender, Match } from './contender.ts';
import { accessToken, signedIn } from './credentials.ts';

/** Answers at once, from memory, in the place of `fetchExchange`. */
const memory: Exchange = () => (operations$) =>
  pipe(
    operations$,
    filter(({ kind }) => kind !== 'teardown'),
    map((operation: Operation): OperationResult => ({
      operation,
      data: { item: { id: (operation.variables as { id: number }).id, name: 'kelp' } },
      stale: false,
      hasNext: false,
    })),
  );

function pair(): Exchange[] {
  return [
    authExchange((auth) =>
      Promise.resolve({
        addAuthToOperation: (operation) =>
          auth.appendHeaders(operation, { authorization: `Bearer ${accessToken}` }),
        didAuthError: ({ graphQLErrors }) =>
          graphQLErrors.some(({ extensions }) => extensions['code'] === 'UNAUTHENTICATED'),
        refreshAuth: () => Promise.reject(new Error('No token expires in a benchmark.')),
      }),
    ),
    retryExchange({}),
  ];
}

/** One copy with a header, and the result under the operation that was asked. It cures nothing. */
const least: Exchange =
  ({ forward }) =>
  (operations$) => {
    const asked = new Map<number, Operation>();
    return pipe(
      operations$,
      map((operation) => {
        if (operation.kind === 'teardown') return operation;
        asked.set(operation.key, operation);
        const headers = { authorization: `Bearer ${accessToken}` };
        const context = { ...operation.context, fetchOptions: { headers } };
        return makeOperation(operation.kind, operation, context);
      }),
      forward,
      map((result) => {
        const operation = asked.get(result.operation.key) ?? result.operation;
        asked.delete(operation.key);
        return { ...result, operation };
      }),
    );
  };

type Run = (exchanges: Exchange[]) => Contender;

function match(run: Run): Match {
  return {
    bare: run([memory]),
    least: run([least, memory]),
    ours: run([resilienceExchange(signedIn()), memory]),
    peer: run([...pair(), memory]),
  };
}

const throughExchanges: Run = (exchanges) => {
  const waiting = new Map<number, (data: unknown) => void>();
  const send = feedExchanges(exchanges, ({ operation, data }) => {
    const done = waiting.get(operation.key);
    waiting.delete(operation.key);
    done?.(data);
  });
  let key = 0;
  return {
    start(done) {
      key += 1;
      waiting.set(key, done);
      send(queryOperation(key));
    },
  };
};

const throughClient: Run = (exchanges) => {
  const client = new Client({ url: 'http://localhost/graphql', exchanges });
  let id = 0;
  return {
    start(done) {
      id += 1;
      pipe(
        client.query(query, { id }, { requestPolicy: 'network-only' }),
        take(1),
        subscribe(({ data }) => done(data)),
      );
    },
  };
};

/** At the exchanges: what they alone cost. */
export const urqlExchanges = (): Match => match(throughExchanges);

/** As an app calls it. */
export const urqlClient = (): Match => match(throughClient);
