import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * AniList. The number at `errors[].status` says what is wrong, as an HTTP status would. 403 is no permission: the
 * API is switched off while it is not stable. Tokens live a year and cannot be refreshed.
 *
 * Sources, read on 2026-11-30: https://docs.anilist.co/guide/graphql/errors,
 * https://docs.anilist.co/guide/rate-limiting, https://docs.anilist.co/guide/considerations
 *
 * Not documented: the body of a 401; that of a dead token, a 400, is as public clients have seen it. The headers have been seen to overstate the limit (90 where 30 held).
 *
 * @example
 * createResilience({ profile: anilist, auth: { tokens: { accessToken } } });
 */
export const anilist: Profile = /* @__PURE__ */ defineProfile({
  name: 'anilist',
  keys: { code: ['code', 'status'] },
  rules: [
    {
      when: { status: 400, message: /^Invalid token$/ },
      then: { kind: 'unauthenticated', executed: false },
    },
  ],
  statuses: { 403: 'unavailable' },
  advice: {
    unauthenticated: 'Sign in again: tokens live for a year, and there are no refresh tokens.',
    unavailable: 'Come back later: AniList has switched its API off for the sake of stability.',
  },
});
