import type { Profile, Seen } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Lighthouse (Laravel). Words alone: `Unauthenticated.` with `extensions.guards`, `This action is unauthorized.`,
 * `Rate limit for Type.field exceeded.` Guards and throttles stand before the resolver of their field.
 *
 * Sources, read on 2026-11-21: https://github.com/nuwave/lighthouse (a29ff8e)
 *
 * Not documented: any wait. An application may change the words.
 *
 * @example
 * createResilience({ profile: lighthouse, auth: { tokens, refresh } });
 */
export const lighthouse: Profile = /* @__PURE__ */ defineProfile({
  name: 'lighthouse',
  rules: [
    {
      when: { message: /^Unauthenticated\.$/ },
      then: { kind: 'unauthenticated', executed: false },
    },
    {
      when: { message: /^Rate limit for \S{1,300} exceeded\b/ },
      then: { kind: 'rate_limited', executed: false },
    },
    { when: { message: /^This action is unauthorized\.$/ }, then: 'forbidden' },
    {
      when: {
        test: isValidation,
      },
      then: 'bad_input',
    },
    { when: { message: /^Internal server error$/ }, then: 'server_error' },
  ],
  // As older versions say of what cannot be parsed or is not valid.
  types: { graphql: 'bad_input' },
});

/** `extensions.validation` lists what is wrong with the arguments. */
function isValidation({ extensions: { validation } }: Seen): boolean {
  return typeof validation === 'object' && validation !== null;
}
