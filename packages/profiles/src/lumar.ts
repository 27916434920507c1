import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Lumar. UNAUTHENTICATED is a dead session; UNAUTHORIZED and INSUFFICIENT_PERMISSIONS are missing roles. The
 * token goes in `X-Auth-Token`, and a new one comes from the mutation `createSessionUsingUserKey`, which needs
 * none: `refreshMutation` of `@holdfast/oauth` sends it so.
 *
 * Sources, read on 2026-11-30: https://api-docs.lumar.io/docs/graphql/error-handling,
 * https://api-docs.lumar.io/docs/graphql/authentication,
 * https://api-docs.lumar.io/docs/graphql/error-codes, https://api-docs.lumar.io/docs/graphql/rate-limits
 *
 * Not documented: any header of the 429 (6,000 requests in 5 minutes for an address). A project that is
 * missing may also be BAD_USER_INPUT.
 *
 * @example
 * createResilience({
 *   profile: lumar,
 *   auth: { refresh: refreshMutation({ url, query, variables: { userKeyId, secret }, read }) },
 * });
 */
export const lumar: Profile = /* @__PURE__ */ defineProfile({
  name: 'lumar',
  codes: {
    UNAUTHORIZED: 'forbidden',
  },
  auth: {
    headers: ({ accessToken }) => ({ 'x-auth-token': accessToken }),
  },
  advice: {
    rate_limited: 'Send fewer requests: 6,000 in 5 minutes are allowed for an address.',
  },
});
