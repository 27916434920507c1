import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Hasura DDN. Entries have a message alone, always with 200; trouble within is `internal error`. What plugins refuse has
 * a body of their own: the rate-limit plugin answers 400 with RATE_LIMIT_EXCEEDED.
 *
 * Sources, read on 2026-11-21: https://github.com/hasura/ddn-docs (2cc206a),
 * https://github.com/hasura/engine-plugin-rate-limit
 *
 * Not documented: any code of the engine's own, how long to wait, what plugins of one's own answer.
 *
 * @example
 * createResilience({ profile: hasuraDdn, auth: { tokens, refresh } });
 */
export const hasuraDdn: Profile = /* @__PURE__ */ defineProfile({
  name: 'hasura-ddn',
  // A plugin's answer has no `errors`: its extensions stand beside its message.
  keys: { code: ['code', 'extensions.code'] },
  rules: [{ when: { message: /^internal error$/ }, then: 'server_error' }],
  codes: {
    RATE_LIMIT_EXCEEDED: 'rate_limited',
    REDIS_UNAVAILABLE: 'unavailable',
    RATE_LIMIT_ERROR: 'server_error',
  },
});
