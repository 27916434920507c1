import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, graphql } from 'graphql';
import type { Extra } from 'graphql-ws/use/ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

const schema = buildSchema(`
  type Query { hello: String }
  type Mutation { touch: Int }
  type Subscription { ticks: Int }
`);

/** One socket, as the server saw it. */
export interface Accepted {
  readonly socket: WebSocket;
  /** What it introduced itself with; `undefined` before it did. */
  params: Readonly<Record<string, unknown>> | undefined;
  acknowledged: boolean;
  /** Subscriptions that go on over it. */
  subscriptions: number;
  /** The code that it ended with. */
  code: number | undefined;
}

/** Somebody who has subscribed, as the server saw it. */
export interface Subscribed {
  readonly id: string;
  readonly query: string;
  readonly accepted: Accepted;
}

/** A GraphQL server that checks tokens over sockets and over HTTP. */
export interface SocketServer {
  readonly url: string;
  readonly httpUrl: string;
  /** The tokens that it takes; anything else is closed with 4403, or answered with 401. */
  readonly valid: Set<string>;
  /** Every socket so far, the oldest first. */
  readonly sockets: Accepted[];
  /** The socket that is open now. */
  readonly current: Accepted;
  /** How often HTTP was asked. */
  requests: number;
  /** Called when a socket has introduced itself; an answer is the code that it is closed with. */
  greet: ((accepted: Accepted) => number | undefined) | undefined;
  /** Everybody who has subscribed so far, documents that are none included. */
  readonly subscribed: readonly Subscribed[];
  /** Called when somebody subscribes; an answer is the code that the socket is closed with. */
  admit: ((query: string) => Admission | Promise<Admission>) | undefined;
  /** How often a document was sent. */
  sends(query: string): number;
  /** What the mutation does. */
  touch: () => Promise<number>;
  publish(value: number): void;
  close(): Promise<void>;
}

type Admission = number | readonly [code: number, reason: string] | undefined;

export function tokenOf(accepted: Accepted): string | undefined {
  const { authorization } = accepted.params ?? {};
  return typeof authorization === 'string' ? authorization.replace('Bearer ', '') : undefined;
}

/** Values for whoever listens. */
function channel(onEnd: () => void): {
  iterator: AsyncIterableIterator<unknown>;
  push(value: number): void;
} {
  const ready: number[] = [];
  let wake: ((result: IteratorResult<unknown>) => void) | undefined;
  let over = false;
  const take = (): IteratorResult<unknown> | undefined => {
    if (over) return { done: true, value: undefined };
    const [ticks] = ready.splice(0, 1);
    return ticks === undefined ? undefined : { done: false, value: { data: { ticks } } };
  };
  const iterator: AsyncIterableIterator<unknown> = {
    [Symbol.asyncIterator]: () => iterator,
    next: () =>
      new Promise((resolve) => {
        const now = take();
        if (now === undefined) wake = resolve;
        else resolve(now);
      }),
    return: () => {
      if (!over) onEnd();
      over = true;
      wake?.({ done: true, value: undefined });
      return Promise.resolve({ done: true, value: undefined });
    },
  };
  return {
    iterator,
    push: (value) => {
      ready.push(value);
      const waiting = wake;
      const now = waiting === undefined ? undefined : take();
      wake = undefined;
      if (now !== undefined) waiting?.(now);
    },
  };
}

export async function startSocketServer(): Promise<SocketServer> {
  const http = createServer((request, response) => void answer(server, request, response));
  const webSockets = new WebSocketServer({ server: http, path: '/graphql' });
  const listeners = new Set<(value: number) => void>();
  const bySocket = new WeakMap<WebSocket, Accepted>();
  const sockets: Accepted[] = [];
  const subscribed: Subscribed[] = [];
  webSockets.on('connection', (socket) => {
    const accepted: Accepted = {
      socket,
      params: undefined,
      acknowledged: false,
      subscriptions: 0,
      code: undefined,
    };
    bySocket.set(socket, accepted);
    sockets.push(accepted);
    socket.on('close', (code) => {
      accepted.code = code;
    });
  });
  const acceptedBy = (extra: Extra): Accepted => bySocket.get(extra.socket as WebSocket)!;
  const over = useServer(
    {
      schema,
      roots: {
        query: { hello: () => 'world' },
        mutation: { touch: () => server.touch() },
        subscription: {},
      },
      onConnect: ({ connectionParams, extra }) => {
        const accepted = acceptedBy(extra);
        accepted.params = connectionParams ?? {};
        const code = server.greet?.(accepted);
        if (code !== undefined) {
          accepted.socket.close(code);
          return;
        }
        const taken = server.valid.has(tokenOf(accepted) ?? '');
        accepted.acknowledged = taken;
        return taken;
      },
      subscribe: ({ contextValue }) => {
        const accepted = contextValue as Accepted;
        accepted.subscriptions++;
        const { iterator, push } = channel(() => {
          listeners.delete(push);
          accepted.subscriptions--;
        });
        listeners.add(push);
        return iterator as AsyncIterableIterator<never>;
      },
      context: ({ extra }) => acceptedBy(extra),
      onSubscribe: async ({ extra }, id, { query }) => {
        const accepted = acceptedBy(extra);
        subscribed.push({ id, query, accepted });
        const admission = await server.admit?.(query);
        if (admission === undefined) return;
        const [code, reason] = typeof admission === 'number' ? [admission, ''] : admission;
        accepted.socket.close(code, reason);
      },
    },
    webSockets,
  );
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const { port } = http.address() as AddressInfo;
  const server: SocketServer = {
    url: `ws://127.0.0.1:${port}/graphql`,
    httpUrl: `http://127.0.0.1:${port}/graphql`,
    valid: new Set(['t1']),
    sockets,
    get current() {
      return sockets.at(-1)!;
    },
    requests: 0,
    subscribed,
    sends: (query) => subscribed.filter((one) => one.query === query).length,
    greet: undefined,
    admit: undefined,
    touch: () => Promise.resolve(1),
    publish: (value) => {
      for (const push of listeners) push(value);
    },
    close: async () => {
      if (!http.listening) return;
      for (const { socket } of sockets) socket.terminate();
      await over.dispose();
      http.closeAllConnections();
      await new Promise((resolve) => {
        http.close(resolve);
      });
    },
  };
  return server;
}

async function answer(
  server: SocketServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  server.requests++;
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const token = request.headers.authorization?.replace('Bearer ', '') ?? '';
  const { query } = JSON.parse(body) as { query: string };
  const taken = server.valid.has(token);
  const result = taken
    ? await graphql({ schema, source: query, rootValue: { hello: () => 'world' } })
    : { errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }] };
  response.writeHead(taken ? 200 : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify(result));
}
