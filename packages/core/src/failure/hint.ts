import type { HeadersLike } from '../base/operation.ts';
import type { HintReader, HintUnit, Seen } from './profile-form.ts';
import { attempt, first, follow, headerReader, text } from '../base/property.ts';
import type { HeaderReader } from '../base/property.ts';

/**
 * How long the server wants to be left alone, in milliseconds from now, read from the standard header
 * fields in this order: `Retry-After`, `RateLimit` with `r=0` and `t`, `RateLimit-Reset`,
 * `X-RateLimit-Reset`, `X-Rate-Limit-Reset`. `undefined` where none of them says so in its own grammar.
 * `0` is an answer.
 *
 * @param now The wall clock when the answer came, epoch ms. An epoch in a header is measured against the
 * answer's `Date` where that is readable, so a wrong clock does no harm.
 *
 * @example
 * waitHint(response.headers, Date.now()); // 2000 for `Retry-After: 2`
 */
export function waitHint(headers: HeadersLike, now: number): number | undefined {
  return standardHint(headerReader(headers), now, true);
}

/**
 * @param throttled Whether this answer is itself a refusal for rate. If not, a reset counts only beside
 * a remaining of 0: Breeze sends its reset with every answer, and a 500 need not wait for it.
 */
export function standardHint(
  header: HeaderReader,
  now: number,
  throttled: boolean,
): number | undefined {
  return (
    retryAfter(header, now) ??
    rateLimitWait(header('ratelimit')) ??
    first(['ratelimit', 'x-ratelimit', 'x-rate-limit'], (name) =>
      throttled || decimal(header(`${name}-remaining`)) === 0
        ? waitOf(header(`${name}-reset`), 'auto', header, now)
        : undefined,
    )
  );
}

/**
 * The wait that an API names in a way of its own, milliseconds from now: the first of the profile's
 * readers that finds one (W1). A reader that throws finds none.
 *
 * @param thrown Takes what readers throw (R9).
 */
export const profileHint = (
  readers: readonly HintReader[],
  seen: Seen,
  thrown: unknown[],
): number | undefined =>
  first(readers, (reader) =>
    ask(
      () =>
        typeof reader === 'function'
          ? reader(seen)
          : waitOf(hintValue(reader, seen), reader.unit, seen.header, seen.now),
      thrown,
    ),
  );

/** A callback's answer, where it is a wait. */
export const ask = (reader: () => number | undefined, thrown?: unknown[]): number | undefined =>
  sane(attempt(reader, thrown));

function hintValue(reader: Exclude<HintReader, (seen: Seen) => unknown>, seen: Seen): unknown {
  if ('header' in reader) return seen.header(reader.header);
  if ('extension' in reader) {
    return first([seen.extensions, seen.entry, seen.responseExtensions], (part) =>
      follow(part, reader.extension),
    );
  }
  // A pattern with the flag g or y goes on where it stopped, in another answer's text.
  reader.text.lastIndex = 0;
  return reader.text.exec(seen.message)?.[1];
}

/** `Retry-After` by RFC 9110 10.2.3 (W2). A date gone by says that the wait is over. */
function retryAfter(header: HeaderReader, now: number): number | undefined {
  const field = header('retry-after');
  const date = httpDate(field, now);
  if (date !== undefined) return Math.max(0, date - serverClock(header, now));
  // Shopify sends `2.0`: a fraction counts as a whole second more.
  const [, seconds, fraction] = /^\s*(\d+)(?:\.(\d+))?\s*$/.exec(short(field)) ?? [];
  return sane((Number(seconds) + Number(/[1-9]/.test(fraction as string))) * 1_000);
}

/** What is longer is no number and no date. */
const short = (field = ''): string => (field.length > 64 ? '' : field);

/** The server's own idea of now, where the answer says it; else ours (W6). */
const serverClock = (header: HeaderReader, now: number): number =>
  httpDate(header('date'), now) ?? now;

/** Digits with an optional fraction: no sign, no exponent, no `0x` (W2). NaN for anything else. */
export const decimal = (value: unknown): number =>
  typeof value === 'number'
    ? value
    : Number(/^\s*(\d{1,64}(?:\.\d{1,64})?)\s*$/.exec(text(value) as string)?.[1]);

