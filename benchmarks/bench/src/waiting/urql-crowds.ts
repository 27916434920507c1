import { createResilience } from '@holdfast/core';
import { resilienceExchange } from '@holdfast/urql';
import { CombinedError } from '@urql/core';
import type { Exchange, Operation, OperationResult } from '@urql/core';
import { authExchange } from '@urql/exchange-auth';
import { retryExchange } from '@urql/exchange-retry';
import { filter, makeSubject, merge, pipe } from 'wonka';
import { feedExchanges, queryOperation } from '../urql-feed.ts';
import { Sent } from './crowd.ts';
import type { Crowd } from './crowd.ts';
import { closedScope, limitHeaders, LONG_BACKOFF, pendingRefresh } from './obstacles.ts';

const networkError = new CombinedError({ networkError: new Error('Unavailable.') });

/** Answers from memory, in a later job as a network would, and notes that it had data. */
function memory(sent: Sent, error?: CombinedError): Exchange {
  const answer = (operation: Operation): OperationResult => {
    const rest = { operation, stale: false, hasNext: false };
    if (error !== undefined) return { ...rest, data: undefined, error };
    sent.note();
    return { ...rest, data: { item: { id: '1' } } };
  };
  // A subject, and no mergeMap: that looks through all operations under way whenever one ends.
  const answers = makeSubject<OperationResult>();
  return () => (operations$) =>
    merge([
      answers.source,
      pipe(
        operations$,
        filter((operation): operation is never => {
          const { kind } = operation;
          if (kind !== 'teardown') queueMicrotask(() => answers.next(answer(operation)));
          return false;
        }),
      ),
    ]);
}

function crowd(exchanges: Exchange[], sent: Sent, release?: () => void): Crowd {
  let arrived = (): void => {};
  const send = feedExchanges(exchanges, ({ error }) => {
    if (error !== undefined) throw error;
    arrived();
  });
  let key = 0;
  return {
    join(done) {
      arrived = done;
      key += 1;
      send(queryOperation(key));
    },
    ...(release && { release }),
    began: () => sent.any(),
  };
}

/** Holds its operations as an exchange that has sent them must: it knows them, and no more. */
export function urqlBare(): Crowd {
  const held: Operation[] = [];
  const silent: Exchange = () => (operations$) =>
    pipe(
      operations$,
      filter((operation): operation is never => held.push(operation) < 0),
    );
  return crowd([silent], new Sent());
}

export function urqlRefresh(): Crowd {
  const { refresh, succeed } = pendingRefresh();
  const sent = new Sent();
  const resilience = createResilience({ auth: { refresh } });
  return crowd([resilienceExchange(resilience), memory(sent)], sent, () => {
    succeed({ accessToken: 'fresh' });
  });
}

export function urqlGate(): Crowd {
  const sent = new Sent();
  const { options, open } = closedScope();
  const resilience = createResilience(options);
  resilience.execute(
    { kind: 'query', endpoint: 'http://localhost/graphql', options: { retry: false } },
    {
      send(_attempt, receiver) {
        receiver.error(new Error('Too many requests.'), { status: 429, headers: limitHeaders });
        return () => {};
      },
      read: () => undefined,
    },
    { next: () => {}, error: () => {}, complete: () => {} },
  );
  return crowd([resilienceExchange(resilience), memory(sent)], sent, open);
}

/** The pair waits for a refresh. */
export async function urqlPeersRefresh(): Promise<Crowd> {
  const { refresh, succeed } = pendingRefresh();
  const sent = new Sent();
  let isDead = true;
  const auth = authExchange((own) =>
    Promise.resolve({
      addAuthToOperation: (operation) =>
        own.appendHeaders(operation, { authorization: 'Bearer token' }),
      willAuthError: () => isDead,
      didAuthError: () => false,
      refreshAuth: async () => {
        await refresh();
        isDead = false;
      },
    }),
  );
  const made = crowd([auth, retryExchange({}), memory(sent)], sent, () => {
    succeed({ accessToken: 'fresh' });
  });
  // Until it is initialised it holds operations in another way.
  await new Promise(setImmediate);
  return made;
}

/** The pair waits before it tries again. */
export function urqlPeersBackoff(): Crowd {
  const retry = retryExchange({
    initialDelayMs: LONG_BACKOFF,
    maxDelayMs: LONG_BACKOFF,
    randomDelay: false,
  });
  const sent = new Sent();
  return crowd([retry, memory(sent, networkError)], sent);
}
