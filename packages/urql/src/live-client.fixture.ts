import type { ResilienceOptions } from '@holdfast/core';
import { gql, subscriptionExchange } from '@urql/core';
import type { Operation, OperationResult, TypedDocumentNode } from '@urql/core';
import { createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { deferred, startClient } from './exchange.fixture.ts';
import type { TestClient } from './exchange.fixture.ts';
import type { Carrier } from './live-server.fixture.ts';

export const TICKS: TypedDocumentNode<{ ticks: number }> = gql`
  subscription Ticks {
    ticks
  }
`;

/** A client whose subscriptions go over the carrier, as its documentation has it. */
export function startLiveClient(
  carrier: Carrier,
  url: string,
  options: ResilienceOptions = {},
): TestClient {
  if (carrier === 'fetch') return startClient(url, options, { fetchSubscriptions: true });
  return startClient('http://127.0.0.1:9/unused', options, {
    below: [
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables, operationName }, { context }) => ({
          subscribe: (sink) => {
            const request = { query, variables, operationName } as { query: string };
            const headers = headersOf(context);
            const client =
              carrier === 'graphql-ws'
                ? createSocketClient({
                    url,
                    webSocketImpl: WebSocket,
                    retryAttempts: 0,
                    connectionParams: headers,
                  })
                : createEventClient({ url, retryAttempts: 0, headers });
            return { unsubscribe: client.subscribe(request, sink as never) };
          },
        }),
      }),
    ],
  });
}

/** Those that the attempt is sent with. */
function headersOf({ fetchOptions }: Operation['context']): Record<string, string> {
  return { ...((fetchOptions as RequestInit).headers as Record<string, string>) };
}

/** One subscriber, and what it was told. */
export interface Listener {
  readonly results: readonly OperationResult<{ ticks: number }>[];
  readonly ticks: () => unknown[];
  /** Settles once so many results have come. */
  got(count: number): Promise<void>;
  /** Settles with the result that says that nothing follows. */
  readonly last: Promise<OperationResult<{ ticks: number }>>;
  readonly leave: () => void;
}

export function listen({ client }: Pick<TestClient, 'client'>, context = {}): Listener {
  const results: OperationResult<{ ticks: number }>[] = [];
  const last = deferred<OperationResult<{ ticks: number }>>();
  const awaited = new Map<number, () => void>();
  const { unsubscribe } = client.subscription(TICKS, {}, context).subscribe((result) => {
    results.push(result);
    awaited.get(results.length)?.();
    if (!result.hasNext) last.resolve(result);
  });
  return {
    results,
    ticks: () => results.map(({ data }) => data?.ticks),
    got: (count) =>
      new Promise((resolve) => {
        if (results.length >= count) resolve();
        else awaited.set(count, resolve);
      }),
    last: last.promise,
    leave: unsubscribe,
  };
}
