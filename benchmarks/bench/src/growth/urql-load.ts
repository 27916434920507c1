import { resilienceExchange } from '@holdfast/urql';
import type { Exchange, Operation, OperationResult } from '@urql/core';
import { filter, makeSubject, merge, pipe } from 'wonka';
import { signedIn } from '../added-time/credentials.ts';
import { feedExchanges, queryOperation } from '../urql-feed.ts';
import type { Load } from './load.ts';

/** Begins `size` operations, and then answers them in the order in which they came. */
export function urqlInFlight(size: number): Load {
  const resilience = signedIn();
  const waiting: Operation[] = [];
  const answers = makeSubject<OperationResult>();
  const holding: Exchange = () => (operations$) =>
    merge([
      answers.source,
      pipe(
        operations$,
        filter((operation): operation is never => {
          if (operation.kind !== 'teardown') waiting.push(operation);
          return false;
        }),
      ),
    ]);
  const send = feedExchanges([resilienceExchange(resilience), holding], () => {});
  return {
    run() {
      for (let key = 1; key <= size; key += 1) {
        send(queryOperation(key));
      }
      for (const operation of waiting.splice(0)) {
        const data = { item: { id: '1' } };
        answers.next({ operation, data, stale: false, hasNext: false });
      }
      return size;
    },
    end: () => resilience.dispose(),
  };
}
