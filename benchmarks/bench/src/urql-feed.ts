import { Client, composeExchanges, createRequest, gql, makeOperation } from '@urql/core';
import type { Exchange, Operation, OperationResult, TypedDocumentNode } from '@urql/core';
import { makeSubject, pipe, subscribe } from 'wonka';

const url = 'http://localhost/graphql';

const query: TypedDocumentNode<unknown, { id: number }> = gql`
  query Item($id: ID!) {
    item(id: $id) {
      id
      name
    }
  }
`;

const request = createRequest(query, { id: 0 });

/** A query of its own, made of fresh objects; what is costly and urql's alone, its key, is given. */
export function queryOperation(key: number): Operation {
  return makeOperation(
    'query',
    { ...request, key, variables: { id: key } },
    { url, preferGetMethod: false, requestPolicy: 'network-only' },
  );
}

/**
 * Drives exchanges as a client does, without a client's own cost: operations go down, and each result is
 * followed by the teardown of its operation.
 */
export function feedExchanges(
  exchanges: Exchange[],
  receive: (result: OperationResult) => void,
): (operation: Operation) => void {
  const operations = makeSubject<Operation>();
  const results$ = composeExchanges(exchanges)({
    client: new Client({ url, exchanges: [] }),
    forward: () => {
      throw new Error('The last exchange forwards nothing.');
    },
    dispatchDebug: () => {},
  })(operations.source);
  pipe(
    results$,
    subscribe((result) => {
      operations.next(makeOperation('teardown', result.operation));
      receive(result);
    }),
  );
  return operations.next;
}
