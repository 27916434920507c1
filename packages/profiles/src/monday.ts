import type { Profile, Seen } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { ruby, untilDate } from './readers.ts';

/**
 * monday.com. Application errors come with 200; older API versions put the code beside `errors`, whose entries
 * may be strings. Five limits: complexity and fields name their seconds, the daily one ends at midnight UTC. A
 * 423 is a board that somebody else writes to: soon free again.
 *
 * Sources, read on 2026-11-30: https://developer.monday.com/api-reference/docs/error-handling,
 * https://developer.monday.com/api-reference/docs/rate-limits. The codes of the limits for fields, minutes and
 * addresses are from public clients.
 *
 * Not documented: the body of a 401, renewal of tokens, the units inside `RateLimit`.
 *
 * @example
 * createResilience({ profile: monday, auth: { tokens: { accessToken } } });
 */
export const monday: Profile = /* @__PURE__ */ defineProfile({
  name: 'monday',
  keys: { code: ['code', 'error_code', 'status_code'] },
  rules: [
    // Entries that say nothing themselves, with the code beside them.
    {
      when: {
        test: isComplexityBeside,
      },
      then: { kind: 'rate_limited', executed: false },
    },
    { when: { message: /^Rate Limit Exceeded\b/ }, then: 'rate_limited' },
    { when: { message: ruby }, then: 'bad_input' },
    { when: { test: isInvalid }, then: 'bad_input' },
    // With 401, of an address: no token is better there.
    { when: { message: /^Your ip is restricted\b/i }, then: 'forbidden' },
  ],
  codes: {
    COMPLEXITY_BUDGET_EXHAUSTED: 'rate_limited',
    ComplexityException: 'rate_limited',
    maxConcurrencyExceeded: 'rate_limited',
    DAILY_LIMIT_EXCEEDED: 'rate_limited',
    FIELD_LIMIT_EXCEEDED: 'rate_limited',
    FIELD_MINUTE_RATE_LIMIT_EXCEEDED: 'rate_limited',
    IP_RATE_LIMIT_EXCEEDED: 'rate_limited',
    UserUnauthorizedException: 'forbidden',
    USER_ACCESS_DENIED: 'forbidden',
    missingRequiredPermissions: 'forbidden',
    UNAUTHORIZED_FIELD_OR_TYPE: 'forbidden',
    REQUEST_MAX_COMPLEXITY_EXCEEDED: 'bad_input',
    ASSET_UNAVAILABLE: 'not_found',
    ResourceNotFoundException: 'not_found',
    DeleteLastGroupException: 'conflict',
    // The first request with this key is still at work.
    IDEMPOTENCY_CONFLICT: { kind: 'conflict', retryable: true },
    API_TEMPORARILY_BLOCKED: 'unavailable',
  },
  hints: [
    { extension: 'retry_in_seconds', unit: 'seconds' },
    { text: /\breset in (\d{1,9}) seconds?\b/i, unit: 'seconds' },
    untilMidnight,
  ],
  advice: {
    locked: 'Send it again after a moment: somebody else is writing to the board.',
  },
});

/** The daily limit ends at midnight UTC, by the server's clock. */
function untilMidnight(seen: Seen): number | undefined {
  if (seen.code?.toUpperCase() !== 'DAILY_LIMIT_EXCEEDED') return undefined;
  // Far ahead, and a midnight: whole days less leave what is left of this one.
  const untilLast = untilDate(seen, 'Fri, 31 Dec 9999 00:00:00 GMT');
  return untilLast === undefined ? undefined : untilLast % 86_400_000;
}

/** The entry is a string, and beside `errors` stands `error_code` ComplexityException. */
function isComplexityBeside({ entry, body }: Seen): boolean {
  const beside = body as { error_code?: unknown } | null | undefined;
  return typeof entry === 'string' && beside?.error_code === 'ComplexityException';
}

/** The code is an exception of bad input, such as `ColumnValueException` or `InvalidBoardIdException`. */
function isInvalid({ code = '' }: Seen): boolean {
  return /^(?:Co\w+Value|CreateBoard|Invalid\w+|Item\w+|JsonParse|RecordInvalid)Exception$/.test(
    code,
  );
}
