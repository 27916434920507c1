import type { Clock } from '../model/clock.ts';
import type { Failure } from '../model/failure.ts';
import { ownFailure } from '../model/own-failure.ts';
import type { Signal } from '../model/signal.ts';
import type { AuthOptions, RefreshReason, Tokens } from '../model/tokens.ts';
import type { Note } from '../observe/notes.ts';
import type { Settled } from '../time/within.ts';
import { isPromiseLike } from '../time/promise-like.ts';
import { within } from '../time/within.ts';
import type { CallOutcome } from './renewal.ts';
import { copied, merged, takeTokens } from './token.ts';

export interface RefreshCall {
  readonly auth: AuthOptions;
  readonly tokens: Tokens | undefined;
  readonly reason: RefreshReason;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly limit: number;
  /** Aborts when the session moves on: sign-in, sign-out, `dispose`. */
  readonly signal: AbortSignal;
  readonly classify: (signal: Signal) => Failure | undefined;
  readonly note: Note;
}

/** Calls `refresh` once. Always settles, within its limit, whatever `refresh` does (T5). */
export async function callRefresh(call: RefreshCall): Promise<CallOutcome> {
  const { clock, tokens, reason } = call;
  // The wait for a lease may have left no time.
  if (call.limit <= 0) return unsettled(true, 0);
  const controller = new AbortController();
  const settled = await within<Settled<Tokens | undefined>>(clock, call.limit, call.signal, () => {
    const { signal } = controller;
    const given = tokens && copied(tokens);
    const answer: unknown = call.auth.refresh({ tokens: given, reason, signal, clock });
    if (!isPromiseLike(answer)) throw new TypeError('refresh returned no promise');
    return answer.then(
      (value) => ({ type: 'value', value: value as Tokens | undefined }) as const,
      async (error: unknown) => ({ type: 'error', error: await legible(error) }) as const,
    );
  });
  const outcome = settled.type === 'value' ? settled.value : settled;
  if (outcome.type === 'value') return answered(outcome.value, call);
  if (outcome.type === 'error') return failed(rejected(outcome.error, call));
  const late = outcome.type === 'late';
  controller.abort(
    new DOMException(
      late ? 'The token refresh took too long.' : 'The session moved on.',
      late ? 'TimeoutError' : 'AbortError',
    ),
  );
  return unsettled(late, call.limit);
}

function answered(value: unknown, { tokens: previous, note }: RefreshCall): CallOutcome {
  if (value === undefined) return { type: 'nothing' };
  const { tokens, fault } = takeTokens(value, note);
  if (tokens !== undefined) return { type: 'tokens', tokens: merged(tokens, previous) };
  return failed(
    ownFailure({
      kind: 'bad_response',
      source: 'token-endpoint',
      message: `The token refresh answered no usable tokens: ${fault}.`,
      advice:
        'Let `refresh` resolve to `{ accessToken, refreshToken?, expiresAt? }`, or to undefined where there is nothing to refresh with.',
    }),
  );
}

function rejected(error: unknown, { classify, clock }: RefreshCall): Failure {
  const failure = classify({ error, now: clock.wall() });
  if (failure !== undefined) {
    return { ...failure, source: 'token-endpoint', freshToken: false };
  }
  return ownFailure({
    kind: 'unknown',
    source: 'token-endpoint',
    message: 'The token refresh was rejected without a reason.',
    advice:
      'Let `refresh` reject with an error that has `status`, `headers` and `body`, or a `response`.',
  });
}

/** @param late its time is up; else the session has moved on. */
export function unsettled(late: boolean, limit: number): CallOutcome {
  const failure = ownFailure({
    kind: late ? 'timeout' : 'aborted',
    source: 'token-endpoint',
    message: late
      ? `The token refresh did not settle within ${Math.round(limit)} ms.`
      : 'The session moved on while tokens were refreshed.',
    retryable: late,
    advice: late
      ? 'Check that the token endpoint answers, and that `refresh` settles when its `signal` aborts.'
      : 'Nothing is to be done: a sign-in, a sign-out or dispose() ended the refresh.',
  });
  return failed(failure);
}

function failed(failure: Failure): CallOutcome {
  return { type: 'failed', failure };
}

/**
 * Reads the text of a `Response` that a rejection carries, since a classifier reads values, not
 * streams. A body that was read already, or breaks, leaves the status and the headers to say it.
 */
async function legible(error: unknown): Promise<unknown> {
  const response =
    typeof error === 'object' && error !== null && 'response' in error ? error.response : error;
  if (typeof Response !== 'function' || !(response instanceof Response)) return error;
  const { status, headers } = response;
  const body = response.bodyUsed
    ? undefined
    : await response
        .clone()
        .text()
        // A body that breaks off leaves the status, which is enough to judge by.
        .catch(() => undefined);
  return { status, headers, ...(body === undefined ? {} : { body }) };
}
