import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * AWS AppSync. What is wrong stands at `errors[].errorType`. A 401 (UnauthorizedException) is a dead token;
 * Unauthorized at 200 is a field that was denied at or after its resolver. Tokens of Cognito and OpenID Connect
 * go without the word Bearer.
 *
 * Sources, read on 2026-11-30:
 * https://repost.aws/knowledge-center/aws-appsync-graphql-request-unauth-error; UnauthorizedException and the
 * types of conflicts and sockets from Amplify's libraries.
 *
 * Not documented: status and type of throttling. A 401 may also be the wrong mode of authorization, which no
 * fresh token cures.
 *
 * @example
 * createResilience({ profile: appsync, auth: { tokens, refresh: () => cognitoSession() } });
 */
export const appsync: Profile = /* @__PURE__ */ defineProfile({
  name: 'appsync',
  // The last but one: `connection_error` on a socket, whole.
  keys: { type: ['errorType', 'payload.errors.0.errorType', 'type'] },
  rules: [{ when: { message: /^Not Authorized to access \S{1,200} on type / }, then: 'forbidden' }],
  types: {
    UnauthorizedException: 'unauthenticated',
    Unauthorized: 'forbidden',
    'DynamoDB:ConditionalCheckFailedException': 'conflict',
    ConflictUnhandled: 'conflict',
    ExecutionTimeout: 'timeout',
    // On a socket.
    LimitExceededError: 'rate_limited',
  },
  auth: {
    headers: ({ accessToken }) => ({ authorization: accessToken }),
  },
  advice: {
    unauthenticated:
      'Sign in again; if the fresh token is refused too, check which modes of authorization the API allows.',
  },
});
