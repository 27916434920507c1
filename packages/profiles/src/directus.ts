import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { all } from './readers.ts';

/**
 * Directus. Codes in words; INVALID_TOKEN comes with 403, FORBIDDEN also stands for what is missing, and several errors
 * of different statuses make a 500: the code counts. REQUESTS_EXCEEDED says when it ends, at `extensions.reset`.
 *
 * Sources, read on 2026-11-30: https://github.com/directus/directus (its documentation of errors, and its list of
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
    USER_SUSPENDED: 'forbidden',
    // A limit of the licence.
    LIMIT_EXCEEDED: 'forbidden',
    .../* @__PURE__ */ all(
      'FAILED_VALIDATION,INVALID_PAYLOAD,INVALID_QUERY,UNPROCESSABLE_CONTENT,GRAPHQL_VALIDATION,CONTAINS_NULL_VALUES,CONTENT_TOO_LARGE,INVALID_FOREIGN_KEY,NOT_NULL_VIOLATION,VALUE_OUT_OF_RANGE,VALUE_TOO_LONG,METHOD_NOT_ALLOWED,UNSUPPORTED_MEDIA_TYPE',
      'bad_input',
    ),
    RECORD_NOT_UNIQUE: 'conflict',
  },
  hints: [{ extension: 'reset', unit: 'iso' }],
  advice: {
    forbidden:
      'Check the permissions, and whether the item is there: Directus says the same of both.',
  },
});
