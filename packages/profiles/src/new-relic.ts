import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * New Relic's NerdGraph. `extensions.errorClass` says what is wrong; a bad key is `extensions.error_code`
 * BAD_API_KEY. 429 comes with 25 requests at once: set `rateLimit.concurrency` below that. The key goes in
 * `API-Key`.
 *
 * Sources, read on 2026-11-21: New Relic's NerdGraph documentation; the classes from
 * https://github.com/newrelic/newrelic-client-go
 *
 * Not documented: the list of classes itself. There is no window to wait for: the limit counts what is in flight.
 *
 * @example
 * createResilience({
 *   profile: newRelic,
 *   auth: { tokens: { accessToken }, headers: ({ accessToken }) => ({ 'api-key': accessToken }) },
 *   rateLimit: { concurrency: 20 },
 * });
 */
export const newRelic: Profile = /* @__PURE__ */ defineProfile({
  name: 'new-relic',
  keys: { type: 'errorClass', code: ['error_code', 'code'] },
  // Whatever class comes with it: SERVER_ERROR, as far as is seen.
  rules: [{ when: { code: 'BAD_API_KEY' }, then: { kind: 'unauthenticated', executed: false } }],
  types: {
    TIMEOUT: 'timeout',
    SERVER_ERROR: 'server_error',
    INTERNAL_SERVER_ERROR: 'server_error',
    UNAUTHORIZED: 'unauthenticated',
    FORBIDDEN: 'forbidden',
    BAD_USER_INPUT: 'bad_input',
  },
  advice: {
    rate_limited: 'Keep fewer than 25 requests in flight: set rateLimit.concurrency.',
    unauthenticated: 'Check the API key: nothing refreshes it.',
  },
});
