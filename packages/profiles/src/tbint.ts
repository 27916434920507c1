import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * TBInt (docs.tbint.app): GraphQL in front of SAP for orders and items. Its token travels bare in a header
 * named `accessToken`, 423 is the rate limit, 403 a dead token as well as a missing permission, and codes
 * are numbers beside a `type`.
 *
 * Sources, read on 2026-11-21: https://docs.tbint.app/authentication, https://docs.tbint.app/graphql
 *
 * Not documented: the answer of the login, error types other than `field_not_found`, the size of the rate
 * limit and any hint of how long to wait, 429.
 *
 * @example
 * createResilience({
 *   profile: tbint,
 *   auth: { refresh: login({ url, body: { username, password }, read }) },
 * });
 */
export const tbint: Profile = /* @__PURE__ */ defineProfile({
  name: 'tbint',
  // Its code is "404", yet a field that the schema lacks is a fault of the query.
  types: { field_not_found: 'bad_input' },
  statuses: {
    // "No longer valid, or no permission": only a fresh token can tell which.
    403: { kind: 'forbidden', freshToken: true, executed: false },
    423: 'rate_limited',
  },
  auth: {
    headers: ({ accessToken }) => ({ accessToken }),
    lifetime: 30 * 60_000,
  },
  advice: {
    unauthenticated:
      'Log in again; if the new token is refused too, check the credentials, the permissions and whether they belong to this environment.',
    forbidden:
      'If a fresh token does not help, ask for the permission or scope that this endpoint needs.',
    not_found: 'Check the identifier and the path; each domain has an endpoint of its own.',
    bad_input:
      'Check the query against the schema; docsUrl leads to the explanation where there is one.',
    rate_limited:
      'Send fewer requests: a 423 means that the rate limit is exceeded, and names no wait.',
    server_error: 'Try again later: the fault is temporary, and GraphQL may not have been reached.',
    outcomeUnknown:
      'Look the order up with orderByExtOrderId, or orderByOrderRefNumber, before sending it again.',
  },
});
