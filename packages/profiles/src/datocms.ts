import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { graphqlRuby } from './graphql-ruby.ts';

/**
 * DatoCMS' Content Delivery API. 429 after 40 requests a second or 1,000 a minute, and under load that others
 * cause; `X-RateLimit-Reset` is seconds from now. Cached answers are never limited.
 *
 * Sources, read on 2026-11-21: https://www.datocms.com/docs/content-delivery-api/technical-limits; the unit
 * of the reset from the Content Management API, whose headers have the same names.
 *
 * Not documented: the code of a query that is too complex (over 10,000,000), renewal of tokens (they are
 * fixed, so leave `refresh` out).
 *
 * @example
 * createResilience({ profile: datocms, auth: { tokens: { accessToken } } });
 */
export const datocms: Profile = /* @__PURE__ */ defineProfile({
  name: 'datocms',
  extends: graphqlRuby,
  hints: [{ header: 'x-ratelimit-reset', unit: 'seconds' }],
  advice: {
    rate_limited:
      'Wait: at most 40 requests a second and 1,000 a minute, less while the platform is loaded.',
  },
});
