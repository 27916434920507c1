import { createGraphQLError } from 'graphql-yoga';
import type { SchemaParts } from '../graphql-engine.ts';
import type { TbintOrder, TbintOrderLine } from './tbint-options.ts';

/** What a request led to beside its data: it decides the HTTP status. */
export interface TbintOutcome {
  imported: boolean;
  missing: boolean;
}

/** What resolvers find in their context. */
export interface TbintContext {
  readonly outcome: TbintOutcome;
}

/** Queries and arguments are TBInt's public ones. The mutation's name and the objects' fields are ours. */
const salesTypes = /* GraphQL */ `
  enum SortOrder {
    ASC
    DESC
  }
  type Query {
    orders(
      salesChannel: String!
      sortBy: String
      sortOrder: SortOrder
      searchInput: String
      skip: Int
      page: Int
      take: Int
    ): [Order!]
    orderByOrderRefNumber(salesChannel: String!, orderRefNumber: String!): Order
    orderByExtOrderId(salesChannel: String!, extOrderId: String!): Order
  }
  type Mutation {
    importOrder(salesChannel: String!, extOrderId: String!, lines: [OrderLineInput!]!): Order
  }
  input OrderLineInput {
    model: String!
    color: String!
    quantity: Int!
  }
  type OrderLine {
    model: String!
    color: String!
    quantity: Int!
  }
  type Order {
    orderId: ID!
    orderRefNumber: String!
    extOrderId: String!
    salesChannel: String!
    lines: [OrderLine!]!
  }
`;

const productTypes = /* GraphQL */ `
  enum SortOrder {
    ASC
    DESC
  }
  type Query {
    item(model: String!, color: String!): Item
    items(
      salesChannel: String!
      sortBy: String
      sortOrder: SortOrder
      searchInput: String
      page: Int
      take: Int
    ): [Item!]
  }
  type Item {
    model: String!
    color: String!
    name: String!
  }
`;

interface Listing {
  readonly salesChannel: string;
  readonly sortBy?: string | null;
  readonly sortOrder?: 'ASC' | 'DESC' | null;
  readonly searchInput?: string | null;
  readonly skip?: number | null;
  readonly page?: number | null;
  readonly take?: number | null;
}

function fault(message: string, type: string, code: string): Error {
  return createGraphQLError(message, { extensions: { type, code } });
}

/** A bare list, as TBInt answers it: no total and no next page to see. */
function list<T extends object>(all: readonly T[], given: Listing, most: number): T[] {
  const take = given.take ?? 100;
  if (take < 0 || take > most) throw fault(`take was ${take}; at most ${most}`, 'bad_input', '400');
  const search = given.searchInput ?? '';
  const fitting = all.filter((entry) => JSON.stringify(entry).includes(search));
  const key = given.sortBy as keyof T | null | undefined;
  if (key != null) {
    const sign = given.sortOrder === 'DESC' ? -1 : 1;
    fitting.sort((a, b) => sign * String(a[key]).localeCompare(String(b[key])));
  }
  const start = given.skip ?? ((given.page ?? 1) - 1) * take;
  return fitting.slice(start, start + take);
}

function found<T>(entry: T | undefined, what: string, context: TbintContext): T {
  if (entry !== undefined) return entry;
  context.outcome.missing = true;
  throw fault(`${what} not found`, 'not_found', '404');
}

interface ImportArguments {
  readonly salesChannel: string;
  readonly extOrderId: string;
  readonly lines: readonly TbintOrderLine[];
}

export function createSalesSchema(orders: TbintOrder[]): SchemaParts {
  const inChannel = (channel: string): TbintOrder[] =>
    orders.filter((order) => order.salesChannel === channel);
  return {
    typeDefs: salesTypes,
    resolvers: {
      Query: {
        orders: (_: unknown, given: Listing) => list(inChannel(given.salesChannel), given, 10_000),
        orderByOrderRefNumber: (
          _: unknown,
          given: { salesChannel: string; orderRefNumber: string },
          context: TbintContext,
        ) => {
          const number = given.orderRefNumber;
          const order = inChannel(given.salesChannel).find((one) => one.orderRefNumber === number);
          return found(order, `Order ${number}`, context);
        },
        orderByExtOrderId: (
          _: unknown,
          given: { salesChannel: string; extOrderId: string },
          context: TbintContext,
        ) => {
          const id = given.extOrderId;
          const order = inChannel(given.salesChannel).find((one) => one.extOrderId === id);
          return found(order, `Order ${id}`, context);
        },
      },
      Mutation: {
        importOrder(_: unknown, given: ImportArguments, context: TbintContext) {
          const number = orders.length + 1;
          const order: TbintOrder = {
            orderId: String(number),
            orderRefNumber: `R-${1_000 + number}`,
            ...given,
          };
          orders.push(order);
          context.outcome.imported = true;
          return order;
        },
      },
    },
  };
}

const ITEMS = ['black', 'navy', 'white'].flatMap((color) =>
  ['1001', '1002'].map((model) => ({ model, color, name: `Model ${model}, ${color}` })),
);

export function createProductsSchema(): SchemaParts {
  return {
    typeDefs: productTypes,
    resolvers: {
      Query: {
        item: (_: unknown, given: { model: string; color: string }, context: TbintContext) => {
          const item = ITEMS.find((one) => one.model === given.model && one.color === given.color);
          return found(item, `Item ${given.model} ${given.color}`, context);
        },
        items: (_: unknown, given: Listing) => list(ITEMS, given, 1_000),
      },
    },
  };
}
