import type { Failure, FailureKind } from '@holdfast/core';

/** What this service sends to its user. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Whose token Breeze was asked with: it decides who has to mend what is wrong. */
export type Caller = 'machine' | 'user';

export function refusal(status: number, error: string): Answer {
  return { status, body: { error } };
}

/** What the user did or may not do. Of the machine's own rights the user hears nothing. */
const OF_THE_USER: { readonly [Kind in FailureKind]?: readonly [status: number, error: string] } = {
  unauthenticated: [401, 'Breeze does not know your token any more; sign in again.'],
  forbidden: [403, 'You may not do that in Breeze.'],
  not_found: [404, 'Breeze does not have that.'],
  bad_input: [400, 'Breeze does not take that.'],
};

/** In our own words: what Breeze said is for the log, since nobody knows what it repeats. */
export function answerTo(failure: Failure, caller: Caller): Answer {
  const { kind, retryAt, stopped } = failure;
  const theirs = caller === 'user' ? OF_THE_USER[kind] : undefined;
  if (theirs !== undefined) return refusal(...theirs);
  if (kind === 'aborted') return refusal(503, 'This service is shutting down.');
  if (stopped === 'session_failed') return refusal(502, 'Breeze does not let us in.');
  if (retryAt === undefined) return refusal(502, 'Breeze did not answer as it should.');
  const headers = { 'retry-after': `${Math.max(1, Math.ceil((retryAt - Date.now()) / 1_000))}` };
  return { ...refusal(503, 'Breeze takes no more requests for now.'), headers };
}
