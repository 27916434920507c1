import { isArray, isPlain, isRecord, property, text } from './property.ts';
import { statusNumber } from './status.ts';
import { isAggregate } from './transport-error.ts';

/** How far `networkError` and `cause` are followed (X4). */
const DEEPEST = 8;

/** What a client's error carries of the answer that it stands for. */
export interface Carried {
  readonly status: number | undefined;
  readonly headers: unknown;
  readonly errors: unknown;
  readonly data: unknown;
  readonly extensions: unknown;
  readonly body: unknown;
  /** It comes from where a redirect has led, not from where the operation was sent. */
  readonly redirected: boolean;
  /** The most telling message: the network error's own where a client wraps it. */
  readonly message: string | undefined;
}

/**
 * Takes the answer out of an error by its shape, since clients differ and classes are duplicated:
 * `ServerError` (`statusCode`, `response`, `bodyText`), `CombinedGraphQLErrors` (`errors`, `data`),
 * `CombinedError` (`graphQLErrors`, `networkError`, `response`), a bare `Response`, a list of GraphQL
 * errors (graphql-ws), and the errors of common HTTP clients.
 */
export function carriedBy(error: unknown): Carried {
  const chain = causes(error);
  const pick = <T>(read: (node: unknown) => T): T | undefined =>
    chain.map(read).find((found) => found !== undefined && found !== null);
  const graphql = chain.find((node) => graphqlErrors(node) !== undefined);
  return {
    status: pick(statusOf),
    headers: pick((node) => property(node, 'headers') ?? property(answer(node), 'headers')),
    errors: graphqlErrors(graphql),
    data: property(graphql, 'data') ?? property(answer(graphql), 'data'),
    extensions: property(graphql, 'extensions') ?? property(answer(graphql), 'extensions'),
    body: pick(bodyOf),
    redirected: chain.some((node) => [node, answer(node)].some(isRedirected)),
    message: words(property(error, 'networkError')) ?? words(error),
  };
}

/** urql delivers a CombinedError with nothing in it for `errors: []`: the answer still counts, the error does not. */
export function isHollow(error: unknown): boolean {
  const list = property(error, 'graphQLErrors');
  return isArray(list) && list.length === 0 && property(error, 'networkError') === undefined;
}

function causes(error: unknown): readonly unknown[] {
  const chain = new Set<unknown>();
  let node = error;
  while (typeof node === 'object' && node !== null && chain.size < DEEPEST && !chain.has(node)) {
    chain.add(node);
    node = property(node, 'networkError') ?? property(node, 'cause');
  }
  return [...chain];
}

/** As `fetch` says of a Response. */
function isRedirected(response: unknown): boolean {
  return property(response, 'redirected') === true;
}

function answer(node: unknown): unknown {
  return property(node, 'response');
}

function statusOf(node: unknown): number | undefined {
  return (
    statusNumber(property(node, 'statusCode')) ??
    statusNumber(property(node, 'status')) ??
    statusNumber(property(answer(node), 'status'))
  );
}

function graphqlErrors(node: unknown): unknown {
  if (isArray(node)) return node;
  const lists = [
    isAggregate(node) ? undefined : property(node, 'errors'),
    property(node, 'graphQLErrors'),
    property(answer(node), 'errors'),
  ];
  const list = lists.find((found) => isArray(found) && found.length > 0);
  if (list !== undefined) return list;
  // A GraphQL error thrown by itself.
  return isRecord(property(node, 'extensions')) && text(node, 'message') !== undefined
    ? [node]
    : undefined;
}

/** The body where it was read already; a stream says nothing any more. */
function bodyOf(node: unknown): unknown {
  const bodies = [
    property(node, 'bodyText'),
    property(node, 'body'),
    property(node, 'result'),
    property(node, 'data'),
    property(answer(node), 'data'),
  ];
  return bodies.find((body) => typeof body === 'string' || isPlain(body));
}

/** A thrown string is its own message. */
function words(error: unknown): string | undefined {
  return typeof error === 'string' ? error : text(error, 'message');
}
