import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * NetApp Digital Advisor. The usual codes, with 200; FORBIDDEN is a role that is missing or has expired. The limit is
 * a 429 with USER_API_RATE_LIMIT_EXCEEDED.
 *
 * Sources, read on 2026-11-21: https://docs.netapp.com/us-en/digital-advisor-automation/error-handling.html
 *
 * Not documented: how long to wait, renewal of tokens.
 *
 * @example
 * createResilience({ profile: netapp, auth: { tokens, refresh } });
 */
export const netapp: Profile = /* @__PURE__ */ defineProfile({
  name: 'netapp',
  codes: {
    USER_API_RATE_LIMIT_EXCEEDED: 'rate_limited',
    NOT_FOUND_ERROR: 'not_found',
  },
  advice: {
    forbidden: 'Check the role of the user: it may be missing, or have expired.',
  },
});
