import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Apollo Server 5. Its codes are those that the default profile knows; version 4 answers some of them with 200
 * where 5 says 400, which makes no difference. UNAUTHENTICATED and FORBIDDEN are conventions that an application
 * keeps to, or not. There is no rate limit of its own: add `graphqlRateLimit` where a directive sets one.
 *
 * Sources, read on 2026-11-21: https://www.apollographql.com/docs/apollo-server/data/errors,
 * https://github.com/apollographql/apollo-server (5.5.1, 4f15406)
 *
 * Not documented: nothing that was looked for. What resolvers throw without a code is INTERNAL_SERVER_ERROR.
 *
 * @example
 * createResilience({ profile: apolloServer, auth: { tokens, refresh } });
 */
export const apolloServer: Profile = /* @__PURE__ */ defineProfile({
  name: 'apollo-server',
  // A second list of codes, for operations that validation refuses.
  codes: {
    INTROSPECTION_DISABLED: 'bad_input',
    MAX_RECURSIVE_SELECTIONS_EXCEEDED: 'bad_input',
  },
});
