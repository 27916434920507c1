import type { OperationRecord, Recording, RequestRecord, SignInRecord } from '../run/recording.ts';
import { RUN_LASTS } from '../scenario/scenario.ts';

/** What a side has come to at an instant. */
export interface Result {
  readonly shoppers: number;
  /** Operations asked for. */
  readonly asked: number;
  /** Of these, those without an answer yet. */
  readonly open: number;
  /** Answered with an error and without data. */
  readonly failed: number;
  /** Of these, orders that may have been placed: they are not sent again. */
  readonly uncertain: number;
  /** Of these, those that came while nobody was signed in: nothing can help them. */
  readonly sessionless: number;
  /** Of these, those that were not tried again since the retry budget was spent. */
  readonly unaffordable: number;
  /** Answered with data and an error. */
  readonly partial: number;
  /** GraphQL requests that arrived at the server. */
  readonly requests: number;
  /** Requests to the token endpoint, without the sign-ins at the beginning. */
  readonly tokenCalls: number;
  /** Requests sent although the server had said until when to wait. */
  readonly early: number;
  /** Orders asked for. */
  readonly orders: number;
  /** Of these, those that were placed more than once. */
  readonly placedTwice: number;
  /** Orders placed that nobody asked for. */
  readonly surplus: number;
  /** How many who had signed in have to do so again. */
  readonly signedOut: number;
}

/** Milliseconds that a client is given to take in what it was told. */
const GRACE = 50;

/** Whoever has not been told until when to wait cannot know. */
function isEarly(request: RequestRecord, requests: readonly RequestRecord[]): boolean {
  return requests.some(
    ({ shopper, hint, end }) =>
      shopper === request.shopper &&
      hint !== undefined &&
      end + GRACE <= request.at &&
      request.at < hint,
  );
}

/** How many shoppers were signed in, and are so no more. */
function signedOutAt(signIns: readonly SignInRecord[], at: number): number {
  const last = new Map<number, boolean>();
  for (const each of signIns) if (each.at <= at) last.set(each.shopper, each.signedIn);
  return Array.from(last.values()).filter((signedIn) => !signedIn).length;
}

/** @param shown Milliseconds since the run began. At its end, what was under way then counts as it came out. */
export function resultAt(
  { shoppers, operations, requests, placedTwice, signIns }: Recording,
  shown: number,
): Result {
  const at = shown >= RUN_LASTS ? Infinity : shown;
  const asked = operations.filter((operation) => operation.at <= at);
  const answered = asked.filter(({ end }) => end <= at);
  const failed = answered.filter(({ outcome }) => outcome === 'failed');
  const stoppedFor = (reason: OperationRecord['stopped']): number =>
    failed.filter(({ stopped }) => stopped === reason).length;
  const sent = requests.filter((request) => request.at <= at);
  const graphql = sent.filter(({ kind, arrived }) => kind === 'graphql' && arrived);
  const again = placedTwice.filter((placed) => placed.at <= at);
  const hinted = graphql.filter(({ hint }) => hint !== undefined);
  return {
    shoppers,
    asked: asked.length,
    open: asked.length - answered.length,
    failed: failed.length,
    uncertain: stoppedFor('unsafe_mutation'),
    sessionless: stoppedFor('session_failed') + stoppedFor('signed_out'),
    unaffordable: stoppedFor('budget'),
    partial: answered.filter(({ outcome }) => outcome === 'partial').length,
    requests: graphql.length,
    tokenCalls: Math.max(0, sent.filter(({ kind }) => kind === 'token').length - shoppers),
    early: graphql.filter((request) => isEarly(request, hinted)).length,
    orders: asked.filter(({ kind }) => kind === 'mutation').length,
    placedTwice: new Set(again.map(({ number }) => number)).size,
    surplus: again.length,
    signedOut: signedOutAt(signIns, at),
  };
}

const count = (number: number, one: string, more: string): string =>
  `${number} ${number === 1 ? one : more}`;

function failedInWords(own: Result, usual: Result): string {
  if (own.failed === 0 && usual.failed === 0) return 'Nothing failed, with Holdfast or without.';
  if (own.failed === 0) {
    return `With Holdfast nothing failed; without, ${usual.failed} of ${usual.asked} operations.`;
  }
  if (own.failed === usual.failed) {
    if (own.failed === own.sessionless) {
      return `Nobody was signed in: ${own.failed} of ${own.asked} operations failed on both sides.`;
    }
    return `${own.failed} of ${own.asked} operations failed, with Holdfast and without.`;
  }
  return `With Holdfast ${own.failed} of ${own.asked} operations failed; without, ${usual.failed}.`;
}

function lostInWords(own: Result, { shoppers, signedOut, tokenCalls }: Result): string {
  const calls = tokenCalls > own.tokenCalls ? `, after ${tokenCalls} token calls` : '';
  const which =
    shoppers === 1
      ? 'the session was'
      : signedOut === shoppers
        ? `all ${shoppers} sessions were`
        : `${signedOut} of ${shoppers} sessions ${signedOut === 1 ? 'was' : 'were'}`;
  const who =
    shoppers === 1 ? 'the user has' : signedOut === 1 ? 'one user has' : 'their users have';
  return `Without, ${which} lost${calls}: ${who} to sign in again.`;
}

/** What else is worth a sentence: what needs an explanation and the greatest harm come first, and one is enough. */
function restInWords(own: Result, usual: Result): string {
  if (own.failed > usual.failed) {
    return own.unaffordable > 0
      ? `Holdfast’s retry budget was spent: it gives up rather than burden a server in trouble, with ${own.requests} requests and not ${usual.requests}.`
      : 'Holdfast is no better here.';
  }
  if (usual.placedTwice > own.placedTwice) {
    return `Without, ${usual.placedTwice} of ${usual.orders} orders were placed twice or more: ${count(usual.surplus, 'order', 'orders')} that nobody asked for.`;
  }
  if (usual.signedOut > own.signedOut) return lostInWords(own, usual);
  if (usual.requests >= own.requests * 1.2) {
    return `The server got ${usual.requests} requests without it, and ${own.requests} with it.`;
  }
  if (usual.early > own.early) {
    return `Without, ${count(usual.early, 'request was', 'requests were')} sent before Retry-After was over.`;
  }
  if (usual.tokenCalls > own.tokenCalls && own.tokenCalls > 0) {
    return `Token calls: ${usual.tokenCalls} without it, and ${own.tokenCalls} with it.`;
  }
  if (usual.failed > own.failed && own.failed === 0) {
    return `With it all ${own.asked} were answered in the end.`;
  }
  return own.failed === 0 ? 'Both did what is right.' : 'Nothing else differs.';
}

/** Why something failed where it could not have been helped. */
function doubtInWords({ uncertain }: Result): string {
  if (uncertain === 0) return '';
  return uncertain === 1
    ? ' One order may have been placed when its answer was lost, so it is not sent again.'
    : ` ${uncertain} orders may have been placed when their answers were lost, so they are not sent again.`;
}

/** What came of it, in words: the first sentence about what the user met, the rest about the server and about doubts. */
export function verdict(own: Result, usual: Result): readonly [string, string] {
  return [failedInWords(own, usual), restInWords(own, usual) + doubtInWords(own)];
}
