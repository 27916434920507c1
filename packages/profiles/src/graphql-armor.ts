import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * GraphQL Armor, on whatever server. Each of its limits reads like a syntax error, and none has a code; the operation is
 * refused before it runs, and would be again. To use it with a server's own profile:
 * `defineProfile({ ...graphqlArmor, extends: yoga })`.
 *
 * Sources, read on 2026-11-21: https://github.com/Escape-Technologies/graphql-armor (c9a6abf)
 *
 * Not documented: words other than its own; with hidden limits it says `Syntax Error: Query validation error.`
 *
 * @example
 * createResilience({ profile: graphqlArmor });
 */
export const graphqlArmor: Profile = /* @__PURE__ */ defineProfile({
  name: 'graphql-armor',
  rules: [{ when: { message: /^Syntax Error: / }, then: { kind: 'bad_input', executed: false } }],
  advice: {
    bad_input: 'Make the operation smaller: fewer levels, aliases, directives or tokens.',
  },
});
