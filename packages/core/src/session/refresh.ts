import { ownFailure } from '../base/failure.ts';
import type { Failure } from '../base/failure.ts';
import type { Signal } from '../base/operation.ts';
import { isPromiseLike } from '../base/property.ts';
import type { Alarms } from '../base/time.ts';
import { copied } from '../base/tokens.ts';
import type { AuthOptions, RefreshReason, Tokens } from '../base/tokens.ts';
import { abortReason } from '../platform.ts';
import { within } from './sharing.ts';
import type { Settled } from './sharing.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** How much of a token endpoint's answer is read, in characters (X4). */
const LONGEST_BODY = 65_536;

/** What one call of `refresh` came to. */
export type RefreshOutcome =
  | { readonly type: 'tokens'; readonly tokens: Tokens }
  /** The session goes on, without a token in the page (T19). */
  | { readonly type: 'renewed' }
  /** Nothing to refresh with. */
  | { readonly type: 'nothing' }
  | { readonly type: 'failed'; readonly failure: Failure };

export interface RefreshCall {
  readonly refresh: NonNullable<AuthOptions['refresh']>;
  readonly tokens: Tokens | undefined;
  readonly reason: RefreshReason;
  readonly alarms: Alarms;
  /** Milliseconds. */
  readonly limit: number;
  /** Aborts when the session moves on: sign-in, sign-out, `dispose`. */
  readonly signal: AbortSignal;
  readonly classify: (signal: Signal) => Failure | undefined;
}

/** Calls `refresh` once. Always settles, within its limit, whatever `refresh` does (T5). */
export async function callRefresh(call: RefreshCall): Promise<RefreshOutcome> {
  const { alarms, tokens, reason, limit } = call;
  const { clock } = alarms;
  const controller = new AbortController();
  /** What is known of an answer whose body is still being read. */
  let begun: unknown;
  const settled = await within<Settled<unknown>>(alarms, limit, call.signal, () => {
    const given = tokens === undefined ? undefined : { ...tokens };
    const answer: unknown = call.refresh({
      tokens: given,
      reason,
      signal: controller.signal,
      clock,
    });
    if (!isPromiseLike(answer)) throw new TypeError('refresh returned no promise');
    return answer.then(
      (value) => ({ type: 'value', value }) as const,
      async (error: unknown) => {
        const legibly = legible(error, controller.signal, (known) => {
          begun = known;
        });
        return { type: 'error', error: await legibly } as const;
      },
    );
  });
  const outcome = settled.type === 'value' ? settled.value : settled;
  if (outcome.type === 'value') return answered(outcome.value, tokens);
  if (outcome.type === 'error') return { type: 'failed', failure: rejected(outcome.error, call) };
  const late = outcome.type === 'late';
  controller.abort(
    late
      ? abortReason('TimeoutError', 'The token refresh took too long.')
      : abortReason('AbortError', 'The session moved on.'),
  );
  // A body that does not end leaves the status and the headers to say it (X4).
  const failure = late && begun !== undefined ? rejected(begun, call) : unsettled(late, limit);
  return { type: 'failed', failure };
}

function answered(value: unknown, previous: Tokens | undefined): RefreshOutcome {
  if (value === undefined) return { type: 'nothing' };
  if (value === 'renewed') return { type: 'renewed' };
  const copy = copied(value);
  if (typeof copy === 'object') {
    // A refresh token that an answer omits is kept from the tokens before (T16).
    const refreshToken = copy.refreshToken ?? previous?.refreshToken;
    return {
      type: 'tokens',
      tokens: refreshToken === undefined ? copy : { ...copy, refreshToken },
    };
  }
  const advice =
    process.env.NODE_ENV === 'production'
      ? ''
      : 'Let `refresh` resolve to `{ accessToken, refreshToken?, expiresAt? }`, to "renewed", or to undefined where there is nothing to refresh with.';
  const message = `The token refresh answered no usable tokens: ${copy}.`;
  const failure = ownFailure({ kind: 'bad_response', source: 'token-endpoint', message, advice });
  return { type: 'failed', failure };
}

function rejected(error: unknown, { classify, alarms }: RefreshCall): Failure {
  const failure = classify({ error, now: alarms.clock.wall() });
  if (failure !== undefined) {
    const advice = process.env.NODE_ENV === 'production' ? failure.advice : adviceOf(failure);
    return { ...failure, source: 'token-endpoint', freshToken: false, advice };
  }
  return ownFailure({
    kind: 'unknown',
    source: 'token-endpoint',
    message: 'The token refresh was rejected without a reason.',
  });
}

/** A token endpoint's failure is never cured by changing the operation that needed the token (T7). */
function adviceOf({ kind, advice, source, retryable }: Failure): string {
  if (source === 'token-endpoint') return advice;
  if (retryable) {
    return 'Nothing is to be done: the token endpoint is down or limited, and is asked again by itself.';
  }
  return kind === 'unknown' || kind === 'bad_response'
    ? 'Sign in again if it goes on; the token endpoint says no more.'
    : 'Sign in again, or check what the token is asked for with: the token endpoint does not take it.';
}

/** @param late its time is up; else the session has moved on. */
function unsettled(late: boolean, limit: number): Failure {
  return ownFailure({
    kind: late ? 'timeout' : 'aborted',
    source: 'token-endpoint',
    message: late
      ? `The token refresh did not settle within ${Math.round(limit)} ms.`
      : 'The session moved on while tokens were refreshed.',
    retryable: late,
  });
}

/**
 * Reads the text of a `Response` that a rejection carries, since a classifier reads values, not
 * streams. A body that was read already, breaks, or has no end leaves the status and the headers to say it.
 */
async function legible(
  error: unknown,
  signal: AbortSignal,
  begins: (known: unknown) => void,
): Promise<unknown> {
  const response =
    typeof error === 'object' && error !== null && 'response' in error ? error.response : error;
  if (typeof Response !== 'function' || !(response instanceof Response)) return error;
  const { status, headers } = response;
  begins({ status, headers });
  const isTaken = response.bodyUsed || response.body?.locked === true;
  const body = isTaken ? undefined : await beginning(response, signal);
  return { status, headers, ...(body === undefined ? {} : { body }) };
}

/** The beginning of a body; `undefined` where it breaks. The rest is not waited for (X4). */
async function beginning(response: Response, signal: AbortSignal): Promise<string | undefined> {
  const reader = response.body?.getReader();
  if (reader === undefined) return response.text().catch(() => undefined);
  const decoder = new TextDecoder();
  // Whoever waits has gone on: the rest is let go. That it may fail to be is nobody's concern any more.
  const stop = (): void => void reader.cancel().catch(() => undefined);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  let text = '';
  try {
    while (text.length < LONGEST_BODY) {
      const { done, value } = await reader.read();
      if (done) return text;
      text += decoder.decode(value as Uint8Array, { stream: true });
    }
    await reader.cancel();
    return text.slice(0, LONGEST_BODY);
  } catch {
    // What broke off says nothing; its status does.
    return undefined;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
