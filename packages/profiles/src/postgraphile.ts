import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * PostGraphile 5. Errors are masked as `An error occurred (logged with hash: …)` with an `errorId`; the lazy JWT preset
 * answers 401 with the words of its JWT library.
 *
 * Sources, read on 2026-11-21: https://github.com/graphile/crystal (7914f44)
 *
 * Not documented: codes; those that an application lets through are read as with any server.
 *
 * @example
 * createResilience({ profile: postgraphile, auth: { tokens, refresh } });
 */
export const postgraphile: Profile = /* @__PURE__ */ defineProfile({
  name: 'postgraphile',
  rules: [{ when: { message: /^An error occurred \(logged with hash: / }, then: 'server_error' }],
});
