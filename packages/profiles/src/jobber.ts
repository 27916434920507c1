import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { graphqlRuby } from './graphql-ruby.ts';
import { bucketWait } from './readers.ts';

/**
 * Jobber. A bucket of query cost as Shopify has it: the wait is computed from `extensions.cost`, and what cannot be
 * paid for waits before it is sent. Besides, 429 after 2,500 requests in 300 seconds.
 *
 * Sources, read on 2026-11-21: Jobber's developer documentation on API rate limits
 *
 * Not documented: headers of the 429, codes of other errors.
 *
 * @example
 * createResilience({ profile: jobber, auth: { tokens, refresh: refreshToken({ url, clientId, clientSecret }) } });
 */
export const jobber: Profile = /* @__PURE__ */ defineProfile({
  name: 'jobber',
  extends: graphqlRuby,
  hints: [bucketWait],
  quota: [bucketWait],
  advice: {
    rate_limited:
      'Ask for less in one query, or wait: the bucket refills by the second, the 429 counts 300 seconds.',
  },
});
