import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * commercetools. Codes in CamelCase at `extensions.code`; errors of gateway and authorization have a body of
 * their own (`statusCode`, `errors[].code`, `error`). Input errors are 400 since 2026-01-29, and were 200.
 *
 * Sources, read on 2026-11-21: https://docs.commercetools.com/api/errors,
 * https://docs.commercetools.com/api/releases/2026-01-29-changed-graphql-api-status-code-on-invalid-input
 *
 * Not documented: any header that names a wait. Answers of the infrastructure in front can be no JSON.
 *
 * @example
 * createResilience({
 *   profile: commercetools,
 *   auth: { refresh: clientCredentials({ url, clientId, clientSecret }) },
 * });
 */
export const commercetools: Profile = /* @__PURE__ */ defineProfile({
  name: 'commercetools',
  codes: {
    insufficient_scope: 'forbidden',
    InvalidInput: 'bad_input',
    InvalidJsonInput: 'bad_input',
    InvalidOperation: 'bad_input',
    InvalidField: 'bad_input',
    DuplicateField: 'bad_input',
    SyntaxError: 'bad_input',
    SemanticError: 'bad_input',
    QueryComplexityLimitExceeded: 'bad_input',
    ConcurrentModification: 'conflict',
  },
  advice: {
    conflict: 'Read the resource again and use its current version.',
  },
});
