import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Hot Chocolate. Not signed in and not permitted have the same text, and two codes. Under the media type
 * `application/graphql-response+json` an error that empties the data is a 500: the code counts, the status does not.
 *
 * Sources, read on 2026-11-21: https://github.com/ChilliCream/graphql-platform
 *
 * Not documented: rate limits (there are none), codes beyond those in the source.
 *
 * @example
 * createResilience({ profile: hotChocolate, auth: { tokens, refresh } });
 */
export const hotChocolate: Profile = /* @__PURE__ */ defineProfile({
  name: 'hot-chocolate',
  codes: {
    // A persisted operation that is missing is the link's or exchange's business.
    HC0020: 'unknown',
    HC0045: 'timeout',
    HC0047: 'bad_input',
    HC0051: 'bad_input',
    HC0067: 'bad_input',
  },
});
