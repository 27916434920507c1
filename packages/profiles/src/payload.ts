import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Payload. The number at `extensions.statusCode` says what is wrong, as the HTTP status would; the class of the error
 * stands at `extensions.name`.
 *
 * Sources, read on 2026-11-21: https://github.com/payloadcms/payload
 *
 * Not documented: any wait. Whoever sends a dead token is a guest, and gets 403 where a guest may not go.
 *
 * @example
 * createResilience({ profile: payload, auth: { tokens, refresh } });
 */
export const payload: Profile = /* @__PURE__ */ defineProfile({
  name: 'payload',
  keys: { code: ['code', 'statusCode'], type: 'name' },
});
