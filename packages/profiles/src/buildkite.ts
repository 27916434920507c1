import type { Profile, Seen } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { graphqlRuby } from './graphql-ruby.ts';
import { untilReset } from './readers.ts';

/**
 * Buildkite. A budget of complexity for the organization and one for the user, both with seconds until the
 * reset on every answer; the 429 says the seconds in words as well.
 *
 * Sources, read on 2026-11-21: https://buildkite.com/docs/apis/graphql/graphql-resource-limits
 *
 * Not documented: the words of a query that is too large (it comes with 200), codes of any other error.
 *
 * @example
 * createResilience({ profile: buildkite, auth: { tokens: { accessToken } } });
 */
export const buildkite: Profile = /* @__PURE__ */ defineProfile({
  name: 'buildkite',
  extends: graphqlRuby,
  hints: [{ text: /\btry again in (\d{1,9}) seconds?\b/i, unit: 'seconds' }, userReset],
  quota: [
    { remaining: 'ratelimit-remaining', reset: 'ratelimit-reset', unit: 'seconds' },
    { remaining: 'ratelimit-user-remaining', reset: 'ratelimit-user-reset', unit: 'seconds' },
  ],
});

/** The user's own budget, where nothing is left of it. */
function userReset(seen: Seen): number | undefined {
  return seen.header('ratelimit-user-remaining') === '0'
    ? untilReset(seen, 'ratelimit-user-reset')
    : undefined;
}
