import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { isUncoded } from './readers.ts';

/**
 * GraphQL Yoga 5. Errors that nobody expected are masked as `Unexpected error.`, with a code or without. The
 * highest `extensions.http.status` becomes the status. A persisted query that is missing is a 404, and goes to its
 * link or exchange all the same.
 *
 * Sources, read on 2026-11-30: https://the-guild.dev/graphql/yoga-server/docs/features/error-masking,
 * https://github.com/graphql-hive/graphql-yoga (a03c6e7)
 *
 * Not documented: words of the JWT plugin's 400 for a token that cannot be decoded; its 401 has no code.
 *
 * @example
 * createResilience({ profile: yoga, auth: { tokens, refresh } });
 */
export const yoga: Profile = /* @__PURE__ */ defineProfile({
  name: 'yoga',
  rules: [
    {
      when: { message: /^Unexpected error\.$/, test: isUncoded },
      then: 'server_error',
    },
  ],
  // The generic-auth plugin and Hive Gateway, of what was left out of the answer.
  codes: { UNAUTHORIZED_FIELD_OR_TYPE: 'forbidden' },
});
