import type { FailureKind } from '../model/failure.ts';
import type { HeadersLike } from '../model/signal.ts';
import type { HeaderReader } from './headers.ts';
import type { HintReader, Seen } from './profile.ts';
import { reader } from './headers.ts';
import { httpDate } from './http-date.ts';
import { isThrottling } from './kinds.ts';
import { property } from './property.ts';
import { rateLimitWait } from './rate-limit-field.ts';
import { delaySeconds, plainNumber, sane, waitOf } from './wait-number.ts';

/** Where resets stand that say when, and the fields beside them that say whether (W1). */
const RESETS: readonly (readonly [reset: string, remaining: string])[] = [
  ['ratelimit-reset', 'ratelimit-remaining'],
  ['x-ratelimit-reset', 'x-ratelimit-remaining'],
  ['x-rate-limit-reset', 'x-rate-limit-remaining'],
];

/**
 * How long the server wants to be left alone, in milliseconds from now, read from the standard header
 * fields in W1's order: `Retry-After`, `RateLimit` with `r=0` and `t`, `RateLimit-Reset`,
 * `X-RateLimit-Reset`. `undefined` where none of them says so in its own grammar (W2). `0` is an answer.
 *
 * @param now The wall clock when the answer came, epoch ms. An epoch in a header is measured against the
 * answer's `Date` where that is readable, so a wrong clock does no harm (W6).
 *
 * @example
 * waitHint(response.headers, Date.now()); // 2000 for `Retry-After: 2`
 */
export function waitHint(headers: HeadersLike, now: number): number | undefined {
  return standardHint(reader(headers), now, true);
}

/** The same for a kind of failure. */
export function hintFor(kind: FailureKind, header: HeaderReader, now: number): number | undefined {
  return standardHint(header, now, isThrottling(kind));
}

/**
 * @param throttled Whether this answer is itself a refusal for rate. If not, a reset counts only beside
 * a remaining of 0: Breeze sends its reset with every answer, and a 500 need not wait for it.
 */
function standardHint(header: HeaderReader, now: number, throttled: boolean): number | undefined {
  const wait = retryAfter(header, now) ?? rateLimitWait(header('ratelimit'));
  if (wait !== undefined) return wait;
  for (const [reset, remaining] of RESETS) {
    const counts = throttled || isZero(header(remaining));
    const found = counts
      ? waitOf(plainNumber(header(reset)), 'auto', serverClock(header, now))
      : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `Retry-After` by RFC 9110 10.2.3 (W2). A date gone by says that the wait is over. */
function retryAfter(header: HeaderReader, now: number): number | undefined {
  const value = header('retry-after');
  if (value === undefined || value.length > 64) return undefined;
  const trimmed = value.trim();
  const instant = httpDate(trimmed, now);
  if (instant === undefined) return delaySeconds(trimmed);
  return Math.max(0, instant - serverClock(header, now)());
}

/** The server's own idea of now, where the answer says it; else ours (W6). */
export function serverClock(header: HeaderReader, now: number): () => number {
  return () => httpDate(header('date')?.trim() ?? '', now) ?? now;
}

/** Whether a field says that nothing is left. */
export function isZero(value: string | undefined): boolean {
  return value !== undefined && plainNumber(value) === 0;
}

/**
 * The wait that an API names in a way of its own, milliseconds from now: the first of the profile's
 * readers that finds one (W1). A reader that throws finds none; `report` is told.
 */
export function profileHint(
  readers: readonly HintReader[],
  seen: Seen,
  now: number,
  report: (error: unknown) => void,
): number | undefined {
  for (const hint of readers) {
    try {
      const wait = sane(ask(hint, seen, now));
      if (wait !== undefined) return wait;
    } catch (error) {
      report(error);
    }
  }
  return undefined;
}

function ask(hint: HintReader, seen: Seen, now: number): number | undefined {
  if (typeof hint === 'function') {
    const wait: unknown = hint(seen);
    return typeof wait === 'number' ? wait : undefined;
  }
  return waitOf(plainNumber(raw(hint, seen)), hint.unit ?? 'auto', serverClock(seen.header, now));
}

function raw(hint: Exclude<HintReader, (seen: Seen) => number | undefined>, seen: Seen): unknown {
  if ('header' in hint) return seen.header(hint.header);
  if ('extension' in hint) return property(seen.extensions, hint.extension);
  // A pattern with the flag g or y goes on where it stopped, in another answer's text.
  hint.text.lastIndex = 0;
  return hint.text.exec(seen.message)?.[1];
}
