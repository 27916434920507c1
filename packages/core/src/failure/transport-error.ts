import type { SocketClose } from './close-code.ts';
import type { VerdictDetail } from './profile.ts';
import { firstItems, isArray, property, text } from './property.ts';
import { isSpentBody, SPENT_BODY } from './spent-body.ts';

/** How far causes are followed, and how many errors are looked at in all (X4). */
const DEEPEST = 8;
const MOST_NODES = 32;

/** Nothing left the machine with these (F9). */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const NETWORK_CODES: ReadonlySet<string> = new Set([
  ...NEVER_SENT,
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
]);

/** What platforms say of a lost line where they give no code, in lower case (F8). */
const NETWORK_MESSAGES: ReadonlySet<string> = new Set([
  'failed to fetch', // Chromium
  'fetch failed', // Node
  'load failed', // Safari
  'networkerror when attempting to fetch resource.', // Firefox
  'network request failed', // React Native
  'the network connection was lost.', // Safari
  'network error', // a body that breaks off, Chromium
  'terminated', // the same, Node
  'other side closed',
  'socket hang up',
  'premature end of multipart body', // Apollo Client
  'socket closed', // GraphQLWsLink, for an error event
]);

/** Newer Chromium adds the host: `Failed to fetch (api.example)`. */
const FAILED_TO_FETCH = /^failed to fetch \([^)]{0,300}\)$/;

/** GraphQLWsLink makes a close event a plain error that has the code in its message only. */
const SOCKET_CLOSED = /^Socket closed with event (\d{4})(?: ([^]*))?$/;

/** What a transport's error means by itself, whatever status came with it. */
export type TransportMeaning =
  | { readonly verdict: VerdictDetail; readonly code: string | undefined }
  | { readonly close: SocketClose };

/**
 * Finds what a transport's error means: by names, codes and close events anywhere in its causes, then by
 * messages (F8). `undefined` for an error that says nothing of the kind.
 */
export function transportMeaning(error: unknown): TransportMeaning | undefined {
  const { nodes, isAll } = reachable(error);
  const neverSent = isAll && nodes.every(saysNeverSent);
  for (const node of nodes) {
    const meaning = named(node) ?? closed(node) ?? coded(node, neverSent);
    if (meaning !== undefined) return meaning;
  }
  const messages = nodes.map((node) => text(node, 'message'));
  if (nodes.some(isErrorEvent) || messages.some(isNetworkMessage)) {
    return { verdict: { kind: 'network' }, code: undefined };
  }
  return messages.some(isSpentBody) ? { verdict: SPENT_BODY, code: undefined } : undefined;
}

/** The error, its `networkError`, its causes, and the parts of an AggregateError; cycles once. */
function reachable(error: unknown): {
  readonly nodes: readonly unknown[];
  readonly isAll: boolean;
} {
  const nodes = new Set<unknown>();
  let isAll = true;
  const visit = (node: unknown, depth: number): void => {
    if (node === null || typeof node !== 'object' || nodes.has(node)) return;
    if (depth > DEEPEST || nodes.size >= MOST_NODES) {
      isAll = false;
      return;
    }
    nodes.add(node);
    visit(property(node, 'networkError'), depth + 1);
    visit(property(node, 'cause'), depth + 1);
    if (isErrorEvent(node)) visit(property(node, 'error'), depth + 1);
    const parts = isAggregate(node) ? property(node, 'errors') : undefined;
    if (!isArray(parts)) return;
    if (Number(property(parts, 'length')) > MOST_NODES) isAll = false;
    for (const part of firstItems(parts, MOST_NODES)) visit(part, depth + 1);
  };
  visit(error, 0);
  return { nodes: [...nodes], isAll };
}

/** Node's dual-stack connect fails with one: its `errors` are no GraphQL errors. */
export function isAggregate(error: unknown): boolean {
  return property(error, 'name') === 'AggregateError';
}

function named(node: unknown): TransportMeaning | undefined {
  const name = property(node, 'name');
  const code = text(node, 'code');
  if (name === 'AbortError' || code === 'ABORT_ERR') return { verdict: { kind: 'aborted' }, code };
  return name === 'TimeoutError' ? { verdict: { kind: 'timeout' }, code } : undefined;
}

function coded(node: unknown, neverSent: boolean): TransportMeaning | undefined {
  const code = networkCode(node);
  if (code === undefined) return undefined;
  return { verdict: { kind: 'network', ...(neverSent && { executed: false }) }, code };
}

/** One address refused and another reset, or a reason that is not known: something may have been sent. */
function saysNeverSent(node: unknown): boolean {
  // A socket that could not be opened again says nothing of what went over it before (S4).
  if (isErrorEvent(node)) return false;
  const code = text(node, 'code');
  if (code === undefined || NEVER_SENT.has(code)) return true;
  // The kernel gave up on a connection that was never there; on one that was, `syscall` is another.
  return code === 'ETIMEDOUT' && property(node, 'syscall') === 'connect';
}

function networkCode(node: unknown): string | undefined {
  const code = text(node, 'code');
  if (code === undefined) return undefined;
  return NETWORK_CODES.has(code) || code.startsWith('UND_ERR_') ? code : undefined;
}

function closed(node: unknown): TransportMeaning | undefined {
  const code = property(node, 'code');
  const reason = property(node, 'reason');
  const isEvent = typeof reason === 'string' || property(node, 'type') === 'close';
  if (isEvent && Number.isInteger(code) && Number(code) >= 1000 && Number(code) < 5000) {
    return { close: { code: Number(code), reason: typeof reason === 'string' ? reason : '' } };
  }
  const found = SOCKET_CLOSED.exec(text(node, 'message')?.slice(0, 1_000) ?? '');
  return found ? { close: { code: Number(found[1]), reason: found[2] ?? '' } } : undefined;
}

/** A WebSocket's, whose connection could not be made or was lost; a browser's says nothing more. */
function isErrorEvent(node: unknown): boolean {
  const target = property(node, 'target');
  return property(node, 'type') === 'error' && typeof target === 'object' && target !== null;
}

function isNetworkMessage(message: string | undefined): boolean {
  if (message === undefined || message.length > 400) return false;
  const lower = message.toLowerCase();
  return NETWORK_MESSAGES.has(lower) || FAILED_TO_FETCH.test(lower);
}
