import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

const UNREAD = { kind: 'bad_input', executed: false } as const;

/**
 * Netflix DGS. `extensions.errorType` says what is wrong, and `extensions.errorDetail` more closely: UNAVAILABLE with
 * ENHANCE_YOUR_CALM is a rate limit, FIELD_NOT_FOUND a bad query. In a failure they are `code` and `type`.
 *
 * Sources, read on 2026-11-21: https://github.com/Netflix/dgs-framework (ccc3342)
 *
 * Not documented: any wait.
 *
 * @example
 * createResilience({ profile: dgs, auth: { tokens, refresh } });
 */
export const dgs: Profile = /* @__PURE__ */ defineProfile({
  name: 'dgs',
  keys: { type: 'errorDetail', code: ['errorType', 'classification', 'code'] },
  types: {
    ENHANCE_YOUR_CALM: 'rate_limited',
    TOO_MANY_REQUESTS: 'rate_limited',
    FIELD_NOT_FOUND: 'bad_input',
    INVALID_ARGUMENT: 'bad_input',
  },
  codes: {
    FAILED_PRECONDITION: 'conflict',
    InvalidSyntax: UNREAD,
    ValidationError: UNREAD,
  },
});
