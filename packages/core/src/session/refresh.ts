import { ownFailure } from '../base/failure.ts';
import type { Failure, FailureKind } from '../base/failure.ts';
import type { Signal } from '../base/operation.ts';
import { isPromiseLike, property } from '../base/property.ts';
import { within } from '../base/time.ts';
import type { Alarms } from '../base/time.ts';
import { copied } from '../base/tokens.ts';
import type { AuthOptions, Brought, RefreshRequest, Tokens } from '../base/tokens.ts';
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

/** What a call needs of its instance. */
export interface RefreshCore {
  readonly alarms: Alarms;
  /** Milliseconds. */
  readonly settings: { readonly refreshTimeout: number };
  classify(signal: Signal): Failure | undefined;
}

/**
 * Calls `refresh` once. Always settles, within its limit, whatever `refresh` does (T5).
 *
 * @param controller of the signal that `refresh` is called with; aborted when the session moves on: sign-in,
 *   sign-out, `dispose`.
 */
export async function callRefresh(
  core: RefreshCore,
  refresh: NonNullable<AuthOptions['refresh']>,
  { tokens, reason }: Pick<RefreshRequest, 'tokens' | 'reason'>,
  controller: AbortController,
): Promise<RefreshOutcome> {
  const { clock } = core.alarms;
  const { refreshTimeout } = core.settings;
  const { signal } = controller;
  /** What is known of an answer whose body is still being read. */
  let begun: unknown;
  const rejected = (error: unknown): RefreshOutcome => ({
    failure: ofTokenEndpoint(core.classify({ error, now: clock.wall() })),
  });
  const settled = await within(core.alarms, refreshTimeout, signal, () => {
    const answer: unknown = refresh({ tokens: tokens && { ...tokens }, reason, signal, clock });
    const outcome =
      isPromiseLike(answer) &&
      answer.then(
        (value) => answered(value, tokens),
        async (error: unknown) =>
          rejected(await legible(error, signal, (known) => (begun = known))),
      );
    if (!outcome) throw new TypeError('refresh returned no promise');
    return outcome;
  });
  if (settled.type === 'value') return settled.value;
  if (settled.type === 'error') return rejected(settled.error);
  const late = settled.type === 'late';
  if (late) controller.abort(abortReason('TimeoutError'));
  // A body that does not end leaves the status and the headers to say it (X4).
  if (late && begun !== undefined) return rejected(begun);
  const words = process.env.NODE_ENV !== 'production' && {
    message: late
      ? `The token refresh did not settle within ${Math.round(refreshTimeout)} ms.`
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

/** What a rejection means for the session; nothing known is a failure too. */
function ofTokenEndpoint(failure: Failure | undefined): Failure {
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
  const response = property(error, 'response') ?? error;
  if (typeof Response !== 'function' || !(response instanceof Response)) return error;
  // Whoever has read it may have kept what it said beside it, as clients and HTTP libraries do (F12).
  if (response.bodyUsed || response.body?.locked === true) return error;
  const { status, headers } = response;
  begins({ status, headers });
  return { status, headers, body: await beginning(response, signal) };
}

/** The beginning of a body; `undefined` where it breaks. The rest is not waited for (X4). */
async function beginning(response: Response, signal: AbortSignal): Promise<string | undefined> {
  let text = '';
  try {
    // React Native's have no stream.
    if (!response.body) return await response.text();
    const decoder = new TextDecoder();
    const sink = new WritableStream<Uint8Array>({
      write: (chunk) => {
        text += decoder.decode(chunk, { stream: true });
        // Lets the rest go, as an abort does.
        if (text.length >= LONGEST_BODY) throw new RangeError();
      },
    });
    await response.body.pipeTo(sink, { signal });
    return text;
  } catch {
    // What broke off says nothing; its status does.
    return text.length < LONGEST_BODY ? undefined : text.slice(0, LONGEST_BODY);
  }
}
