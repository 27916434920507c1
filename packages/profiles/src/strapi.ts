import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Strapi. FORBIDDEN stands for a missing permission as well as for nobody signed in: the class at
 * `extensions.error.name` tells which.
 *
 * Sources, read on 2026-11-21: https://github.com/strapi/strapi (its error classes, and the GraphQL plugin)
 *
 * Not documented: any wait, renewal of tokens.
 *
 * @example
 * createResilience({ profile: strapi, auth: { tokens, refresh } });
 */
export const strapi: Profile = /* @__PURE__ */ defineProfile({
  name: 'strapi',
  keys: { type: 'error.name' },
  types: {
    UnauthorizedError: 'unauthenticated',
    ForbiddenError: 'forbidden',
    PolicyError: 'forbidden',
    RateLimitError: 'rate_limited',
    NotFoundError: 'not_found',
    ValidationError: 'bad_input',
    YupValidationError: 'bad_input',
    PaginationError: 'bad_input',
    PayloadTooLargeError: 'bad_input',
  },
});
