import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Contentful's GraphQL Content API. Codes stand at `extensions.contentful.code`, and waits in
 * `X-Contentful-RateLimit-Reset`, in seconds from now. RESOURCES_EXHAUSTED is a query that is too heavy, and
 * PersistedQueryNotFound, though a 404, the question of a persisted-query link.
 *
 * Sources, read on 2026-11-21:
 * https://www.contentful.com/developers/docs/references/graphql/graphql-errors; the unit of the reset from
 * Contentful's own SDKs.
 *
 * Not documented: renewal of tokens; they are fixed keys, so leave `refresh` out.
 *
 * @example
 * createResilience({ profile: contentful, auth: { tokens: { accessToken } } });
 */
export const contentful: Profile = /* @__PURE__ */ defineProfile({
  name: 'contentful',
  keys: { code: ['contentful.code', 'code'] },
  codes: {
    ACCESS_TOKEN_MISSING: 'unauthenticated',
    ACCESS_TOKEN_INVALID: 'unauthenticated',
    COLLIDING_TYPE_NAMES: 'bad_input',
    COLLIDING_FIELD_NAMES: 'bad_input',
    RESERVED_FIELD_NAME: 'bad_input',
    MISSING_QUERY: 'bad_input',
    QUERY_TOO_BIG: 'bad_input',
    INVALID_QUERY_FORMAT: 'bad_input',
    INVALID_VARIABLES_FORMAT: 'bad_input',
    TOO_COMPLEX_QUERY: 'bad_input',
    QUERY_OPERATION_NAME_MISMATCH: 'bad_input',
    UNKNOWN_LOCALE: 'bad_input',
    UNEXPECTED_LINKED_CONTENT_TYPE: 'bad_input',
    RESOURCES_EXHAUSTED: 'bad_input',
    UNKNOWN_ENVIRONMENT: 'not_found',
    UNKNOWN_SPACE: 'not_found',
    UNRESOLVABLE_LINK: 'not_found',
    UNRESOLVABLE_RESOURCE_LINK: 'not_found',
    PersistedQueryMismatch: 'bad_input',
    PersistedQueryNotFound: 'unknown',
  },
  hints: [{ header: 'x-contentful-ratelimit-reset', unit: 'seconds' }],
  advice: {
    unauthenticated: 'Check the API key: Contentful’s keys are fixed, and nothing refreshes them.',
  },
});
