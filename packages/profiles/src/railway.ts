import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Railway. `Retry-After` comes only once the limit is used up. OAuth tokens live an hour; refresh tokens rotate, and
 * the use of an old one revokes the whole grant: give all tabs or processes one `share`.
 *
 * Sources, read on 2026-11-30: https://docs.railway.com/integrations/api; what is said of a
 * dead token from https://github.com/railwayapp/cli
 *
 * Not documented: error codes, the status of a limit, the unit of `X-RateLimit-Reset` (so it is told by its size).
 *
 * @example
 * createResilience({
 *   profile: railway,
 *   auth: { tokens, refresh: refreshToken({ url, clientId, clientSecret }) },
 *   share: browserShare('my-app'),
 * });
 */
export const railway: Profile = /* @__PURE__ */ defineProfile({
  name: 'railway',
  // Its code is that of a broken server.
  rules: [{ when: { message: /^Not Authorized$/i }, then: 'unauthenticated' }],
  auth: { lifetime: 3_600_000 },
});