/** With a zone: without one nobody knows when it is. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;

/** Milliseconds from now for a value in a unit. An instant gone by is no hint. */
export function waitOf(
  value: unknown,
  unit: HintUnit = 'auto',
  header: HeaderReader,
  now: number,
): number | undefined {
  const isIso = unit === 'iso';
  const number = isIso
    ? Date.parse(ISO.exec(text(value) as string)?.[0] as string)
    : decimal(value);
  const isInstant = isIso || unit === 'epoch' || (unit === 'auto' && number > 1e9);
  const isExact = isIso || unit === 'milliseconds' || (isInstant && number > 1e11);
  const ms = number * (isExact ? 1 : unit === 'minutes' ? 60_000 : 1_000);
  return sane(isInstant ? ms - serverClock(header, now) : ms);
}

/**
 * A wait that a date and a comparison can bear: `0` is one (R8); NaN, -5 and Infinity are none (W5). One
 * that is absurdly long is still not to be cut short by asking again (W3), so it stays as long as can be.
 */
const sane = (wait: unknown): number | undefined =>
  Number.isFinite(wait) && (wait as number) >= 0
    ? Math.min(Math.ceil(wait as number), Number.MAX_SAFE_INTEGER)
    : undefined;

/** `Sun, 06 Nov 1994 08:49:37 GMT`; `Sunday, 06-Nov-94 08:49:37 GMT`; `Sun Nov  6 08:49:37 1994`. */
const DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:, (\d\d) (\w{3}) (\d{4}) (.+) GMT|(?:s|nes|rs|ur)?day, (\d\d)-(\w{3})-(\d\d) (.+) GMT| (\w{3}) ([ \d]\d) (.+) (\d{4}))$/;

/**
 * An HTTP-date (RFC 9110 5.6.7) as epoch milliseconds, or `undefined` for anything else. All three forms
 * are UTC. Never `Date.parse` of it, which reads asctime in the machine's own zone and much besides that is
 * no HTTP-date (W2).
 */
function httpDate(field: string | undefined, now: number): number | undefined {
  const parts = DATE.exec(short(field).trim()) ?? [];
  const [day = parts[10]?.replace(' ', '0'), month = parts[9], year = parts[12], time = parts[11]] =
    parts[1] ? parts.slice(1) : parts.slice(5, 9);
  // A leap second is the last one, and one more.
  const clock = time?.replace(/60$/, '59');
  const limit = new Date(now);
  const last = limit.getUTCFullYear() + 50;
  // Of two digits, the latest year with them that is not more than 50 years ahead.
  const latest = last - ((last - Number(year)) % 100);
  return first<unknown, number>(parts[7] ? [latest, latest - 100] : [year], (candidate) => {
    const at = new Date(`Sat, ${day} ${month} 2000 ${clock} GMT`).setUTCFullYear(Number(candidate));
    // There is no 30 February, no month of another name, and no 25 o'clock.
    return new Date(at).toUTCString().slice(5) === `${day} ${month} ${candidate} ${clock} GMT` &&
      !(parts[7] && at > limit.setUTCFullYear(last))
      ? at + (clock === time ? 0 : 1_000)
      : undefined;
  });
}

/** A `RateLimit` field longer than this is not read (X4). */
const LONGEST_FIELD = 8_192;

/** What stands between the commas of a `RateLimit` field, where strings are but a quotation mark. */
const QUOTA = /^(?:(?:^|;)\s*["a-z*](?:=*[^\s;=])*)+\s*$/i;

/**
 * Milliseconds until the `RateLimit` field lets requests through again, where it says that nothing is
 * left: `"default";r=0;t=30`, or `limit=100, remaining=0, reset=30` of draft 7. Of several exhausted
 * quotas the longest wait counts. A field with a syntax error is ignored whole (RFC 9651 4.2); names
 * that are tokens are let pass, since the draft's own examples have them.
 */
export function rateLimitWait(field = ''): number | undefined {
  if (field.length > LONGEST_FIELD) return undefined;
  // An unterminated string leaves nothing, which is a syntax error.
  const plain = field.replace(/"(?:[^"\\]|\\.)*("?)/g, '$1');
  const quotas = (/remaining=/.test(plain) ? plain.replaceAll(',', ';') : plain).split(',');
  const waits = quotas.map((quota) => {
    const parameters = quota.split(';').map((parameter) => parameter.trim().split('='));
    const { r, t, remaining = r, reset = t } = Object.fromEntries(parameters) as Parameters;
    const wait = decimal(reset);
    if (!QUOTA.test(quota)) return NaN;
    return decimal(remaining) === 0 && wait % 1 === 0 ? wait : -1;
  });
  return sane(Math.max(...waits) * 1_000);
}

type Parameters = Partial<Record<'r' | 't' | 'remaining' | 'reset', string>>;
