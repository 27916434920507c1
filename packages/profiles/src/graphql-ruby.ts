import type { Profile, Seen } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { ruby } from './readers.ts';

/**
 * graphql-ruby (Rails), which GitHub, GitLab, Shopify, Buildkite and others run. What static validation refuses has a
 * code such as `undefinedField`; a syntax error, a limit and a time-out have words alone. All of it comes with 200.
 *
 * Sources, read on 2026-11-30: https://github.com/rmosolgo/graphql-ruby (its validation rules, analyzers and time-out)
 *
 * Not documented: codes of authentication and limits: those are the application's.
 *
 * @example
 * createResilience({ profile: graphqlRuby, auth: { tokens, refresh } });
 */
export const graphqlRuby: Profile = /* @__PURE__ */ defineProfile({
  name: 'graphql-ruby',
  rules: [
    { when: { test: isStatic }, then: 'bad_input' },
    { when: { message: ruby }, then: 'bad_input' },
    { when: { message: /^Timeout on [\w.]{1,300}$/ }, then: 'timeout' },
  ],
  codes: { validationTimeout: 'timeout' },
});

/** The code is one of static validation, such as `undefinedField` or `argumentLiteralsIncompatible`. */
function isStatic({ code = '' }: Seen): boolean {
  return /^(?:undefined|argument|missing(?:RequiredA|RequiredI|Query|Mutation|Subscription)|selection|field|variable|anonymous|cannotSpread|fragment|useAndDefine|infinite|directive|inputField|invalidOneOf|notSingle|queryContains|uniquelyNamed)[A-Za-z]{3,30}$/.test(
    code,
  );
}
