import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { useServer } from 'graphql-ws/use/ws';
import { createGraphQLError, createSchema, createYoga } from 'graphql-yoga';
import { Hono } from 'hono';
import { WebSocketServer } from 'ws';
import { tokenIn, Tokens } from './tokens.ts';

export interface LiveServer {
  readonly origin: string;
  readonly tokens: Tokens;
  readonly sockets: WebSocketServer;
  close(): Promise<void>;
}

export interface LiveServerOptions {
  readonly port: number;
  /** Folder of the built page. */
  readonly page: string;
  /** Milliseconds from tick to tick. */
  readonly period: number;
  /** How a socket hears that its token is dead: it is closed, or what goes over it fails. */
  readonly expiry: 'close' | 'error';
}

/** What both transports put in the context. */
interface Asker {
  readonly token: string | undefined;
}

const typeDefs = /* GraphQL */ `
  type Query {
    now: String!
  }
  type Subscription {
    ticks: Int!
  }
`;

/** Serves the page, the API over HTTP and socket with the same tokens, and two troubles to order. */
export async function startServer(options: LiveServerOptions): Promise<LiveServer> {
  const tokens = new Tokens();
  const began = Date.now();
  const count = (): number => Math.floor((Date.now() - began) / options.period);
  const admit = ({ token }: Asker): void => {
    if (tokens.serves(token)) return;
    throw createGraphQLError('Who are you?', { extensions: { code: 'UNAUTHENTICATED' } });
  };
  const schema = createSchema<Asker>({
    typeDefs,
    resolvers: {
      Query: {
        now: (_, __, asker) => {
          admit(asker);
          return new Date().toISOString();
        },
      },
      Subscription: {
        ticks: {
          async *subscribe() {
            for (;;) yield await sleep(options.period, count());
          },
          resolve: (ticks: number, _, asker) => {
            admit(asker);
            return ticks;
          },
        },
      },
    },
  });
  const yoga = createYoga<object, Asker>({
    schema,
    logging: false,
    context: ({ request }) => ({ token: tokenIn(request.headers.get('authorization')) }),
  });

  const app = new Hono();
  app.all('/graphql', ({ req }) => yoga.fetch(req.raw));
  app.post('/login', (context) => context.json(tokens.issue()));
  app.post('/token', async (context) => {
    const refresh = (await context.req.formData()).get('refresh_token');
    const renewed = tokens.renew(typeof refresh === 'string' ? refresh : null);
    return renewed === undefined
      ? context.json({ error: 'invalid_grant' }, 400)
      : context.json(renewed);
  });
  app.post('/expire', (context) => {
    tokens.expire();
    if (options.expiry === 'close') {
      // Those who are connected were let in with a token that serves no more.
      for (const socket of sockets.clients) socket.close(4403, 'Forbidden');
    }
    return context.json({});
  });
  app.post('/drop', (context) => {
    for (const socket of sockets.clients) socket.terminate();
    return context.json({});
  });
  app.get('*', serveStatic({ root: options.page }));

  const http = createAdaptorServer({ fetch: app.fetch }) as Server;
  const sockets = new WebSocketServer({ server: http, path: '/graphql' });
  useServer(
    {
      schema,
      // graphql-ws closes with 4403 whom this does not let in.
      onConnect: ({ connectionParams }) =>
        tokens.serves(tokenIn(connectionParams?.['authorization'])),
      context: ({ connectionParams }) => ({ token: tokenIn(connectionParams?.['authorization']) }),
    },
    sockets,
  );
  http.listen(options.port, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    tokens,
    sockets,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => {
        http.close(resolve);
      });
    },
  };
}
