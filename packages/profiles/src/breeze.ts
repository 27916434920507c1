import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Breeze (doc.idportal.no): orders and manages ID credentials. OAuth client credentials without a refresh
 * token, codes in words, a quota for each IP address in `X-RateLimit-*` on every answer, a plain-text 429,
 * and a token endpoint that names its wait in prose.
 *
 * Sources, read on 2026-11-21: https://doc.idportal.no/api/guides/error-handling,
 * https://doc.idportal.no/api/guides/authentication, https://doc.idportal.no/api/guides/rate-limiting
 *
 * Not documented: the HTTP status that carries UNAUTHENTICATED; 423, 502, 503 and 504; `Retry-After`;
 * idempotency keys, and whether a second order with the same `external_id` is refused.
 *
 * @example
 * createResilience({
 *   profile: breeze,
 *   auth: { refresh: clientCredentials({ url, clientId, clientSecret, body: 'json' }) },
 * });
 */
export const breeze: Profile = /* @__PURE__ */ defineProfile({
  name: 'breeze',
  hints: [
    // "Maximum 100 requests per hour allowed. Try again in 420 seconds." The number before the unit,
    // not the first one. Bounded repeats keep the pattern linear (X4).
    { text: /\b(\d{1,9}(?:\.\d{1,3})?) {1,3}seconds?\b/i, unit: 'seconds' },
  ],
  // On every answer; a Unix timestamp, in seconds as far as the examples tell.
  quota: [{ remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset' }],
  words: {
    invalid_client: {
      kind: 'unauthenticated',
      advice:
        'Check the client id and secret, and whether the client has expired; a Super administrator can rotate the secret.',
    },
    unsupported_grant_type: {
      kind: 'bad_input',
      advice:
        'Ask for the token with grant_type client_credentials, the only one that Breeze knows.',
    },
  },
  auth: {
    lifetime: 3_600_000,
    // "Get a new one when now + 5 minutes is past expiry."
    refreshAhead: 300_000,
  },
  advice: {
    unauthenticated:
      'Request a new token with the client credentials and repeat the request; test and production do not share them.',
    forbidden:
      'Verify the roles of the user account that the client acts as; the token itself is valid.',
    not_found: 'Check the ID that was asked for, and the URL of the endpoint.',
    bad_input: 'Check the arguments, and the body and headers of the request.',
    rate_limited:
      'Wait until X-RateLimit-Reset, and watch X-RateLimit-Remaining: 3,600 requests an hour are allowed for an IP address, 100 token requests for a client.',
    server_error: 'Try again with exponential backoff; if it goes on, contact support.',
    outcomeUnknown:
      'Find out in Breeze, by the external_id, whether the order exists before ordering again: an order starts production at once, and nothing is known to stop a second one.',
  },
});
