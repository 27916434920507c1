import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Storyblok's GraphQL API. 429 at 100 points a second; what a query costs is told by its own field
 * `RateLimit { maxCost }`.
 *
 * Sources, read on 2026-11-21: Storyblok's GraphQL documentation
 *
 * Not documented: any header that names a wait, error codes, renewal of tokens (they are fixed, so leave
 * `refresh` out).
 *
 * @example
 * createResilience({ profile: storyblok, auth: { tokens: { accessToken }, headers: ({ accessToken }) => ({ token: accessToken }) } });
 */
export const storyblok: Profile = /* @__PURE__ */ defineProfile({
  name: 'storyblok',
  advice: {
    rate_limited: 'Ask for RateLimit { maxCost } with the query: 100 points a second are allowed.',
  },
});
