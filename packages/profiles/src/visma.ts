import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Visma Business NXT. A dead token is a 401 with an HTML page of nginx for a body: the status alone counts.
 *
 * Sources, read on 2026-11-21: the documentation of Visma Business NXT's GraphQL API
 *
 * Not documented: error codes, rate limits, waits.
 *
 * @example
 * createResilience({ profile: visma, auth: { refresh: clientCredentials({ url, clientId, clientSecret }) } });
 */
export const visma: Profile = /* @__PURE__ */ defineProfile({
  name: 'visma',
  advice: {
    unauthenticated:
      'Ask for a new token: the page of nginx in the body says nothing more than 401.',
  },
});
