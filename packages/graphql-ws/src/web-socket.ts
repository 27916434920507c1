/** As much of a WebSocket as graphql-ws uses. */
export interface WebSocketLike {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: never) => void): void;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

/** What makes one: the platform's, or that of the package `ws`. */
export type WebSocketClass = new (url: string, protocols?: string | string[]) => WebSocketLike;

/** The platform's, where there is one. */
export function platformWebSocket(): WebSocketClass | undefined {
  const { WebSocket } = globalThis as { WebSocket?: WebSocketClass };
  return WebSocket;
}
