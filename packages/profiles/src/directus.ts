import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Directus. Codes in words; INVALID_TOKEN comes with 403, FORBIDDEN also stands for what is missing, and several errors
 * of different statuses make a 500: the code counts.
 *
 * Sources, read on 2026-11-21: https://github.com/directus/directus (its documentation of errors, and its list of
 * codes)
 *
 * Not documented: headers of REQUESTS_EXCEEDED, what the refresh endpoint answers.
 *
 * @example
 * createResilience({ profile: directus, auth: { tokens, refresh } });
 */
export const directus: Profile = /* @__PURE__ */ defineProfile({
  name: 'directus',
  codes: {
    INVALID_CREDENTIALS: 'unauthenticated',
    INVALID_OTP: { kind: 'unauthenticated', freshToken: false },
    INVALID_IP: 'forbidden',
    ROUTE_NOT_FOUND: 'not_found',
    FAILED_VALIDATION: 'bad_input',
    INVALID_PAYLOAD: 'bad_input',
    INVALID_QUERY: 'bad_input',
    UNPROCESSABLE_CONTENT: 'bad_input',
    RECORD_NOT_UNIQUE: 'conflict',
  },
  advice: {
    forbidden:
      'Check the permissions, and whether the item is there: Directus says the same of both.',
  },
});
