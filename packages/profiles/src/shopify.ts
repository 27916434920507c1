import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { graphqlRuby } from './graphql-ruby.ts';
import { bucketWait } from './readers.ts';

/**
 * Shopify's GraphQL Admin API. A leaky bucket of query cost: THROTTLED comes with what was asked for, what is
 * there and how fast it refills, from which the wait is computed; a success says it too, so what cannot be
 * paid for waits before it is sent. The token goes in `X-Shopify-Access-Token`. `userErrors` are data.
 *
 * Sources, read on 2026-11-30: https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits,
 * https://shopify.dev/docs/api/usage/response-codes, https://shopify.dev/api/admin,
 * https://community.shopify.com/t/throttled/254776
 *
 * Not documented: the HTTP status of THROTTLED (200 wherever it was seen), the body of the Storefront API's
 * 430, how an access token is renewed. The Storefront API takes its token in another header.
 *
 * @example
 * createResilience({ profile: shopify, auth: { tokens: { accessToken } } });
 */
export const shopify: Profile = /* @__PURE__ */ defineProfile({
  name: 'shopify',
  extends: graphqlRuby,
  codes: {
    ACCESS_DENIED: 'forbidden',
    SHOP_INACTIVE: 'forbidden',
    THROTTLED: 'rate_limited',
    // More than any bucket holds.
    MAX_COST_EXCEEDED: 'bad_input',
  },
  statuses: {
    // A locked shop stays locked until its owner acts.
    423: { kind: 'locked', retryable: false },
    // Refused for security; switched off for a while.
    430: 'forbidden',
    540: 'unavailable',
  },
  hints: [bucketWait],
  quota: [bucketWait],
  auth: {
    headers: ({ accessToken }) => ({ 'x-shopify-access-token': accessToken }),
  },
  advice: {
    forbidden:
      'Ask for the access scope that the message names; a frozen shop (402) has to pay first.',
    locked: 'The shop is locked: its owner has to talk to Shopify.',
    rate_limited:
      'Ask for less in one query, or wait: the bucket of query cost refills by the second.',
  },
});
