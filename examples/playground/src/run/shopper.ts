import { parse } from 'graphql';
import type { DocumentNode } from 'graphql';
import { RUN_LASTS, VISITS, VISIT_LASTS } from '../scenario/scenario.ts';
import type { OperationRecord } from './recording.ts';

/** One operation that an application asks for. */
export interface ShopOperation extends Pick<
  OperationRecord,
  'number' | 'kind' | 'name' | 'shopper' | 'at'
> {
  readonly document: DocumentNode;
  readonly variables: { readonly id: string };
}

const PRODUCTS = parse('query Products($id: ID!) { products(visit: $id) { id name price stock } }');
const CART = parse('query Cart($id: ID!) { cart(visit: $id) { id items total } }');
const ORDER = parse(
  'mutation PlaceOrder($id: ID!) { placeOrder(reference: $id) { reference receipt } }',
);

/** What one person does, again and again: opens the shop, which asks twice at once, looks again, orders. */
const VISIT = [
  { after: 0, name: 'Products', kind: 'query', document: PRODUCTS },
  { after: 0, name: 'Cart', kind: 'query', document: CART },
  { after: 800, name: 'Products', kind: 'query', document: PRODUCTS },
  { after: 1_300, name: 'PlaceOrder', kind: 'mutation', document: ORDER },
] as const;

/** When the first visit begins: somebody has to sign in before. */
const BEGIN = 400;

/** Everything that is asked, by all of them, in order. No two have the same variables, or a client would send one request for both. */
export function shopping(shoppers: number): readonly ShopOperation[] {
  const people = Array.from({ length: shoppers }, (_, shopper) => shopper);
  const visits = Array.from({ length: VISITS }, (_, visit) => visit * VISIT_LASTS);
  return people
    .flatMap((shopper) =>
      visits.flatMap((begin) =>
        VISIT.map(({ after, ...what }) => ({
          ...what,
          shopper,
          // Who comes later than the end has been there before: a run is a cut-out of a day.
          at:
            BEGIN + ((begin + after + Math.round((shopper * VISIT_LASTS) / shoppers)) % RUN_LASTS),
        })),
      ),
    )
    .toSorted((one, other) => one.at - other.at)
    .map((operation, index) => ({
      ...operation,
      number: index + 1,
      variables: { id: String(index + 1) },
    }));
}
