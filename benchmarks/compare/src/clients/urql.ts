import { Client, fetchExchange } from '@urql/core';
import type { AnyVariables, Exchange, OperationResult } from '@urql/core';
import { pipe, subscribe } from 'wonka';
import { outcomeOf } from '../outcome.ts';
import type { Outcome } from '../outcome.ts';
import type { Request, StackClient } from '../stack.ts';

/** urql over a chain of exchanges that ends at the network. Queries are subscribed to, as `useQuery` does it. */
export function urqlClient(
  url: string,
  exchanges: readonly Exchange[],
  fetch?: typeof globalThis.fetch,
): StackClient {
  const client = new Client({
    url,
    preferGetMethod: false,
    exchanges: [...exchanges, fetchExchange],
    ...(fetch && { fetch }),
  });
  return {
    query(request) {
      let stop = (): void => undefined;
      const outcome = new Promise<Outcome>((resolve) => {
        const { unsubscribe } = pipe(
          client.query(request.document, request.variables ?? {}, context(request)),
          subscribe((result) => {
            if (!result.stale && !result.hasNext) resolve(read(result));
          }),
        );
        stop = unsubscribe;
      });
      return { outcome, stop };
    },
    mutate: async (request) =>
      read(
        await client
          .mutation(request.document, request.variables ?? {}, context(request))
          .toPromise(),
      ),
    close: () => undefined,
  };
}

function context({ signal }: Request): Record<string, unknown> {
  const policy = { requestPolicy: 'network-only' };
  return signal === undefined ? policy : { ...policy, fetchOptions: { signal } };
}

function read({ data, error }: OperationResult<unknown, AnyVariables>): Outcome {
  return outcomeOf(data, error, error?.graphQLErrors ?? []);
}
