import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Keystone 6. Codes of its own; KS_ACCESS_DENIED also stands for items that are missing, KS_LIMITS_EXCEEDED is a page
 * that is too large, no rate limit.
 *
 * Sources, read on 2026-11-21: https://github.com/keystonejs/keystone
 *
 * Not documented: rate limits (there are none), a code for nobody signed in: that is KS_ACCESS_DENIED too.
 *
 * @example
 * createResilience({ profile: keystone, auth: cookieSession({ url }) });
 */
export const keystone: Profile = /* @__PURE__ */ defineProfile({
  name: 'keystone',
  codes: {
    KS_ACCESS_DENIED: 'forbidden',
    KS_FILTER_DENIED: 'forbidden',
    KS_USER_INPUT_ERROR: 'bad_input',
    KS_VALIDATION_FAILURE: 'bad_input',
    KS_LIMITS_EXCEEDED: 'bad_input',
    KS_RELATIONSHIP_ERROR: 'bad_input',
    KS_PRISMA_ERROR: 'server_error',
    KS_EXTENSION_ERROR: 'server_error',
    KS_RESOLVER_ERROR: 'server_error',
    KS_ACCESS_RETURN_ERROR: 'server_error',
  },
  advice: {
    forbidden:
      'Sign in, check the permissions, and whether the item is there: Keystone says the same of all three.',
  },
});
