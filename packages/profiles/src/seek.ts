import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * SEEK. Failures come without an HTTP status of their own: the code alone counts. SEEK asks for one retry with a
 * fresh token after UNAUTHENTICATED, and for no second one, which is what Holdfast does with any API.
 *
 * Sources, read on 2026-11-21: https://developer.seek.com/graphql/error-responses
 *
 * Not documented: two of the four codes (UNAUTHENTICATED and FORBIDDEN are seen), rate limits. SEEK may sort
 * errors under other codes in time.
 *
 * @example
 * createResilience({
 *   profile: seek,
 *   auth: { refresh: clientCredentials({ url, clientId, clientSecret }) },
 * });
 */
export const seek: Profile = /* @__PURE__ */ defineProfile({
  name: 'seek',
  advice: {
    unauthenticated:
      'Request a new access token and try once more; if that is refused too, check the credentials.',
    forbidden: 'Look at path, which names the field that was denied, and ask for access to it.',
  },
});
