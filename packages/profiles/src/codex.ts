import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Codex (codex.io). TOO_MANY_REQUESTS names its wait in `extensions.retryAfterSeconds` and `Retry-After`; without
 * either it is a bucket that is empty for a moment. OVER_CAPACITY comes with 200.
 *
 * Sources, read on 2026-11-21: https://docs.codex.io/concepts/errors
 *
 * Not documented: renewal of tokens.
 *
 * @example
 * createResilience({ profile: codex, auth: { tokens: { accessToken } } });
 */
export const codex: Profile = /* @__PURE__ */ defineProfile({
  name: 'codex',
  codes: { OVER_CAPACITY: 'unavailable' },
  hints: [{ extension: 'retryAfterSeconds', unit: 'seconds' }],
});
