import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * WPGraphQL. With cookies, what grows old is the nonce: a 403 with `Cookie nonce is invalid` asks for a new one. Without
 * a nonce WordPress takes the user for a guest and says nothing.
 *
 * Sources, read on 2026-11-21: https://github.com/wp-graphql/wp-graphql (eaba6c0, with its documentation)
 *
 * Not documented: codes. The words of the nonce can be changed by a filter; plugins for JWT have words of their own.
 *
 * @example
 * createResilience({
 *   profile: wpgraphql,
 *   auth: { refresh: fetchNonce, headers: ({ accessToken }) => ({ 'x-wp-nonce': accessToken }) },
 * });
 */
export const wpgraphql: Profile = /* @__PURE__ */ defineProfile({
  name: 'wpgraphql',
  rules: [
    {
      when: { status: 403, message: /^Cookie nonce is invalid\b/ },
      then: { kind: 'unauthenticated', executed: false },
    },
    { when: { message: /^Internal server error$/ }, then: 'server_error' },
  ],
  types: { graphql: 'bad_input' },
});
