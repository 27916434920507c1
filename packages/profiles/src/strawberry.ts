import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Strawberry. A permission class says its own text, and a code only where the application sets one: the
 * documentation's example has UNAUTHORIZED for a user who is not signed in. `MaskErrors` says `Unexpected error.`
 *
 * Sources, read on 2026-11-21: https://github.com/strawberry-graphql/strawberry (53008d9, with its documentation)
 *
 * Not documented: any wait. Limits on batching are a 400 with words.
 *
 * @example
 * createResilience({ profile: strawberry, auth: { tokens, refresh } });
 */
export const strawberry: Profile = /* @__PURE__ */ defineProfile({
  name: 'strawberry',
  rules: [{ when: { message: /^Unexpected error\.$/ }, then: 'server_error' }],
  codes: { UNAUTHORIZED: 'unauthenticated' },
});
