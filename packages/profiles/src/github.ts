import type { Profile, Seen } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { ruby, untilReset } from './readers.ts';

/**
 * GitHub's GraphQL API (api.github.com/graphql). What is wrong stands in the `type` of an entry. Both of its
 * limits come with 200, the secondary one also with 403 and a bare `message`: the words tell. Its token endpoint
 * says with 200 that it refuses.
 *
 * Sources, read on 2026-11-30:
 * https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api,
 * https://github.com/octokit/plugin-throttling.js (1a64804), https://github.com/octokit/graphql.js (af94a01)
 *
 * Not documented: codes of validation errors and of partial timeouts; a renewal of tokens other than
 * through the endpoints of GitHub Apps and OAuth.
 *
 * @example
 * createResilience({ profile: github, auth: { tokens: { accessToken } } });
 */
export const github: Profile = /* @__PURE__ */ defineProfile({
  name: 'github',
  rules: [
    // At 200 with or without a type, or at 403 as all there is. GitHub asks to send the request again.
    {
      when: { message: /\bAPI rate limit\b|\bsecondary rate\b|\babuse detection\b/i },
      then: { kind: 'rate_limited', executed: false },
    },
    { when: { message: ruby }, then: 'bad_input' },
    // A time-out or a bug, which GitHub itself cannot tell apart.
    {
      when: { status: 200, message: /^Something went wrong while executing your query\b/ },
      then: 'server_error',
    },
  ],
  types: {
    MAX_NODE_LIMIT_EXCEEDED: 'bad_input',
    INVALID_CURSOR_ARGUMENTS: 'bad_input',
    EXCESSIVE_PAGINATION: 'bad_input',
    MISSING_PAGINATION_BOUNDARIES: 'bad_input',
    UNPROCESSABLE: 'bad_input',
    // The query as it is takes too much: waiting does not help.
    RESOURCE_LIMITS_EXCEEDED: 'bad_input',
    STALE_DATA: 'conflict',
    // Beside a code, `graphql_rate_limit`.
    RATE_LIMIT: 'rate_limited',
    RATE_LIMITED: 'rate_limited',
  },
  // Its token endpoint says so with 200.
  auth: { finalErrors: ['bad_refresh_token', 'incorrect_client_credentials'] },
  hints: [secondaryWait],
  quota: [
    { remaining: 'x-ratelimit-remaining', reset: 'x-ratelimit-reset', unit: 'epoch' },
    queriedWait,
  ],
  advice: {
    rate_limited:
      'Wait until retryAt; after a secondary limit without Retry-After at least a minute, and longer each time.',
    not_found:
      'Check the name and that the token may see it: GitHub shows what is hidden as missing.',
    unavailable:
      'Ask for less: a query that takes more than 10 seconds is cut off, and costs extra points.',
  },
});

/** A minute after a secondary limit whose answer names no wait. */
function secondaryWait({ message }: Seen): number | undefined {
  return /\bsecondary rate\b|\babuse detection\b/i.test(message) ? 60_000 : undefined;
}

interface Queried {
  readonly data?: { readonly rateLimit?: { remaining?: unknown; resetAt?: unknown } | null } | null;
}

/** Until `resetAt`, where the query asked for `rateLimit` and nothing remains: a date, or epoch seconds. */
function queriedWait(seen: Seen): number | undefined {
  const { remaining, resetAt } = (seen.body as Queried | null | undefined)?.data?.rateLimit ?? {};
  if (remaining !== 0) return undefined;
  const isDate = typeof resetAt === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{5,20}Z$/.test(resetAt);
  const epoch = String(isDate ? Date.parse(resetAt) / 1_000 : resetAt);
  return untilReset(
    { ...seen, header: (name) => (name === 'date' ? seen.header(name) : epoch) },
    '',
  );
}
