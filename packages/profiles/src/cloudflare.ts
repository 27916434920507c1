import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Cloudflare's GraphQL Analytics API. No codes: the status and the words tell, and words may come with 200. Its
 * limit, 300 queries in 5 minutes, names its wait in prose, in minutes.
 *
 * Sources, read on 2026-11-21: https://developers.cloudflare.com/analytics/graphql-api/errors/
 *
 * Not documented: the words of the 429 that a query gets which is simply too heavy (waiting does not help
 * there), rate-limit headers of the GraphQL API (those of the REST API are).
 *
 * @example
 * createResilience({ profile: cloudflare, auth: { tokens: { accessToken } } });
 */
export const cloudflare: Profile = /* @__PURE__ */ defineProfile({
  name: 'cloudflare',
  rules: [
    {
      when: { message: /\brate limiter budget depleted\b/i },
      then: { kind: 'rate_limited', executed: false },
    },
    {
      when: { message: /\b(?:unable to execute query|too many queries in progress), please try/i },
      then: 'unavailable',
    },
    {
      when: {
        message:
          /\bnot authorized for that account\b|^zones? .{0,2000} (?:is|are) not authorized\b|\bdoes not have access to the path\b/i,
      },
      then: 'forbidden',
    },
    { when: { message: /^internal server error\.?$/i }, then: 'server_error' },
  ],
  hints: [{ text: /\btry again after (\d{1,6}) minutes?\b/i, unit: 'minutes' }],
  advice: {
    rate_limited: 'Wait as long as the message says; where it names no wait, ask for less at once.',
  },
});
