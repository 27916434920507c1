import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { useServer } from 'graphql-ws/use/ws';
import { createGraphQLError, createSchema, createYoga } from 'graphql-yoga';
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

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

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

  const orders: Readonly<Record<string, () => void>> = {
    '/expire': () => {
      tokens.expire();
      if (options.expiry === 'error') return;
      // Those who are connected were let in with a token that serves no more.
      for (const socket of sockets.clients) socket.close(4403, 'Forbidden');
    },
    '/drop': () => {
      for (const socket of sockets.clients) socket.terminate();
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/graphql') return yoga(request, response);
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (request.method !== 'POST') return sendPage(pathname, response);
    if (pathname === '/login') return json(200, tokens.issue());
    if (pathname === '/token') {
      const refresh = new URLSearchParams(await text(request)).get('refresh_token');
      const renewed = tokens.renew(refresh);
      return renewed === undefined ? json(400, { error: 'invalid_grant' }) : json(200, renewed);
    }
    orders[pathname]?.();
    return json(pathname in orders ? 200 : 404, {});
  }

  async function sendPage(pathname: string, response: ServerResponse): Promise<void> {
    const file = pathname === '/' ? '/index.html' : pathname;
    const content = await readFile(join(options.page, file)).catch(absent);
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': type });
    response.end(content);
  }

  const http = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
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

/** A page that is not there is an answer; one that cannot be read is not. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'EISDIR') throw error;
}
