import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Galxe. Each entry has a category, a code and, as a number, the HTTP status that it would have had
 * (`extensions.http_status`), which is what counts; it stands in the failure as `type`.
 *
 * Sources, read on 2026-11-21: https://docs.galxe.com/galxe-integration/resources/error-handling,
 * https://docs.galxe.com/quest/graphql-api/overview/status-and-error-codes
 *
 * Not documented: categories other than AUTHENTICATION, renewal of tokens.
 *
 * @example
 * createResilience({ profile: galxe, auth: { tokens: { accessToken } } });
 */
export const galxe: Profile = /* @__PURE__ */ defineProfile({
  name: 'galxe',
  keys: { type: 'http_status' },
  types: {
    400: 'bad_input',
    401: 'unauthenticated',
    403: 'forbidden',
    404: 'not_found',
    409: 'conflict',
    422: 'bad_input',
    429: 'rate_limited',
    500: 'server_error',
    502: 'unavailable',
    503: 'unavailable',
    504: 'unavailable',
  },
});
