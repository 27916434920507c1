import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { all } from './readers.ts';

/**
 * commercetools. Codes in CamelCase at `extensions.code`; errors of gateway and authorization have a body of
 * their own (`statusCode`, `errors[].code`, `error`). Input errors are 400 since 2026-01-29, and were 200.
 *
 * Sources, read on 2026-11-30: https://docs.commercetools.com/api/errors,
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
    .../* @__PURE__ */ all(
      'InvalidInput,InvalidJsonInput,InvalidOperation,InvalidField,InvalidSubject,RequiredField,DuplicateField,DuplicateFieldWithConflictingResource,ReferenceExists,ReferencedResourceNotFound,AnonymousIdAlreadyInUse,MatchingPriceNotFound,MaxResourceLimitExceeded,ResourceSizeLimitExceeded,FeatureRemoved,SyntaxError,SemanticError,QueryComplexityLimitExceeded',
      'bad_input',
    ),
    ResourceNotFound: 'not_found',
    ObjectNotFound: 'not_found',
    ConcurrentModification: 'conflict',
    // An operation before this one has yet to end.
    PendingOperation: 'locked',
    QueryTimedOut: 'timeout',
    General: 'server_error',
    OverCapacity: 'unavailable',
    BadGateway: 'unavailable',
  },
  advice: {
    conflict: 'Read the resource again and use its current version.',
  },
});
