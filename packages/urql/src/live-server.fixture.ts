import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buildSchema, GraphQLError } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/http';
import type { Extra } from 'graphql-ws/use/ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { FaultServer } from '@holdfast/testing';
import { onTestFinished } from 'vitest';
import { startServer } from './exchange.fixture.ts';
import { LiveStream } from './live-stream.fixture.ts';

/** How a subscription reaches its server. */
export type Carrier = 'graphql-ws' | 'graphql-sse' | 'fetch';
export const CARRIERS: readonly Carrier[] = ['graphql-ws', 'graphql-sse', 'fetch'];

const TYPES = 'type Query { hello: String } type Subscription { ticks: Int! }';

export interface LiveServer {
  readonly url: string;
  /** Every stream so far. */
  readonly streams: readonly LiveStream[];
  /** How often somebody asked for a stream, refusals included. */
  readonly asked: () => number;
  /** How many streams were open at once, at most. */
  readonly most: () => number;
  /** Refuses the next one who asks, before anything runs. */
  refuse(...errors: readonly Error[]): void;
  /** The stream of that number, once it is there. */
  started(count: number): Promise<LiveStream>;
}

/** What all carriers share. */
class Feed {
  readonly streams: LiveStream[] = [];
  readonly refusals: Error[] = [];
  asked = 0;
  most = 0;
  readonly #awaited = new Map<number, (stream: LiveStream) => void>();

  /** Throws a refusal. */
  open(token: string | undefined, socket?: WebSocket): LiveStream {
    this.asked++;
    const [refusal] = this.refusals.splice(0, 1);
    if (refusal !== undefined) throw refusal;
    const stream = new LiveStream(token, socket);
    this.streams.push(stream);
    this.most = Math.max(this.most, this.streams.filter(({ isOpen }) => isOpen).length);
    this.#awaited.get(this.streams.length)?.(stream);
    return stream;
  }

  /** For a server that takes results as they are. */
  results(token: string | undefined, socket?: WebSocket): unknown {
    try {
      return executed(this.open(token, socket));
    } catch (error) {
      return { errors: [error] };
    }
  }

  at(url: string): LiveServer {
    return {
      url,
      streams: this.streams,
      asked: () => this.asked,
      most: () => this.most,
      refuse: (...errors) => void this.refusals.push(...errors),
      started: (count) =>
        new Promise((resolve) => {
          const stream = this.streams[count - 1];
          if (stream === undefined) this.#awaited.set(count, resolve);
          else resolve(stream);
        }),
    };
  }
}

function executed(stream: LiveStream): AsyncIterableIterator<unknown> {
  const results: AsyncIterableIterator<unknown> = {
    next: async () => {
      const { done, value } = await stream.next();
      if (done === true) return { done, value };
      return {
        done: false,
        value:
          value instanceof Error ? { data: null, errors: [value] } : { data: { ticks: value } },
      };
    },
    return: () => stream.return(),
    [Symbol.asyncIterator]: () => results,
  };
  return results;
}

/** What a resolver throws where the token is no good. */
export function coded(code: string, path?: readonly string[]): GraphQLError {
  return new GraphQLError(`Refused: ${code}.`, {
    extensions: { code },
    ...(path === undefined ? {} : { path }),
  });
}

function isRefusal(results: unknown): boolean {
  return typeof results === 'object' && results !== null && 'errors' in results;
}

function bearer(authorization: unknown): string | undefined {
  return typeof authorization === 'string' ? authorization.replace('Bearer ', '') : undefined;
}

/** A server whose streams the test feeds, for one test. */
export async function startLive(carrier: Carrier): Promise<LiveServer> {
  const feed = new Feed();
  if (carrier === 'graphql-ws') return feed.at(await startSockets(feed));
  if (carrier === 'graphql-sse') return feed.at(await startEvents(feed));
  return feed.at((await startYoga(feed)).url);
}

async function startSockets(feed: Feed): Promise<string> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  const over = useServer(
    {
      schema: buildSchema(TYPES),
      context: ({ connectionParams, extra }) => ({
        token: bearer(connectionParams?.['authorization']),
        socket: (extra as Extra).socket,
      }),
      subscribe: ({ contextValue }) => {
        const { token, socket } = contextValue as { token?: string; socket: WebSocket };
        return feed.results(token, socket) as never;
      },
    },
    sockets,
  );
  const port = await listening(http);
  onTestFinished(async () => {
    for (const socket of sockets.clients) socket.terminate();
    await over.dispose();
    await closed(http);
  });
  return `ws://127.0.0.1:${port}`;
}

async function startEvents(feed: Feed): Promise<string> {
  const handler = createHandler({
    schema: buildSchema(TYPES),
    context: ({ raw }) => ({ raw }),
    subscribe: ({ contextValue }) => {
      const { headers, socket } = (contextValue as { raw: IncomingMessage }).raw;
      const results = feed.results(bearer(headers.authorization));
      const stream = feed.streams.at(-1);
      // The package itself returns the source only after its next event.
      if (!isRefusal(results)) socket.once('close', () => stream?.end());
      return results as never;
    },
  });
  const http = createServer((request: IncomingMessage, response: ServerResponse) => {
    // It rethrows what a source of events throws; the response is cut then.
    handler(request, response).catch(() => response.destroy());
  });
  const port = await listening(http);
  onTestFinished(() => closed(http));
  return `http://127.0.0.1:${port}`;
}

function startYoga(feed: Feed): Promise<FaultServer> {
  return startServer({
    schema: {
      typeDefs: TYPES,
      resolvers: {
        Subscription: {
          ticks: {
            subscribe: (_: unknown, __: unknown, { token }: { token: string | undefined }) =>
              feed.open(token),
            resolve: (event: number | Error) => {
              if (event instanceof Error) throw event;
              return event;
            },
          },
        },
      },
    },
  });
}

async function listening(http: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  return (http.address() as AddressInfo).port;
}

async function closed(http: Server): Promise<void> {
  http.closeAllConnections();
  await new Promise((resolve) => {
    http.close(resolve);
  });
}
