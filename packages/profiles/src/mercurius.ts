import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Mercurius (Fastify). An error with a `statusCode`, alone and without data, sets the HTTP status; everything else is
 * 200 without a code. A persisted query that is missing is a 400, and goes to its link or exchange all the same.
 *
 * Sources, read on 2026-11-30: https://github.com/mercurius-js/mercurius (6b4fdd7),
 * https://github.com/mercurius-js/auth
 *
 * Not documented: codes; those that an application sets in `extensions` are read as with any server.
 *
 * @example
 * createResilience({ profile: mercurius, auth: { tokens, refresh } });
 */
export const mercurius: Profile = /* @__PURE__ */ defineProfile({
  name: 'mercurius',
  // mercurius-auth, with its code or without.
  rules: [{ when: { message: /^Failed auth policy check on / }, then: 'forbidden' }],
  codes: { MER_AUTH_ERR_FAILED_POLICY_CHECK: 'forbidden' },
  advice: {
    unknown:
      'Teach the profile this message with defineProfile: Mercurius has no codes of its own.',
  },
});
