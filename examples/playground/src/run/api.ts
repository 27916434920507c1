import type { Fault, SchemaParts } from '@holdfast/testing';
import { createFaultHandler } from '@holdfast/testing/handlers';
import { GraphQLError } from 'graphql';
import { BEGINNING } from '../scenario/scenario.ts';
import { TROUBLE_AT, SLOW_EXPIRY, troubleOf } from '../scenario/troubles.ts';
import type { TroubleName } from '../scenario/troubles.ts';

const typeDefs = /* GraphQL */ `
  type Query {
    products(visit: ID!): [Product!]!
    cart(visit: ID!): Cart!
  }
  type Mutation {
    "Places an order, each time that it runs."
    placeOrder(reference: ID!): Order!
  }
  type Product {
    id: ID!
    name: String!
    price: Int!
    "Fails while the shop has trouble with a part of its data."
    stock: Int
  }
  type Cart {
    id: ID!
    items: Int!
    "Fails while the shop has trouble with a part of its data."
    total: Int
  }
  type Order {
    reference: ID!
    "Fails while the shop has trouble with a part of its data."
    receipt: String
  }
`;

const PRODUCTS = [
  { id: '1', name: 'Anchor', price: 120, stock: 12 },
  { id: '2', name: 'Buoy', price: 45, stock: 30 },
  { id: '3', name: 'Rope, 20 m', price: 28, stock: 64 },
];

/** What the API of one side is to whoever calls it. */
export interface Api {
  readonly url: string;
  readonly tokenUrl: string;
  readonly fetch: typeof globalThis.fetch;
  /** In order: when an order was placed that had been placed before, and which. */
  readonly placedTwice: readonly { readonly at: number; readonly number: number }[];
}

/** Each field that the trouble `partial` is about goes through `whole`. */
function shop(place: (reference: string) => void, partial: () => boolean): SchemaParts {
  function whole<T>(value: T): T {
    if (!partial()) return value;
    throw new GraphQLError('This part of the shop is out of reach.', {
      extensions: { code: 'SERVICE_UNAVAILABLE' },
    });
  }
  return {
    typeDefs,
    resolvers: {
      Query: {
        products: () => PRODUCTS,
        cart: () => ({ id: 'cart', items: 2, total: 165 }),
      },
      Mutation: {
        placeOrder: (_: unknown, { reference }: { reference: string }) => {
          place(reference);
          return { reference };
        },
      },
      Product: { stock: ({ stock }: { stock: number }) => whole(stock) },
      Cart: { total: ({ total }: { total: number }) => whole(total) },
      Order: { receipt: ({ reference }: { reference: string }) => whole(`receipt-${reference}`) },
    },
  };
}

const LOCKED = { each: 2_000, for: 800 };

/** What the trouble is to the API while it lasts; nothing where it is one of the network or of the tokens. */
function faultOf(trouble: TroubleName): readonly Fault[] {
  const from = BEGINNING + TROUBLE_AT;
  const until = from + troubleOf(trouble).lasts;
  const during = (path: string, fault: Fault, also = (_at: number): boolean => true): Fault => ({
    ...fault,
    name: trouble,
    times: Infinity,
    on: ({ path: asked, at }) => asked === path && at >= from && at < until && also(at),
  });
  switch (trouble) {
    case 'outage':
      return [
        during('/graphql', { status: 503, html: true }),
        during('/token', { status: 503, html: true }),
      ];
    case 'token-endpoint':
      return [during('/token', { status: 503, html: true })];
    case 'limit-hint': {
      // A date, so that it is the same instant for whoever asks meanwhile. It knows whole seconds only.
      const date = new Date(Math.ceil(until / 1_000) * 1_000).toUTCString();
      return [during('/graphql', { status: 429, headers: { 'retry-after': date } })];
    }
    case 'limit':
      return [during('/graphql', { status: 429 })];
    case 'locked':
      return [during('/graphql', { status: 423 }, (at) => (at - from) % LOCKED.each < LOCKED.for)];
    case 'failing':
      return [during('/graphql', { status: 500, execute: true })];
    default:
      return [];
  }
}

/** When the tokens die, of themselves or with their session; milliseconds since the run began. */
function deathOf(
  trouble: TroubleName,
): { readonly at: number; readonly session: boolean } | undefined {
  if (trouble === 'revoke') return { at: TROUBLE_AT, session: true };
  if (trouble === 'expire' || trouble === 'token-endpoint')
    return { at: TROUBLE_AT, session: false };
  return trouble === 'slow' ? { at: TROUBLE_AT + SLOW_EXPIRY, session: false } : undefined;
}

/** A shop that wants a token. Its refresh tokens serve once, and using one twice ends the session (RFC 9700, section 4.14.2). */
export async function createApi(trouble: TroubleName, now: () => number): Promise<Api> {
  const orders = new Set<string>();
  const placedTwice: { at: number; number: number }[] = [];
  const { lasts } = troubleOf(trouble);
  const schema = shop(
    (reference) => {
      if (orders.has(reference)) placedTwice.push({ at: now(), number: Number(reference) });
      orders.add(reference);
    },
    () => trouble === 'partial' && now() >= TROUBLE_AT && now() < TROUBLE_AT + lasts,
  );
  const { url, tokenUrl, fetch, expireTokens, revokeTokens } = await createFaultHandler({
    schema,
    auth: { refreshTokens: true },
    faults: faultOf(trouble),
  });
  const death = deathOf(trouble);
  if (death !== undefined) {
    setTimeout(death.session ? revokeTokens : expireTokens, death.at - now());
  }
  return { url, tokenUrl, fetch, placedTwice };
}
