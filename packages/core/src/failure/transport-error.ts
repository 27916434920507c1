import type { FailureKind } from '../base/failure.ts';
import type { SocketClose, VerdictDetail } from './profile-types.ts';
import { firstItems, isArray, property, text } from '../base/property.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** How far causes are followed, and how many errors are looked at in all (X4). */
const DEEPEST = 8;
const MOST_NODES = 32;

/** Codes of Node, undici and Bun for a line that was lost, or never stood (F8, P2). */
const NETWORK_CODE =
  /^(?:E(?:CONN|NOTFOUND|AI_|PIPE|TIMEDOUT|HOST|NET)|UND_ERR_|Connection|FailedToOpenSocket|ERR_STREAM_PREMATURE)/;

/** Those among them of an attempt that never left the machine (F9). */
const NEVER_SENT = /REFUSED|NOTFOUND|^EAI_|CONNECT_TIMEOUT|FailedToOpen/i;

/**
 * What platforms say of it where they give no code, in this order: Chromium and Safari, some with the host
 * behind; Node; XMLHttpRequest, Firefox and Bun; React Native; Workers and Safari; Safari; Node's streams
 * and sockets; GraphQLWsLink's error event; Apollo Client's multipart bodies; Deno.
 */
const NETWORK_MESSAGE =
  /^\s*(?:(?:failed to fetch|load failed)(?: \(.*\))?|fetch failed|(?:a )?network ?error(?: occurred| when .*)?|network request failed|(?:the )?network connection (?:was )?lost|the internet connection .*offline|could not connect to the server|a server with the specified hostname .*|terminated|other side closed|socket (?:hang up|closed)|premature end of multipart body|error (?:sending request|reading a body) .*)\.?$/is;

/** What follows happened before a connection stood, as Deno has it. */
const NOT_CONNECTED = /^error sending request .*client error \(Connect\)/s;

/** What platforms say of a request whose body went out with an earlier one: a stream, or a `Request`. */
const SPENT = /disturbed or locked|ReadableStream is (?:locked|disturbed)|already been used/i;

/** GraphQLWsLink makes a close event a plain error that has the code in its message only. */
const SOCKET_CLOSED = /^Socket closed with event (\d{4})(?: ([^]*))?$/;

/** Codes of the graphql-ws protocol, and of RFC 6455 7.4.1 where they mean more than a lost line (S4). */
const CLOSE_KINDS: Readonly<Record<number, FailureKind>> = {
  1002: 'bad_response',
  4004: 'bad_response',
  4005: 'bad_response',
  4400: 'bad_input',
  4401: 'unauthenticated',
  4403: 'unauthenticated',
  4406: 'bad_input',
  4408: 'timeout',
  4409: 'conflict',
  4429: 'rate_limited',
  4499: 'aborted',
  4500: 'server_error',
  4504: 'timeout',
};

/** What a close code means; `null` for 1000, which is no failure (S5). */
export function closeKind(code: number): FailureKind | null {
  if (code === 1000) return null;
  return CLOSE_KINDS[code] ?? (code > 1000 && code < 2000 ? 'network' : 'unknown');
}

/** In place of causes that are too deep to be looked at: what they say is not known. */
const DEEPER = { code: 'DEEPER' };

/** The error, its `networkError`, its causes, and the parts of an AggregateError; circles once. */
export function reachable(error: unknown): readonly unknown[] {
  const nodes = new Set<unknown>();
  const visit = (node: unknown, depth: number): void => {
    if (!node || typeof node !== 'object' || nodes.size >= MOST_NODES || nodes.has(node)) return;
    if (depth > DEEPEST) return void nodes.add(DEEPER);
    nodes.add(node);
    const inner = ['networkError', 'cause'].map((key) => property(node, key));
    if (isErrorEvent(node)) inner.push(property(node, 'error'));
    for (const part of [...inner, ...partsOf(node)]) visit(part, depth + 1);
  };
  visit(error, 0);
  return [...nodes];
}

/** Those of an AggregateError, with which Node's dual-stack connect fails: its `errors` are no GraphQL errors. */
export function partsOf(node: unknown): readonly unknown[] {
  const parts = property(node, 'name') === 'AggregateError' && property(node, 'errors');
  return isArray(parts) ? firstItems(parts, MOST_NODES) : [];
}

/** A WebSocket's, whose connection could not be made or was lost; a browser's says nothing more. */
function isErrorEvent(node: unknown): boolean {
  return property(node, 'type') === 'error' && typeof property(node, 'target') === 'object';
}

/** What a transport's error means by itself, whatever status came with it. */
export interface TransportMeaning {
  readonly verdict?: VerdictDetail;
  readonly code?: string | undefined;
  readonly close?: SocketClose;
}

/**
 * Finds what a transport's error means: by names, codes and close events anywhere in its causes, then by
 * messages (F8). Nothing for an error that says nothing of the kind.
 */
export function transportMeaning(nodes: readonly unknown[]): TransportMeaning {
  const said = nodes.map((node) => text(node, 'message')?.slice(0, 1_000) ?? '');
  const says = (pattern: RegExp): boolean => said.some((message) => pattern.test(message));
  for (const [index, node] of nodes.entries()) {
    const name = property(node, 'name');
    const code = text(node, 'code');
    if (name === 'AbortError' || code === 'ABORT_ERR')
      return { verdict: { kind: 'aborted' }, code };
    if (name === 'TimeoutError') return { verdict: { kind: 'timeout' }, code };
    const close = closeOf(node, said[index] as string);
    if (close) return { close };
    if (code && NETWORK_CODE.test(code)) return { verdict: network(nodes.every(isUnsent)), code };
  }
  if (nodes.some(isErrorEvent) || says(NETWORK_MESSAGE))
    return { verdict: network(says(NOT_CONNECTED)) };
  return says(SPENT) ? { verdict: spent() } : {};
}

function network(isNeverSent: boolean): VerdictDetail {
  return isNeverSent ? { kind: 'network', executed: false } : { kind: 'network' };
}

/** One address refused and another reset: something may have been sent. */
function isUnsent(node: unknown, _index: number, nodes: readonly unknown[]): boolean {
  const code = text(node, 'code') ?? '';
  return (
    nodes.length < MOST_NODES &&
    // What a socket meets when it is opened anew says nothing of what went over the last one.
    !isErrorEvent(node) &&
    (code === '' ||
      NEVER_SENT.test(code) ||
      property(node, 'syscall') === 'connect' ||
      partsOf(node).length > 0)
  );
}

/** It cannot be sent (R3). Platforms say the same of an answer's body, so it is no proof that none came. */
function spent(): VerdictDetail {
  return {
    kind: 'bad_input',
    advice:
      process.env.NODE_ENV !== 'production'
        ? 'Give an upload as a Blob, File or FormData, which can be sent again: the body of this request was a stream, and an earlier attempt has read it.'
        : '',
  };
}

function closeOf(node: unknown, message: string): SocketClose | undefined {
  const code = property(node, 'code') as number;
  const reason = property(node, 'reason');
  const isEvent = typeof reason === 'string' || property(node, 'type') === 'close';
  if (isEvent && code >= 1000 && code < 5000) return socketClose(node);
  const found = SOCKET_CLOSED.exec(message);
  return found ? { code: Number(found[1]), reason: found[2] ?? '' } : undefined;
}

/** One that names no code is 1005 (RFC 6455 7.1.5). */
export function socketClose(close: unknown): SocketClose {
  const code = property(close, 'code');
  return {
    code: Number.isInteger(code) ? (code as number) : 1005,
    reason: text(close, 'reason') ?? '',
  };
}
