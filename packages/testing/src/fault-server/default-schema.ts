import { createGraphQLError } from 'graphql-yoga';
import type { SchemaParts } from '../graphql-engine.ts';

/** What resolvers of the fault server find in their context. */
export interface FaultServerContext {
  /** The token that the request carried. */
  readonly token: string | undefined;
  /** Whether that token is good. Always `true` where the server checks none. */
  readonly authorized: boolean;
  /** Header fields of the request, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Keeps no process alive. */
function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer: { unref?(): unknown } | number = setTimeout(resolve, ms);
    if (typeof timer === 'object') timer.unref?.();
  });
}

const typeDefs = /* GraphQL */ `
  type Query {
    hello(name: String): String!
    "Answers after so many milliseconds."
    slow(ms: Int!): String!
    items: [Item!]!
    "Null and FORBIDDEN for an unknown id."
    item(id: ID!): Item
    "UNAUTHENTICATED without a good token, as partial data."
    me: User
  }
  type Mutation {
    add(name: String!): Item!
    "UNAUTHENTICATED without a good token, as partial data."
    rename(id: ID!, name: String!): Item
  }
  type Subscription {
    "Counts from 1, one event every so many milliseconds."
    ticks(count: Int!, every: Int = 10): Int!
  }
  type Item {
    id: ID!
    name: String!
  }
  type User {
    id: ID!
    name: String!
  }
`;

interface Item {
  readonly id: string;
  readonly name: string;
}

function unauthenticated(): Error {
  return createGraphQLError('Sign in first.', { extensions: { code: 'UNAUTHENTICATED' } });
}

function createQuery(items: Map<string, Item>): Record<string, unknown> {
  return {
    hello: (_: unknown, { name }: { name?: string }) => `Hello, ${name ?? 'world'}!`,
    slow: async (_: unknown, { ms }: { ms: number }) => {
      await sleep(ms);
      return `waited ${ms} ms`;
    },
    items: () => [...items.values()],
    item: (_: unknown, { id }: { id: string }) => {
      const item = items.get(id);
      if (item !== undefined) return item;
      throw createGraphQLError(`Item ${id} is not yours.`, { extensions: { code: 'FORBIDDEN' } });
    },
    me: (_: unknown, __: unknown, context: FaultServerContext) => {
      if (!context.authorized) throw unauthenticated();
      return { id: 'user-1', name: 'Ada' };
    },
  };
}

function createMutation(items: Map<string, Item>): Record<string, unknown> {
  return {
    add: (_: unknown, { name }: { name: string }) => {
      const item = { id: String(items.size + 1), name };
      items.set(item.id, item);
      return item;
    },
    rename: (_: unknown, { id, name }: Item, context: FaultServerContext) => {
      if (!context.authorized) throw unauthenticated();
      items.set(id, { id, name });
      return { id, name };
    },
  };
}

async function* ticks(
  _: unknown,
  { count, every }: { count: number; every: number },
): AsyncGenerator<{ ticks: number }> {
  for (let tick = 1; tick <= count; tick += 1) {
    yield { ticks: tick };
    if (tick < count) await sleep(every);
  }
}

/** Small, and enough for most tests: quick and slow queries, a list, partial data, mutations that leave a trace. */
export function createDefaultSchema(): SchemaParts {
  const items = new Map<string, Item>([
    ['1', { id: '1', name: 'anchor' }],
    ['2', { id: '2', name: 'buoy' }],
  ]);
  return {
    typeDefs,
    resolvers: {
      Query: createQuery(items),
      Mutation: createMutation(items),
      Subscription: { ticks: { subscribe: ticks } },
    },
  };
}
