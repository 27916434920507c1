import { checkInstance } from '@holdfast/core';
import type { Attempt, Resilience } from '@holdfast/core';
import type { ClientOptions } from 'graphql-ws';
import { platformWebSocket, socketClass } from './connection-socket.ts';
import type { WebSocketClass } from './connection-socket.ts';
import { Connection } from './connection.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

type Awaitable<T> = T | Promise<T>;

/** What {@link resilientSocket} takes. */
export interface SocketOptions {
  /**
   * Makes the payload of `ConnectionInit` from the header fields that sign a request. Asked at each
   * connect. Default: the header fields as they are, such as `{ authorization: 'Bearer …' }`.
   */
  readonly connectionParams?: (
    headers: Readonly<Record<string, string>>,
  ) => Awaitable<Record<string, unknown> | undefined>;
  /** Default: the platform's `WebSocket`. In Node before 22, that of the package `ws`. */
  readonly webSocketImpl?: unknown;
}

/**
 * Options for a graphql-ws client whose connection Holdfast looks after: tokens at each connect, close
 * codes, waits, and a new socket when the session has new tokens (S4). Spread them last. One call serves
 * one client.
 *
 * They set `connectionParams`, `webSocketImpl`, `shouldRetry`, `retryWait` and `retryAttempts`; `url`,
 * `lazy`, `keepAlive`, `on` and the others remain yours.
 *
 * @throws TypeError where there is no `WebSocket`, or `webSocketImpl` is none; in development builds, where an option is
 *   misspelt or of the wrong kind.
 *
 * @example
 * const client = createClient({ url: 'wss://api.example/graphql', ...resilientSocket(resilience) });
 */
export function resilientSocket(
  resilience: Resilience,
  options: SocketOptions = {},
): Partial<ClientOptions> {
  checkInstance(resilience, 'resilientSocket()');
  if (process.env.NODE_ENV !== 'production') checkOptions(options);
  const { connectionParams = signed } = options;
  const base = options.webSocketImpl ?? platformWebSocket();
  if (typeof base !== 'function') {
    throw new TypeError(
      `resilientSocket: webSocketImpl is ${base === undefined ? 'not given and the platform has no WebSocket' : String(base)}; give it a class, such as WebSocket of the package ws.`,
    );
  }
  const connection = new Connection(resilience);
  return {
    webSocketImpl: socketClass(connection, base as WebSocketClass),
    connectionParams: () => {
      const { headers } = connection;
      if (headers !== undefined) return connectionParams(headers);
      throw new TypeError(
        'resilientSocket: webSocketImpl was replaced; hand it to resilientSocket, and spread what it returns last.',
      );
    },
    shouldRetry: (problem) => connection.shouldRetry(problem),
    retryWait: () => connection.retryWait(),
    retryAttempts: Infinity,
  };
}

/** @throws TypeError One sentence that names the option, what was given and what is allowed (X5). */
function checkOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`resilientSocket: options must be an object, not ${String(options)}.`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (name !== 'connectionParams' && name !== 'webSocketImpl') {
      throw new TypeError(
        `resilientSocket: ${name} is no option; allowed are connectionParams, webSocketImpl, and what else createClient takes is given to that.`,
      );
    }
    if (name === 'connectionParams' && value !== undefined && typeof value !== 'function') {
      const given = typeof value === 'object' && value !== null ? 'an object' : String(value);
      throw new TypeError(
        `resilientSocket: connectionParams must be a function of the header fields, not ${given}.`,
      );
    }
  }
}

/** Without a session there is nothing to say, and a payload that says nothing is no payload. */
function signed(headers: Attempt['headers']): Record<string, unknown> | undefined {
  return Object.keys(headers).length > 0 ? { ...headers } : undefined;
}
