/**
 * What a message tells of its connection: it is `open` (acknowledged), it has `served` an operation, or
 * merely that it is `busy`.
 */
export type Told = 'open' | 'served' | 'busy';

const ACKNOWLEDGED = /"type"\s*:\s*"connection_ack"/;
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
