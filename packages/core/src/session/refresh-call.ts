import type { Clock } from '../model/clock.ts';
import type { Failure } from '../model/failure.ts';
import { ownFailure } from '../model/own-failure.ts';
import type { AuthOptions, RefreshReason, Tokens } from '../model/tokens.ts';
import type { Note } from '../observe/notes.ts';
import type { Settled } from '../time/within.ts';
import { isPromiseLike } from '../time/promise-like.ts';
import { abortReason } from './abort-reason.ts';
import { within } from '../time/within.ts';
import type { CallOutcome, JudgeRefusal } from './renewal.ts';
import { legible, withoutBody } from './response-body.ts';
import { copied, merged, takeTokens } from './token.ts';

export interface RefreshCall {
  readonly refresh: NonNullable<AuthOptions['refresh']>;
  readonly tokens: Tokens | undefined;
  readonly reason: RefreshReason;
  readonly clock: Clock;
  /** Milliseconds. */
  readonly limit: number;
  /** Aborts when the session moves on: sign-in, sign-out, `dispose`. */
  readonly signal: AbortSignal;
  readonly judge: JudgeRefusal;
  readonly note: Note;
}

/** Calls `refresh` once. Always settles, within its limit, whatever `refresh` does (T5). */
export async function callRefresh(call: RefreshCall): Promise<CallOutcome> {
  const { clock, tokens, reason } = call;
  // The wait for a lease may have left no time.
  if (call.limit <= 0) return unsettled(true, 0);
  const controller = new AbortController();
  const { signal } = controller;
  /** What it rejected with, as far as that is known: a body may take longer than there is time. */
  let rejection: { readonly error: unknown } | undefined;
  const settled = await within<Settled<unknown>>(clock, call.limit, call.signal, () => {
    const given = tokens && copied(tokens);
    const answer: unknown = call.refresh({ tokens: given, reason, signal, clock });
    if (!isPromiseLike(answer)) throw new TypeError('refresh returned no promise');
    return answer.then(
      (value) => ({ type: 'value', value }) as const,
      async (error: unknown) => {
        rejection = { error: withoutBody(error) };
        return { type: 'error', error: await legible(error, signal) } as const;
      },
    );
  });
  const outcome = settled.type === 'value' ? settled.value : settled;
  if (outcome.type === 'value') return answered(outcome.value, call);
  if (outcome.type === 'error') return rejected(outcome.error, call);
  const late = outcome.type === 'late';
  controller.abort(
    late
      ? abortReason('TimeoutError', 'The token refresh took too long.')
      : abortReason('AbortError', 'The session moved on.'),
  );
  return late && rejection !== undefined
    ? rejected(rejection.error, call)
    : unsettled(late, call.limit);
}

function answered(value: unknown, { tokens: previous, note }: RefreshCall): CallOutcome {
  if (value === undefined) return { type: 'nothing' };
  if (value === 'renewed') return { type: 'fresh', credentials: { renewed: true } };
  const { tokens, fault } = takeTokens(value, note);
  if (tokens !== undefined)
    return { type: 'fresh', credentials: { tokens: merged(tokens, previous) } };
  return failed(
    ownFailure({
      kind: 'bad_response',
      source: 'token-endpoint',
      message: `The token refresh answered no usable tokens: ${fault}.`,
      advice:
        "Let `refresh` resolve to `{ accessToken, refreshToken?, expiresAt? }`, to 'renewed' where the page holds no token, or to undefined where there is nothing to refresh with.",
    }),
  );
}

function rejected(error: unknown, { judge, clock }: RefreshCall): CallOutcome {
  return { type: 'failed', ...judge(error, clock.wall()) };
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
  return { type: 'failed', failure, final: false };
}
