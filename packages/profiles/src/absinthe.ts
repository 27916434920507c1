import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Absinthe (Elixir). What an application adds to an error stands beside its message: `code` is a word or a number,
 * and a number is read as the HTTP status.
 *
 * Sources, read on 2026-11-21: https://github.com/absinthe-graphql/absinthe (d4c66fa, with its guides)
 *
 * Not documented: any code of its own, limit or wait.
 *
 * @example
 * createResilience({ profile: absinthe, auth: { tokens, refresh } });
 */
export const absinthe: Profile = /* @__PURE__ */ defineProfile({
  name: 'absinthe',
  rules: [
    {
      when: { message: /\bis too complex: complexity is \d+ and maximum is \d+/ },
      then: 'bad_input',
    },
  ],
});
