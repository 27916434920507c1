import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * gqlgen (Go). 422 for what cannot be parsed or is not valid, 200 for the rest; a panic is `internal system error`.
 *
 * Sources, read on 2026-11-21: https://github.com/99designs/gqlgen (b28d97d)
 *
 * Not documented: codes of authentication and limits: those are the application's.
 *
 * @example
 * createResilience({ profile: gqlgen, auth: { tokens, refresh } });
 */
export const gqlgen: Profile = /* @__PURE__ */ defineProfile({
  name: 'gqlgen',
  rules: [{ when: { message: /^internal system error$/ }, then: 'server_error' }],
  codes: { COMPLEXITY_LIMIT_EXCEEDED: 'bad_input' },
});
