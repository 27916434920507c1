import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Hygraph. The HTTP status says what is wrong, and nothing else does: entries have a message and no code.
 *
 * Sources, read on 2026-11-21: https://hygraph.com/docs/api-reference/basics/errors
 *
 * Not documented: any header that names a wait, renewal of tokens (they are fixed, so leave `refresh` out).
 *
 * @example
 * createResilience({ profile: hygraph, auth: { tokens: { accessToken } } });
 */
export const hygraph: Profile = /* @__PURE__ */ defineProfile({
  name: 'hygraph',
  advice: {
    bad_input: 'Check the query, and that the token is whole: a malformed one is a 400 too.',
    unauthenticated:
      'Check that a token is sent, and the environment: an unknown one is a 401 too.',
    forbidden:
      'Check the permissions of the token; a 402 is a limit of the plan, until the next period.',
  },
});
