import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { startFaultServer } from '@holdfast/testing';
import { GraphQLError } from 'graphql';
import { onTestFinished } from 'vitest';

const typeDefs = `
  type Query { orders: Int! }
  type Mutation { createOrder: Order! guarded: Order! audit: String! note: String }
  type Order { id: ID! customer: Customer! }
  type Customer { name: String! }
`;

type Resolvers = Record<string, Record<string, () => unknown>>;

/** What a server of orders does, and how it fails. */
export interface Orders {
  readonly url: string;
  /** How many orders were placed: what a person would pay for. */
  placed(): number;
}

/** Fails as resolvers do behind which something has lost its patience. */
function refuse(code: string): never {
  throw new GraphQLError(`no: ${code}`, { extensions: { code } });
}

/** @param code what `name`, `audit`, `note` and, once, `guarded` fail with. */
function ordersOf(code: string): { resolvers: Resolvers; placed: () => number } {
  let placed = 0;
  let guards = 1;
  const place = (): object => ({ id: String(++placed), customer: {} });
  const resolvers = {
    Query: { orders: () => placed },
    Mutation: {
      createOrder: place,
      guarded: () => (guards-- > 0 ? refuse(code) : place()),
      audit: () => refuse(code),
      note: () => refuse(code),
    },
    Customer: { name: () => refuse(code) },
  };
  return { resolvers, placed: () => placed };
}

/** A server of a make, with its own defaults. */
export interface OrderServer {
  readonly make: string;
  start(code: string): Promise<Orders>;
}

export const orderServers: readonly OrderServer[] = [
  {
    make: 'Apollo Server',
    async start(code) {
      const { resolvers, placed } = ordersOf(code);
      const server = new ApolloServer({ typeDefs, resolvers });
      const { url } = await startStandaloneServer(server, {
        listen: { port: 0, host: '127.0.0.1' },
      });
      onTestFinished(() => server.stop());
      return { url, placed };
    },
  },
  {
    make: 'graphql-yoga',
    async start(code) {
      const { resolvers, placed } = ordersOf(code);
      const server = await startFaultServer({ schema: { typeDefs, resolvers } });
      onTestFinished(() => server.close());
      return { url: server.url, placed };
    },
  },
];
