import type { Profile, Seen } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { untilReset } from './readers.ts';

/**
 * Linear's GraphQL API. Says what is wrong twice: as `extensions.code`, and as `extensions.type` in small
 * letters with blanks. Its rate limit is a 400. Requests and complexity have quotas of their own, with
 * resets in epoch milliseconds on every answer.
 *
 * Sources, read on 2026-11-30: https://linear.app/developers/rate-limiting,
 * https://github.com/linear/linear (8335e09: the SDK's list of error types)
 *
 * Not documented: the body of a 401, renewal of OAuth tokens.
 *
 * @example
 * createResilience({ profile: linear, auth: { tokens: { accessToken } } });
 */
export const linear: Profile = /* @__PURE__ */ defineProfile({
  name: 'linear',
  types: {
    'authentication error': 'unauthenticated',
    'feature not accessible': 'forbidden',
    'usage limit exceeded': {
      kind: 'forbidden',
      advice: 'The limit of the plan is reached: waiting does not help.',
    },
    'invalid input': 'bad_input',
    'graphql error': 'bad_input',
    'user error': 'bad_input',
    'lock timeout': 'locked',
    'network error': 'unavailable',
    'bootstrap error': 'server_error',
    'internal error': 'server_error',
  },
  codes: {
    RATELIMITED: 'rate_limited',
    AUTHENTICATION_ERROR: 'unauthenticated',
    INPUT_ERROR: 'bad_input',
  },
  hints: [exhaustedReset],
  quota: [
    {
      remaining: 'x-ratelimit-requests-remaining',
      reset: 'x-ratelimit-requests-reset',
      unit: 'epoch',
    },
    {
      remaining: 'x-ratelimit-complexity-remaining',
      reset: 'x-ratelimit-complexity-reset',
      unit: 'epoch',
    },
  ],
});

/** Until the last reset among the quotas that this request did not fit into. */
function exhaustedReset(seen: Seen): number | undefined {
  const waits = ['requests', 'complexity', 'endpoint-requests'].map((quota) => {
    const name = `x-ratelimit-${quota}-`;
    const needed = quota === 'complexity' ? Number(seen.header('x-complexity') ?? 1) : 1;
    const isLeft = Number(seen.header(`${name}remaining`) ?? 0) >= needed;
    return (isLeft ? undefined : untilReset(seen, `${name}reset`)) ?? -1;
  });
  const longest = Math.max(...waits);
  return longest < 0 ? undefined : longest;
}
