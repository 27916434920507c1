import type { HeadersLike, Signal } from '../base/operation.ts';
import type { HeaderReader } from './header.ts';
import type { HintReader, HintUnit, QuotaReader, Seen } from './profile-types.ts';
import { follow, isRecord, property } from '../base/property.ts';
import { headerReader } from './header.ts';

/** Is told of what a callback of a profile threw (R9). */
export type Report = (error: unknown) => void;

/** Where resets stand that say when, and the fields beside them that say whether (W1). */
const RESETS = [
  ['ratelimit-reset', 'ratelimit-remaining'],
  ['x-ratelimit-reset', 'x-ratelimit-remaining'],
  ['x-rate-limit-reset', 'x-rate-limit-remaining'],
] as const;

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
  const wait = retryAfter(header, now) ?? rateLimitWait(header('ratelimit'));
  if (wait !== undefined) return wait;
  for (const [reset, remaining] of RESETS) {
    if (!throttled && decimal(header(remaining)) !== 0) continue;
    const found = waitOf(header(reset), 'auto', header, now);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The wait that an API names in a way of its own, milliseconds from now: the first of the profile's
 * readers that finds one (W1). A reader that throws finds none.
 */
export function profileHint(
  readers: readonly HintReader[],
  seen: Seen,
  report: Report,
): number | undefined {
  for (const reader of readers) {
    const wait = ask(() => readHint(reader, seen), report);
    if (wait !== undefined) return wait;
  }
  return undefined;
}

/**
 * Milliseconds until the next request makes sense, where an answer that serves says that nothing is left
 * (W8). Read are `RateLimit` with `r=0` and `t`, and what the profile trusts; of several the longest
 * counts. Nothing is done for an answer without headers, unless the profile has functions for readers.
 */
export function quotaWait(
  readers: readonly QuotaReader[],
  signal: Signal,
  now: number,
): number | undefined {
  const headers = property(signal, 'headers');
  if (!headers && !readers.length) return undefined;
  const header = headerReader(headers);
  const waits = [rateLimitWait(header('ratelimit'))];
  for (const reader of readers) {
    if (typeof reader === 'function') waits.push(ask(() => reader(served(signal, header, now))));
    else if (decimal(header(reader.remaining)) === 0)
      waits.push(waitOf(header(reader.reset), reader.unit, header, now));
  }
  const longest = Math.max(-1, ...waits.map((wait) => wait ?? -1));
  // A stored answer tells of a quota that was (RateLimit draft, section 6).
  return longest < 0 || Number(header('age')) > 0 ? undefined : longest;
}

/** What a reader sees of an answer that nothing is wrong with. */
function served(signal: Signal, header: HeaderReader, now: number): Seen {
  const { status, body } = signal;
  const beside = signal.extensions ?? property(body, 'extensions');
  return {
    status,
    code: undefined,
    type: undefined,
    message: '',
    extensions: isRecord(beside) ? beside : {},
    header,
    entry: undefined,
    body,
    responseExtensions: beside,
    now,
  };
}

/** A callback's answer, where it is a wait. */
function ask(reader: () => number | undefined, report?: Report): number | undefined {
  try {
    return sane(reader());
  } catch (error) {
    report?.(error);
    return undefined;
  }
}

function readHint(reader: HintReader, seen: Seen): number | undefined {
  if (typeof reader === 'function') return reader(seen);
  return waitOf(hintValue(reader, seen), reader.unit, seen.header, seen.now);
}

function hintValue(
  reader: Exclude<HintReader, (seen: Seen) => number | undefined>,
  seen: Seen,
): unknown {
  if ('header' in reader) return seen.header(reader.header);
  if ('extension' in reader) {
    const { extensions, entry, responseExtensions } = seen;
    return [extensions, entry, responseExtensions]
      .map((part) => follow(part, reader.extension))
      .find((found) => found != null);
  }
  // A pattern with the flag g or y goes on where it stopped, in another answer's text.
  reader.text.lastIndex = 0;
  return reader.text.exec(seen.message)?.[1];
}

/** `Retry-After` by RFC 9110 10.2.3 (W2). A date gone by says that the wait is over. */
function retryAfter(header: HeaderReader, now: number): number | undefined {
  const field = header('retry-after') ?? '';
  if (field.length > 64) return undefined;
  const value = field.trim();
  const date = httpDate(value, now);
  if (date !== undefined) return Math.max(0, date - serverClock(header, now));
  // Shopify sends `2.0`: a fraction counts as a whole second more.
  const [seconds = '', fraction = ''] = DECIMAL.test(value) ? value.split('.') : [];
  return seconds ? sane((Number(seconds) + (/[1-9]/.test(fraction) ? 1 : 0)) * 1_000) : undefined;
}

/** The server's own idea of now, where the answer says it; else ours (W6). */
function serverClock(header: HeaderReader, now: number): number {
  return httpDate(header('date')?.trim() ?? '', now) ?? now;
}

/** No sign, no exponent, no `0x` (W2). */
const DECIMAL = /^\d{1,64}(?:\.\d{1,64})?$/;

/** With a zone: without one nobody knows when it is. */
const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/;

/** Digits with an optional fraction, as text or as a number; anything else is no number here. */
function decimal(value: unknown): number | undefined {
  if (typeof value === 'number') return sane(value);
  const given = typeof value === 'string' && value.length < 200 ? value.trim() : '';
  return DECIMAL.test(given) ? Number(given) : undefined;
}

/** Milliseconds from now for a value in a unit. An instant gone by is no hint. */
function waitOf(
  value: unknown,
  unit: HintUnit = 'auto',
  header: HeaderReader,
  now: number,
): number | undefined {
  if (unit === 'iso') {
    const isInstant = typeof value === 'string' && ISO.test(value);
    return isInstant ? sane(Date.parse(value) - serverClock(header, now)) : undefined;
  }
  const number = decimal(value);
  if (number === undefined) return undefined;
  if (unit === 'epoch' || (unit === 'auto' && number > 1e9)) {
    return sane((number > 1e11 ? number : number * 1_000) - serverClock(header, now));
  }
  return sane(number * (unit === 'milliseconds' ? 1 : unit === 'minutes' ? 60_000 : 1_000));
}

/**
 * A wait that a date and a comparison can bear: `0` is one (R8); NaN, -5 and Infinity are none (W5). One
 * that is absurdly long is still not to be cut short by asking again (W3), so it stays as long as can be.
 */
function sane(wait: unknown): number | undefined {
  return Number.isFinite(wait) && (wait as number) >= 0
    ? Math.min(Math.ceil(wait as number), Number.MAX_SAFE_INTEGER)
    : undefined;
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const DAY = '^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const TIME = '((?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60))';

/**
 * `Sun, 06 Nov 1994 08:49:37 GMT`; `Sunday, 06-Nov-94 08:49:37 GMT`; and `Sun Nov  6 08:49:37 1994`, which is
 * UTC although it does not say so.
 */
const DATE: RegExp = /* @__PURE__ */ new RegExp(
  `${DAY}(?:(?:, (\\d\\d) (\\w{3}) (\\d{4})|(?:s|nes|rs|ur)?day, (\\d\\d)-(\\w{3})-(\\d\\d)) ${TIME} GMT| (\\w{3}) (\\d\\d| \\d) ${TIME} (\\d{4}))$`,
);

/**
 * An HTTP-date (RFC 9110 5.6.7) as epoch milliseconds, or `undefined` for anything else. All three forms
 * are UTC. Never `Date.parse`, which reads asctime in the machine's own zone and much besides that is no
 * HTTP-date (W2).
 */
function httpDate(value: string, now: number): number | undefined {
  const found = value.length > 40 ? undefined : DATE.exec(value);
  if (!found) return undefined;
  const [, day, month, year, day2, month2, year2, time, month3, day3, time3, year3] = found;
  if (!year2) return instant(year ?? year3, month ?? month3, day ?? day3, time ?? time3);
  // The latest year with these digits that is not more than 50 years ahead.
  const today = new Date(now);
  const century = Math.floor(today.getUTCFullYear() / 100);
  const limit = today.setUTCFullYear(today.getUTCFullYear() + 50);
  return [1, 0, -1]
    .map((more) => instant(`${century + more}${year2}`, month2, day2, time))
    .find((at) => at !== undefined && at <= limit);
}

function instant(year = '', month = '', day = '', time = ''): number | undefined {
  const index = MONTHS.indexOf(month) / 3;
  const date = new Date(0);
  // Not Date.UTC: it takes the years 0 to 99 for 1900 to 1999.
  date.setUTCFullYear(Number(year), index, Number(day));
  const isReal = date.getUTCMonth() === index && date.getUTCDate() === Number(day);
  const [hour = 0, minute, second] = time.split(':').map(Number);
  return isReal ? date.setUTCHours(hour, minute, second) : undefined;
}

/** A `RateLimit` field longer than this is not read (X4). */
const LONGEST_FIELD = 8_192;

const STRING = '"(?:[^"\\\\]|\\\\["\\\\])*"';
const TOKEN = "[A-Za-z*][\\w!#$%&'*+.^`|~:/-]*";
const VALUE = `=(?:-?\\d{1,15}(?:\\.\\d{1,3})?|${STRING}|${TOKEN}|:[\\w+/=]*:|\\?[01])`;
const MEMBER = `(?:${STRING}|${TOKEN})(?:${VALUE})?(?:;[ \\t]*[a-z*][a-z0-9_.*-]*(?:${VALUE})?)*[ \\t]*`;

/** Each piece begins with what no other does, so matching is linear. */
const FIELD: RegExp = /* @__PURE__ */ new RegExp(`^${MEMBER}(?:,[ \\t]*${MEMBER})*$`);
const STRINGS: RegExp = /* @__PURE__ */ new RegExp(STRING, 'g');

/**
 * Milliseconds until the `RateLimit` field lets requests through again, where it says that nothing is
 * left: `"default";r=0;t=30`, or `limit=100, remaining=0, reset=30` of draft 7. Of several exhausted
 * quotas the longest wait counts. A field with a syntax error is ignored whole (RFC 9651 4.2); names
 * that are tokens are let pass, since the draft's own examples have them.
 */
function rateLimitWait(field = ''): number | undefined {
  const source = field.trim();
  if (source.length > LONGEST_FIELD || !FIELD.test(source)) return undefined;
  const plain = source.replace(STRINGS, '');
  const quotas = plain.split(',').map((member) => [member, 'r', 't'] as const);
  const waits = [...quotas, [`;${plain.replace(/[, ]+/g, ';')}`, 'remaining', 'reset'] as const]
    .filter(([part, left]) => numberAt(part, left) === 0)
    .map(([part, , reset]) => numberAt(part, reset))
    .filter(Number.isInteger) as number[];
  return waits.length > 0 ? Math.max(...waits) * 1_000 : undefined;
}

/** A parameter that is a number, and not negative. */
function numberAt(part: string, name: string): number | undefined {
  const found = new RegExp(`;[ \\t]*${name}=(\\d[\\d.]*)[ \\t]*(?:;|$)`).exec(part);
  return found ? Number(found[1]) : undefined;
}
