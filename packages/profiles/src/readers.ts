import type { Profile, Seen } from '@holdfast/core';
import { waitHint } from '@holdfast/core';

/**
 * Milliseconds until what a header of another name says, read as `X-RateLimit-Reset` is: an epoch in seconds
 * or milliseconds, measured against the answer's `Date`, or seconds from now.
 */
export function untilReset({ header, now }: Seen, name: string): number | undefined {
  return waitHint({ 'x-ratelimit-reset': header(name) ?? '', date: header('date') ?? '' }, now);
}

/** Milliseconds until an HTTP-date, measured against the answer's `Date`. */
export function untilDate({ header, now }: Seen, date: string | undefined): number | undefined {
  return waitHint({ 'retry-after': date ?? '', date: header('date') ?? '' }, now);
}

interface Costed {
  readonly cost?: {
    readonly requestedQueryCost: number;
    readonly throttleStatus?: {
      readonly maximumAvailable: number;
      readonly currentlyAvailable: number;
      readonly restoreRate: number;
    };
  };
}

/**
 * Until the bucket in `extensions.cost` holds what the last operation asked for: (requested - available) /
 * restore rate.
 *
 * @returns milliseconds; `undefined` where it holds that much already.
 */
export function bucketWait({ responseExtensions }: Seen): number | undefined {
  const cost = (responseExtensions as Costed | null | undefined)?.cost;
  const bucket = cost?.throttleStatus;
  if (!cost || !bucket) return undefined;
  // More than the bucket can ever hold is not worth waiting for any longer than until it is full.
  const needed = Math.min(cost.requestedQueryCost, bucket.maximumAvailable);
  const wait = ((needed - bucket.currentlyAvailable) / bucket.restoreRate) * 1_000;
  return wait > 0 ? wait : undefined;
}

/** How graphql-ruby begins what it says of an operation that it does not take. */
export const ruby: RegExp =
  /^(?:Parse error on |(?:Field|Argument|InputObject) '|Variable \$|Query has (?:complexity|depth) of )/;

type Codes = NonNullable<Profile['codes']>;

/** One verdict for many codes, which have commas between them. */
export function all(codes: string, verdict: Codes[string]): Codes {
  return Object.fromEntries(codes.split(',').map((code) => [code, verdict]));
}

/** There is no code. */
export function isUncoded({ code }: Seen): boolean {
  return code === undefined;
}
