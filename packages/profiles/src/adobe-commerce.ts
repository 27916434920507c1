import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Adobe Commerce (Magento). What is wrong stands at `extensions.category`. `graphql-authorization` is a missing
 * permission, but with 401 a token that is missing or dead, and data may come beside it.
 *
 * Sources, read on 2026-11-21: the error pages of Adobe Commerce's GraphQL developer guide
 *
 * Not documented: rate limits, renewal of tokens (a customer's comes from `generateCustomerToken`: send that
 * mutation with `auth: false`).
 *
 * @example
 * createResilience({ profile: adobeCommerce, auth: { tokens, refresh } });
 */
export const adobeCommerce: Profile = /* @__PURE__ */ defineProfile({
  name: 'adobe-commerce',
  keys: { type: ['category', 'type'] },
  rules: [{ when: { status: 401, type: 'graphql-authorization' }, then: 'unauthenticated' }],
  types: {
    'graphql-authorization': 'forbidden',
    graphql: 'bad_input',
    'graphql-input': 'bad_input',
    'graphql-no-such-entity': 'not_found',
    'graphql-already-exists': 'conflict',
  },
});
