import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * graphene-django. Messages alone, and two statuses: 400 where any entry has no path, else 200. What your
 * authentication says is your application's: extend this profile with its words.
 *
 * Sources, read on 2026-11-21: https://github.com/graphql-python/graphene-django (0e6ef22)
 *
 * Not documented: any code, limit or wait.
 *
 * @example
 * const api = defineProfile({
 *   name: 'my-api',
 *   extends: graphene,
 *   rules: [{ when: { message: /^Signature has expired$/ }, then: 'unauthenticated' }],
 * });
 */
export const graphene: Profile = /* @__PURE__ */ defineProfile({
  name: 'graphene',
  advice: {
    unknown: 'Teach the profile this message with defineProfile: graphene-django has no codes.',
  },
});
