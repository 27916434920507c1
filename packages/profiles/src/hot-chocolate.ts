import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { all } from './readers.ts';

/**
 * Hot Chocolate. Not signed in and not permitted have the same text, and two codes. Under the media type
 * `application/graphql-response+json` an error that empties the data is a 500: the code counts, the status does not.
 *
 * Sources, read on 2026-11-30: https://github.com/ChilliCream/graphql-platform
 *
 * Not documented: rate limits (there are none), codes beyond those in the source.
 *
 * @example
 * createResilience({ profile: hotChocolate, auth: { tokens, refresh } });
 */
export const hotChocolate: Profile = /* @__PURE__ */ defineProfile({
  name: 'hot-chocolate',
  // What a resolver throws, where it is not told to clients.
  rules: [{ when: { message: /^Unexpected Execution Error$/ }, then: 'server_error' }],
  codes: {
    // A persisted operation that is missing is the link's or exchange's business.
    HC0020: 'unknown',
    HC0045: 'timeout',
    // Of the request, the document and its variables, uploads, costs, pages and cursors.
    .../* @__PURE__ */ all(
      'HC0009,HC0010,HC0011,HC0012,HC0013,HC0014,HC0016,HC0033,HC0034,HC0035,HC0037,HC0038,HC0039,HC0040,HC0041,HC0042,HC0043,HC0044,HC0046,HC0047,HC0051,HC0052,HC0054,HC0055,HC0056,HC0067,HC0076,HC0077,HC0078,HC0079,HC0082,HC0086,HC0087',
      'bad_input',
    ),
    HC0008: 'server_error',
    // The server lacks a policy that its schema names.
    AUTH_NO_DEFAULT_POLICY: { kind: 'server_error', retryable: false },
    AUTH_POLICY_NOT_FOUND: { kind: 'server_error', retryable: false },
  },
});
