import { resilienceExchange } from '@holdfast/urql';
import type { Exchange, Operation, OperationResult } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { retryExchange } from '@urql/exchange-retry';
import { filter, makeSubject, map, merge, pipe } from 'wonka';
import { feedExchanges, queryOperation } from '../urql-feed.ts';
import type { Answers, Contender, Match } from './contender.ts';
import { accessToken, signedIn } from './credentials.ts';

const isRequest = ({ kind }: Operation): boolean => kind !== 'teardown';

function answerTo(operation: Operation): OperationResult {
  const { id } = operation.variables as { readonly id: number };
  return { operation, data: { item: { id, name: 'kelp' } }, stale: false, hasNext: false };
}

/** Answers from memory, in the place of `fetchExchange`. */
function memory(answers: Answers): Exchange {
  if (answers === 'in-call')
    return () => (operations$) => pipe(operations$, filter(isRequest), map(answerTo));
  // A subject, and no mergeMap: that looks through all operations under way whenever one ends.
  const later = makeSubject<OperationResult>();
  return () => (operations$) =>
    merge([
      later.source,
      pipe(
        operations$,
        filter((operation): operation is never => {
          if (isRequest(operation)) queueMicrotask(() => later.next(answerTo(operation)));
          return false;
        }),
      ),
    ]);
}

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

/** At the exchanges: what they alone cost. */
function through(exchanges: Exchange[]): Contender {
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
}

export function urqlMatch(answers: Answers): Match {
  return {
    bare: through([memory(answers)]),
    ours: through([resilienceExchange(signedIn()), memory(answers)]),
    peer: through([...pair(), memory(answers)]),
  };
}
