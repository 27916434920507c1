import type { Profile, Seen } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

const UNREAD = { kind: 'bad_input', executed: false } as const;

/**
 * Spring for GraphQL, and graphql-java under other frameworks. What is wrong stands at `extensions.classification`, in
 * older servers at `errors[].errorType`. UNAUTHORIZED means that nobody is signed in.
 *
 * Sources, read on 2026-11-21: https://github.com/spring-projects/spring-graphql (d33b3cd),
 * https://github.com/graphql-java/graphql-java (c5c20fd)
 *
 * Not documented: rate limits (there are none), what made an ExecutionAborted abort.
 *
 * @example
 * createResilience({ profile: spring, auth: { tokens, refresh } });
 */
export const spring: Profile = /* @__PURE__ */ defineProfile({
  name: 'spring',
  keys: { type: ['classification', 'classification.type', 'errorType', 'type'] },
  rules: [
    // As it is written: `Unauthorized` is what AppSync says of a permission, at the same place.
    {
      when: { test: isUnauthorized },
      then: { kind: 'unauthenticated', executed: false },
    },
  ],
  types: {
    FORBIDDEN: 'forbidden',
    NOT_FOUND: 'not_found',
    BAD_REQUEST: 'bad_input',
    INTERNAL_ERROR: 'server_error',
    InvalidSyntax: UNREAD,
    ValidationError: UNREAD,
    OperationNotSupported: UNREAD,
    DataFetchingException: 'server_error',
    NullValueInNonNullableField: 'server_error',
  },
});

/** The type is UNAUTHORIZED, in capitals. */
function isUnauthorized({ type }: Seen): boolean {
  return type === 'UNAUTHORIZED';
}
