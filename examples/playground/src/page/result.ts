import type { Recording, RequestRecord } from '../run/recording.ts';

/** What a side has come to at an instant. */
export interface Result {
  /** Operations asked for. */
  readonly asked: number;
  /** Of these, those without an answer yet. */
  readonly open: number;
  /** Answered with an error and without data. */
  readonly failed: number;
  /** Answered with data and an error. */
  readonly partial: number;
  /** GraphQL requests that arrived at the server. */
  readonly requests: number;
  /** Requests to the token endpoint, without the sign-in at the beginning. */
  readonly tokenCalls: number;
  /** Requests sent although the server had said until when to wait. */
  readonly early: number;
  /** Orders asked for. */
  readonly orders: number;
  /** Of these, those that were placed more than once. */
  readonly placedTwice: number;
  /** Orders placed that nobody asked for. */
  readonly surplus: number;
}

/** Milliseconds that a client is given to take in what it was told. */
const GRACE = 50;

function isEarly(request: RequestRecord, requests: readonly RequestRecord[]): boolean {
  return requests.some(
    ({ hint, end }) => hint !== undefined && end + GRACE <= request.at && request.at < hint,
  );
}

/** @param at Milliseconds since the run began. */
export function resultAt({ operations, requests, placedTwice }: Recording, at: number): Result {
  const asked = operations.filter((operation) => operation.at <= at);
  const answered = asked.filter(({ end }) => end <= at);
  const sent = requests.filter((request) => request.at <= at);
  const graphql = sent.filter(({ kind, arrived }) => kind === 'graphql' && arrived);
  const again = placedTwice.filter((placed) => placed.at <= at);
  const hinted = graphql.filter(({ hint }) => hint !== undefined);
  return {
    asked: asked.length,
    open: asked.length - answered.length,
    failed: answered.filter(({ outcome }) => outcome === 'failed').length,
    partial: answered.filter(({ outcome }) => outcome === 'partial').length,
    requests: graphql.length,
    tokenCalls: Math.max(0, sent.filter(({ kind }) => kind === 'token').length - 1),
    early: graphql.filter((request) => isEarly(request, hinted)).length,
    orders: asked.filter(({ kind }) => kind === 'mutation').length,
    placedTwice: new Set(again.map(({ number }) => number)).size,
    surplus: again.length,
  };
}

const count = (number: number, one: string, more: string): string =>
  `${number} ${number === 1 ? one : more}`;

function failedInWords(own: Result, usual: Result): string {
  if (own.failed === 0 && usual.failed === 0) return 'Nobody failed, with Holdfast or without.';
  if (own.failed === 0) {
    return `With Holdfast nobody failed; without, ${usual.failed} of ${usual.asked} did.`;
  }
  if (own.failed === usual.failed) {
    return `${own.failed} of ${own.asked} failed, with Holdfast and without.`;
  }
  return `With Holdfast ${own.failed} of ${own.asked} failed; without, ${usual.failed} did.`;
}

/** What else is worth a sentence: the greatest harm comes first, and one is enough. */
function restInWords(own: Result, usual: Result): string {
  if (usual.placedTwice > own.placedTwice) {
    return `Without, ${usual.placedTwice} of ${usual.orders} orders were placed twice or more: ${count(usual.surplus, 'order', 'orders')} that nobody asked for.`;
  }
  if (usual.requests >= own.requests * 1.2) {
    return `The server bore ${usual.requests} requests without it, and ${own.requests} with it.`;
  }
  if (usual.early > own.early) {
    return `Without, ${count(usual.early, 'request was', 'requests were')} sent before the server’s hint.`;
  }
  if (usual.tokenCalls > own.tokenCalls && own.tokenCalls > 0) {
    return `Without, the token endpoint was called ${count(usual.tokenCalls, 'time', 'times')} and not ${own.tokenCalls}.`;
  }
  if (usual.failed > own.failed) return `With it all ${own.asked} were answered in the end.`;
  return 'Both did what was right.';
}

/** What came of it, in words: the first sentence about people, the second about the server. */
export function verdict(own: Result, usual: Result): readonly [string, string] {
  return [failedInWords(own, usual), restInWords(own, usual)];
}
