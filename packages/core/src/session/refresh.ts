import { ownFailure } from '../base/failure.ts';
import type { Failure, FailureKind } from '../base/failure.ts';
import type { Signal } from '../base/operation.ts';
import { isPromiseLike } from '../base/property.ts';
import { within } from '../base/time.ts';
import type { Alarms } from '../base/time.ts';
import { copied } from '../base/tokens.ts';
import type { AuthOptions, Brought, RefreshReason, Tokens } from '../base/tokens.ts';
import { abortReason } from '../platform.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

/** How much of a token endpoint's answer is read, in characters (X4). */
const LONGEST_BODY = 65_536;

/** What one call of `refresh` came to: why it failed, or what it brought; nothing to refresh with brings nothing. */
export interface RefreshOutcome {
  readonly failure?: Failure;
  readonly next?: Brought;
}

export interface RefreshCall {
  /** May be called by itself. */
  readonly refresh: NonNullable<AuthOptions['refresh']>;
  readonly tokens: Tokens | undefined;
  readonly reason: RefreshReason;
  readonly alarms: Alarms;
  /** Milliseconds. */
  readonly limit: number;
  /** What `refresh` is called with; aborted when the session moves on: sign-in, sign-out, `dispose`. */
  readonly controller: AbortController;
  readonly classify: (signal: Signal) => Failure | undefined;
}

/** Calls `refresh` once. Always settles, within its limit, whatever `refresh` does (T5). */
export async function callRefresh(call: RefreshCall): Promise<RefreshOutcome> {
  const { alarms, tokens, reason, limit, refresh, controller } = call;
  const { signal } = controller;
  /** What is known of an answer whose body is still being read. */
  let begun: unknown;
  const settled = await within(alarms, limit, signal, () => {
    const given = tokens && { ...tokens };
    const answer: unknown = refresh({ tokens: given, reason, signal, clock: alarms.clock });
    const outcome = isPromiseLike(answer)
      ? answer.then(
          (value) => answered(value, tokens),
          async (error: unknown): Promise<RefreshOutcome> => {
            const read = legible(error, signal, (known) => (begun = known));
            return { failure: rejected(await read, call) };
          },
        )
      : undefined;
    if (outcome === undefined) throw new TypeError('refresh returned no promise');
    return outcome;
  });
  if (settled.type === 'value') return settled.value;
  if (settled.type === 'error') return { failure: rejected(settled.error, call) };
  const late = settled.type === 'late';
  if (late) controller.abort(abortReason('TimeoutError', 'The token refresh took too long.'));
  // A body that does not end leaves the status and the headers to say it (X4).
  if (late && begun !== undefined) return { failure: rejected(begun, call) };
  const words = process.env.NODE_ENV !== 'production' && {
    message: late
      ? `The token refresh did not settle within ${Math.round(limit)} ms.`
      : 'The session moved on while tokens were refreshed.',
  };
  return { failure: own(late ? 'timeout' : 'aborted', words, late) };
}

function answered(value: unknown, previous: Tokens | undefined): RefreshOutcome {
  if (value === undefined) return { next: {} };
  if (value === 'renewed') return { next: { renewed: true } };
  const copy = copied(value);
  if (typeof copy === 'object') {
    // A refresh token that an answer omits is kept from the tokens before (T16).
    const { refreshToken } = { ...previous, ...copy };
    return { next: { tokens: refreshToken === undefined ? copy : { ...copy, refreshToken } } };
  }
  const words = process.env.NODE_ENV !== 'production' && {
    message: `The token refresh answered no usable tokens: ${copy}.`,
    advice:
      'Let `refresh` resolve to `{ accessToken, refreshToken?, expiresAt? }`, to "renewed", or to undefined where there is nothing to refresh with.',
  };
  return { failure: own('bad_response', words) };
}

function own(kind: FailureKind, words: Partial<Failure> | false, retryable = false): Failure {
  return ownFailure({ kind, source: 'token-endpoint', retryable }, words);
}

function rejected(error: unknown, { classify, alarms }: RefreshCall): Failure {
  const failure = classify({ error, now: alarms.clock.wall() });
  if (failure !== undefined) {
    const advice = process.env.NODE_ENV === 'production' ? failure.advice : adviceOf(failure);
    return { ...failure, source: 'token-endpoint', freshToken: false, advice };
  }
  const words = process.env.NODE_ENV !== 'production' && {
    message: 'The token refresh was rejected without a reason.',
  };
  return own('unknown', words);
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
  const isTaken = response.bodyUsed || response.body?.locked === true;
  // Whoever has read it may have kept what it said beside it, as clients and HTTP libraries do (F12).
  if (isTaken) return error;
  const { status, headers } = response;
  begins({ status, headers });
  return { status, headers, body: await beginning(response, signal) };
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
