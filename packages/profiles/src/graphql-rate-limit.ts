import type { Profile, Seen } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Directives that limit fields: ravangen/graphql-rate-limit and teamplanes/graphql-rate-limit, on whatever server. The
 * wait is in the words, in `extensions.resetAt`, or beside `errors` for each field. To use it with a server's
 * own profile: `defineProfile({ ...graphqlRateLimit, extends: yoga })`.
 *
 * Sources, read on 2026-11-21: https://github.com/ravangen/graphql-rate-limit (afe131e),
 * https://github.com/teamplanes/graphql-rate-limit (368c77f)
 *
 * Not documented: teamplanes' directive names no wait. An application may change words and codes.
 *
 * @example
 * createResilience({ profile: graphqlRateLimit });
 */
export const graphqlRateLimit: Profile = /* @__PURE__ */ defineProfile({
  name: 'graphql-rate-limit',
  rules: [
    {
      when: {
        message:
          /^(?:Too many requests, please try again in \d+ seconds?\b|You are trying to access '[^']{1,300}' too often)/,
      },
      then: { kind: 'rate_limited', executed: false },
    },
  ],
  hints: [
    { extension: 'resetAt', unit: 'iso' },
    { text: /\btry again in (\d{1,9}) seconds?\b/, unit: 'seconds' },
    fieldReset,
  ],
});

interface Limited {
  readonly rateLimit?: Readonly<
    Record<string, { remaining?: number; resets?: number } | null>
  > | null;
}

/** The last of the limits in `extensions.rateLimit`, by field, of which nothing remains. */
function fieldReset({ responseExtensions }: Seen): number | undefined {
  const { rateLimit } = (responseExtensions ?? {}) as Limited;
  const used = Object.values(rateLimit ?? {}).filter((limit) => Number(limit?.remaining) <= 0);
  const resets = used.map((limit) => Number(limit?.resets) * 1_000);
  return used.length > 0 ? Math.max(...resets) : undefined;
}
