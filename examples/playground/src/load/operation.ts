import { parse } from 'graphql';
import type { DocumentNode } from 'graphql';

/** One operation that all four clients are asked for at one instant. */
export interface LoadOperation {
  readonly number: number;
  readonly kind: 'query' | 'mutation';
  readonly name: string;
  readonly document: DocumentNode;
  readonly variables: { readonly id: string };
}

const PRODUCT = parse('query Product($id: ID!) { product(id: $id) { id name stock } }');
const ORDER = parse(
  'mutation PlaceOrder($id: ID!) { placeOrder(reference: $id) { reference receipt } }',
);

/** Every so many operations one is a mutation. */
const MUTATIONS = 4;

/** No two have the same variables, or a client would send one request for both. */
export function loadOperation(number: number): LoadOperation {
  const variables = { id: String(number) };
  return number % MUTATIONS === 0
    ? { number, kind: 'mutation', name: 'PlaceOrder', document: ORDER, variables }
    : { number, kind: 'query', name: 'Product', document: PRODUCT, variables };
}
