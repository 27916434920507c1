import type { SchemaParts } from '@holdfast/testing';
import { GraphQLError } from 'graphql';

/** How many orders are remembered for telling that one was placed twice. */
const REMEMBERED = 20_000;

const typeDefs = /* GraphQL */ `
  type Query {
    product(id: ID!): Product!
  }
  type Mutation {
    "Places an order, each time that it runs."
    placeOrder(reference: ID!): Order!
  }
  type Product {
    id: ID!
    name: String!
    "Fails while the shop has trouble with a part of its data."
    stock: Int
  }
  type Order {
    reference: ID!
    "Fails while the shop has trouble with a part of its data."
    receipt: String
  }
`;

/** A small shop, and what became of its orders. */
export interface Shop {
  readonly schema: SchemaParts;
  /** How often an order was placed that had been placed before. */
  readonly placedTwice: number;
}

/** @param partial whether a part of the data is out of reach now. */
export function createShop(partial: () => boolean): Shop {
  const orders = new Set<string>();
  let placedTwice = 0;

  function whole<T>(value: T): T {
    if (!partial()) return value;
    throw new GraphQLError('This part of the shop is out of reach.', {
      extensions: { code: 'SERVICE_UNAVAILABLE' },
    });
  }

  function place(reference: string): void {
    if (orders.has(reference)) placedTwice += 1;
    orders.add(reference);
    const [oldest] = orders;
    if (orders.size > REMEMBERED && oldest !== undefined) orders.delete(oldest);
  }

  return {
    schema: {
      typeDefs,
      resolvers: {
        Query: { product: (_: unknown, { id }: { id: string }) => ({ id, name: `Anchor ${id}` }) },
        Mutation: {
          placeOrder: (_: unknown, { reference }: { reference: string }) => {
            place(reference);
            return { reference };
          },
        },
        Product: { stock: () => whole(12) },
        Order: { receipt: ({ reference }: { reference: string }) => whole(`receipt-${reference}`) },
      },
    },
    get placedTwice() {
      return placedTwice;
    },
  };
}
