import type { Profile, Seen } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { graphqlRuby } from './graphql-ruby.ts';
import { untilDate } from './readers.ts';

/**
 * GitLab's GraphQL API. No codes: one text stands for what is missing and for what is not permitted. A limit
 * is a 429 in plain text. Spam and captcha need a person, not a retry.
 *
 * Sources, read on 2026-11-30: https://docs.gitlab.com/api/graphql/,
 * https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/
 *
 * Not documented: the headers of the second limiter (a 429 for one action of the application); renewal of
 * OAuth tokens. GitLab.com has been seen to send 429 as HTML without any header.
 *
 * @example
 * createResilience({ profile: gitlab, auth: { tokens: { accessToken } } });
 */
export const gitlab: Profile = /* @__PURE__ */ defineProfile({
  name: 'gitlab',
  extends: graphqlRuby,
  rules: [
    {
      when: { message: /does(?: not|n't) exist or you do(?: not|n't) have permission/ },
      then: 'forbidden',
    },
    {
      when: {
        test: isChallenge,
      },
      then: {
        kind: 'forbidden',
        advice:
          'Have a person solve the captcha, and repeat with X-GitLab-Captcha-Response and X-GitLab-Spam-Log-Id; spam is not taken at all.',
      },
    },
  ],
  hints: [resetTime],
  advice: {
    forbidden:
      'Check the path and the permissions: GitLab says the same of what is missing and of what is hidden.',
  },
});

/** `extensions.spam` or `extensions.needsCaptchaResponse` is true. */
function isChallenge({ extensions: { spam, needsCaptchaResponse } }: Seen): boolean {
  return spam === true || needsCaptchaResponse === true;
}

/** Until the HTTP-date in `RateLimit-ResetTime`. */
function resetTime(seen: Seen): number | undefined {
  return untilDate(seen, seen.header('ratelimit-resettime'));
}
