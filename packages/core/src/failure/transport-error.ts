import type { Finding } from './profile.ts';
import type { SocketClose } from './profile-form.ts';
import { first, firstItems, isObject, property, text, word } from '../base/property.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** How many errors are looked at (X4). */
const MOST_NODES = 32;

/** Codes of Node, undici and Bun for a line that was lost, or never stood (F8, P2). */
const NETWORK_CODE =
  /^(?:E(?:CONN|NOTFOUND|AI_|PIPE|TIMEDOUT|HOST|NET)|UND_ERR_|Connection|FailedToOpenSocket|ERR_STREAM_PREMATURE)/;

/** Those among them of an attempt that never left the machine (F9). */
const NEVER_SENT = /REFUSED|NOTFOUND|^EAI_|CONNECT_TIMEOUT|FailedToOpen/i;

/**
 * What platforms say of it where they give no code, in this order: Chromium and Safari, some with the host
 * behind; Node; XMLHttpRequest, Firefox and Bun; React Native; Workers and Safari; Safari; Node's streams
 * and sockets; GraphQLWsLink's error event; Apollo Client's multipart bodies; Firefox, of an answer
 * that is cut; Deno, and Firefox of such a stream.
 */
const NETWORK_MESSAGE =
  /^\s*(?:(?:failed to fetch|load failed)(?: \(.*)?|fetch failed|terminated|other side closed|socket (?:hang up|closed)|(?:a |the )?network ?(?:error(?: (?:occurred|when .*))?|request failed|connection (?:was )?lost)|the internet connection .*|could not connect to the server|a server with the .*|premature end of .*|content-length header .*|error (?:sending request|reading a|in input) .*)\.?$/is;

/** What follows happened before a connection stood, as Deno has it. */
const NOT_CONNECTED = /^error sending request .*client error \(Connect\)/s;

/** What platforms say of a request whose body went out with an earlier one: a stream, or a `Request`. */
const SPENT = /disturbed or locked|stream is (?:lock|disturb)ed|already been used/i;

/** The error, its `networkError`, its causes, and the parts of an AggregateError; circles once. */
export function reachable(error: unknown): readonly unknown[] {
  const nodes = new Set<unknown>();
  const add = (node: unknown): unknown =>
    isObject(node) && nodes.size < MOST_NODES && nodes.add(node);
  add(error);
  for (const node of nodes) {
    const inner = ['networkError', 'cause', isErrorEvent(node) ? 'error' : ''];
    [...inner.map((key) => property(node, key)), ...partsOf(node)].forEach(add);
  }
  return [...nodes];
}

/** Those of an AggregateError, with which Node's dual-stack connect fails: its `errors` are no GraphQL errors. */
export const partsOf = (node: unknown): readonly unknown[] =>
  property(node, 'name') === 'AggregateError'
    ? firstItems(property(node, 'errors'), MOST_NODES)
    : [];

/** A WebSocket's, whose connection could not be made or was lost; a browser's says nothing more. */
const isErrorEvent = (node: unknown): boolean =>
  property(node, 'type') === 'error' && typeof property(node, 'target') === 'object';

/** What a transport's error means by itself, whatever status came with it. */
export type TransportMeaning = Finding & {
  readonly code?: string | undefined;
  readonly close?: SocketClose;
};

/**
 * Finds what a transport's error means: by names, codes and close events anywhere in its causes, then by
 * messages (F8). Nothing for an error that says nothing of the kind.
 */
export function transportMeaning(nodes: readonly unknown[]): TransportMeaning {
  const says = (pattern: RegExp): boolean => nodes.some((node) => pattern.test(messageOf(node)));
  const found = first(nodes, (node): TransportMeaning | undefined => {
    const name = property(node, 'name');
    const code = text(property(node, 'code'));
    const close = closeOf(node);
    if (name === 'AbortError' || code === 'ABORT_ERR') return { kind: 'aborted', code };
    if (name === 'TimeoutError') return { kind: 'timeout', code };
    if (close) return { close };
    return NETWORK_CODE.test(code as string)
      ? { ...network(nodes.length < MOST_NODES && nodes.every(isUnsent)), code }
      : undefined;
  });
  if (found) return found;
  if (nodes.some(isErrorEvent) || says(NETWORK_MESSAGE)) {
    return network(says(NOT_CONNECTED));
  }
  if (!says(SPENT)) return {};
  // It cannot be sent (R3). Platforms say the same of an answer's body, so it is no proof that none came.
  const advice =
    process.env.NODE_ENV !== 'production'
      ? 'Give an upload as a Blob, File or FormData, which can be sent again: the body of this request was a stream, and an earlier attempt has read it.'
      : '';
  return { kind: 'bad_input', advice };
}

/** As far as it is matched (X4). */
const messageOf = (node: unknown): string => word(property(node, 'message'), 1_000) ?? '';

const network = (isNeverSent?: boolean): Finding => ({
  kind: 'network',
  executed: isNeverSent ? false : undefined,
});

/** One address refused and another reset: something may have been sent. */
function isUnsent(node: unknown): boolean {
  const code = text(property(node, 'code'));
  return (
    // What a socket meets when it is opened anew says nothing of what went over the last one.
    !isErrorEvent(node) &&
    (!code ||
      NEVER_SENT.test(code) ||
      property(node, 'syscall') === 'connect' ||
      partsOf(node).length > 0)
  );
}

/**
 * A close event, or what is known to be one. GraphQLWsLink makes one a plain error that has the code in its
 * message only. One that names no code is 1005 (RFC 6455 7.1.5).
 */
export function closeOf(node: unknown, isClose = false): SocketClose | undefined {
  const [, told, reason = property(node, 'reason')] =
    /^Socket closed with event (\d{4})(?: ([^]*))?$/.exec(messageOf(node)) ?? [];
  const code = Number(told ?? word(property(node, 'code')));
  const isEvent = typeof reason === 'string' || property(node, 'type') === 'close';
  return isClose || told || (isEvent && code >= 1000 && code < 5000)
    ? { code: code || 1005, reason: text(reason) ?? '' }
    : undefined;
}
