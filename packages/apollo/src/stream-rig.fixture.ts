import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApolloLink, HttpLink, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { startFaultServer } from '@holdfast/testing';
import { print } from 'graphql';
import { createClient as createSseClient } from 'graphql-sse';
import type { RequestParams } from 'graphql-sse';
import { createClient as createSocketClient } from 'graphql-ws';
import type { Client as SocketClient } from 'graphql-ws';
import type { Extra } from 'graphql-ws/use/ws';
import { useServer } from 'graphql-ws/use/ws';
import { Observable } from 'rxjs';
import { WebSocket, WebSocketServer } from 'ws';
import { createFeed } from './feed.fixture.ts';
import type { Feed } from './feed.fixture.ts';

export const NEWS: ReturnType<typeof gql> = gql`
  subscription News {
    news
  }
`;

/** A feed behind one way to stream, and the link that an application would use for it. */
export interface Rig {
  readonly feed: Feed;
  readonly link: ApolloLink;
  /** The tokens that streams were asked for with, in their order. */
  tokens(): readonly (string | undefined)[];
  /** What a link that signs by itself, as `connectionParams` do, signs with. */
  own(token: string): void;
  /** So many of the next streams are lost after their first event. */
  breaks(times: number): void;
  /** So many of the next streams are refused before they begin, in passing. */
  refuses(times: number): void;
  /** The next stream is refused for its token. */
  rejects(): void;
  close(): Promise<void>;
}

/** Server-sent events, as graphql-sse's recipe for Apollo Client does it, signed by the operation's context. */
class SseLink extends ApolloLink {
  constructor(url: string) {
    super((operation) => {
      const { headers } = operation.getContext() as { headers?: Record<string, string> };
      const client = createSseClient({ url, headers: { ...headers }, retryAttempts: 0 });
      const { variables, operationName } = operation;
      const request: RequestParams = { query: print(operation.query), variables };
      return new Observable((observer) =>
        client.subscribe<Record<string, unknown>>(
          { ...request, ...(operationName !== undefined && { operationName }) },
          {
            next: (result) => observer.next(result as ApolloLink.Result),
            error: (error) => observer.error(error),
            complete: () => observer.complete(),
          },
        ),
      );
    });
  }
}

async function overHttp(createLink: (url: string) => ApolloLink): Promise<Rig> {
  const feed = createFeed();
  const server = await startFaultServer({ schema: feed.schema });
  return {
    feed,
    link: createLink(server.url),
    tokens: () => server.requests.map(({ token }) => token),
    own: () => undefined,
    breaks: (times) => server.inject({ reset: 'body', times }),
    refuses: (times) => server.inject({ status: 503, times }),
    rejects: () => server.inject({ status: 401 }),
    close: server.close,
  };
}

interface SocketRig extends Rig {
  readonly sockets: WebSocket[];
  /** What the link goes over. */
  readonly client: SocketClient;
}

/** GraphQLWsLink without any options of ours: the application's own `connectionParams`. */
export async function overSocket(): Promise<SocketRig> {
  const feed = createFeed();
  const http = createServer();
  const webSockets = new WebSocketServer({ server: http });
  const sockets: WebSocket[] = [];
  const tokens: (string | undefined)[] = [];
  let broken = 0;
  let refused = 0;
  let refusal: readonly [number, string] = [1013, 'Try again later'];
  let own: string | undefined;
  webSockets.on('connection', (socket) => sockets.push(socket));
  const over = useServer<{ readonly authorization?: string }>(
    {
      schema: feed.schema,
      onConnect: ({ connectionParams, extra }) => {
        tokens.push(connectionParams?.authorization);
        if (refused > 0) (extra as Extra).socket.close(...refusal);
        refused -= 1;
      },
      onNext: ({ extra }) => {
        const { socket } = extra as Extra;
        if (broken > 0) setImmediate(() => socket.close(1012, 'Restart'));
        broken -= 1;
      },
    },
    webSockets,
  );
  await new Promise<void>((resolve) => {
    http.listen(0, '127.0.0.1', resolve);
  });
  const { port } = http.address() as AddressInfo;
  const client = createSocketClient({
    url: `ws://127.0.0.1:${port}/`,
    webSocketImpl: WebSocket,
    connectionParams: () => ({ authorization: own }),
    retryAttempts: 0,
  });
  return {
    feed,
    sockets,
    client,
    link: new GraphQLWsLink(client),
    tokens: () => tokens,
    own: (token) => {
      own = token;
    },
    breaks: (times) => {
      broken = times;
    },
    refuses: (times) => {
      refused = times;
    },
    rejects: () => {
      refused = 1;
      refusal = [4403, 'Forbidden'];
    },
    close: async () => {
      await client.dispose();
      await over.dispose();
      for (const socket of sockets) socket.terminate();
      http.closeAllConnections();
      await new Promise((resolve) => {
        http.close(resolve);
      });
    },
  };
}

/** Every way by which Apollo Client streams subscriptions. */
export const WAYS: readonly (readonly [string, () => Promise<Rig>])[] = [
  ['multipart HTTP', () => overHttp((uri) => new HttpLink({ uri }))],
  ['server-sent events', () => overHttp((url) => new SseLink(url))],
  ['GraphQLWsLink', overSocket],
];
