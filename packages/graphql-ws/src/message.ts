/**
 * What a message tells of its connection: it is `open` (acknowledged), it has `served` an operation, or
 * merely that it is `busy`.
 */
export type Told = 'open' | 'served' | 'busy';

/** A message of GraphQL over WebSocket, as far as it can be read. */
export interface Message {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly payload?: unknown;
}

const ACKNOWLEDGED = /"type"\s*:\s*"connection_ack"/;
const REFUSED = /"type"\s*:\s*"connection_error"/;
const HEARTBEAT = /^\s*\{\s*"type"\s*:\s*"p[io]ng"/;

/**
 * Reads a message from the server by its look: graphql-ws parses it anyway, and what it does not
 * understand ends the connection (GraphQL over WebSocket, "Message types").
 */
export function told(data: unknown, open: boolean): Told {
  if (typeof data !== 'string') return 'busy';
  if (!open) return ACKNOWLEDGED.test(data) ? 'open' : 'busy';
  return HEARTBEAT.test(data) ? 'busy' : 'served';
}

/**
 * What a server said that refused the connection before it acknowledged it. The word is that of an older
 * protocol, which servers still use; graphql-ws knows no such message.
 */
export function refusal(data: unknown): { readonly payload: unknown } | undefined {
  if (typeof data !== 'string' || !REFUSED.test(data)) return undefined;
  const { type, payload } = read(data);
  return type === 'connection_error' ? { payload } : undefined;
}

/** What cannot be read is graphql-ws's to complain of. */
export function read(data: string): Message {
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === 'object' && message !== null ? message : {};
  } catch {
    return {};
  }
}
