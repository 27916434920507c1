import type { Profile } from './profile.ts';
import { defineProfile } from './define-profile.ts';

const UNASKED =
  'Let the persisted-query link or exchange answer this: it sends the operation once more with its full text.';

const CLIENT =
  'Check the client id and secret that the token is asked for with; a secret may have expired or been rotated.';

/**
 * GraphQL over HTTP and what most servers do (F4, F4b, F5): the profile that every other one extends.
 * A named status that the list lacks is read as the first of its class (RFC 9110 15).
 */
export const defaultProfile: Profile = /* @__PURE__ */ defineProfile({
  name: 'graphql-over-http',
  rules: [
    {
      // Some servers send the words of the handshake without its code.
      when: { message: /^PersistedQueryNot(?:Found|Supported)$/ },
      then: { kind: 'unknown', retryable: false, advice: UNASKED },
    },
  ],
  codes: {
    UNAUTHENTICATED: 'unauthenticated',
    FORBIDDEN: 'forbidden',
    NOT_FOUND: 'not_found',
    BAD_USER_INPUT: 'bad_input',
    BAD_REQUEST: 'bad_input',
    GRAPHQL_PARSE_FAILED: { kind: 'bad_input', executed: false },
    GRAPHQL_VALIDATION_FAILED: { kind: 'bad_input', executed: false },
    OPERATION_RESOLUTION_FAILURE: { kind: 'bad_input', executed: false },
    RATE_LIMITED: 'rate_limited',
    RATE_LIMIT: 'rate_limited',
    TOO_MANY_REQUESTS: 'rate_limited',
    THROTTLED: 'rate_limited',
    INTERNAL_SERVER_ERROR: 'server_error',
    SERVICE_UNAVAILABLE: 'unavailable',
    PERSISTED_QUERY_NOT_FOUND: { kind: 'unknown', retryable: false, advice: UNASKED },
    PERSISTED_QUERY_NOT_SUPPORTED: { kind: 'unknown', retryable: false, advice: UNASKED },
  },
  words: {
    invalid_client: { kind: 'unauthenticated', advice: CLIENT },
    unauthorized_client: { kind: 'unauthenticated', advice: CLIENT },
    invalid_grant: {
      kind: 'unauthenticated',
      advice: 'Sign in again: the refresh token or code is used up, expired or revoked.',
    },
    access_denied: 'unauthenticated',
    invalid_request: 'bad_input',
    unsupported_grant_type: 'bad_input',
    invalid_scope: 'bad_input',
    too_many_requests: 'rate_limited',
    slow_down: 'rate_limited',
    temporarily_unavailable: 'unavailable',
  },
  statuses: {
    '1xx': 'bad_response',
    // A redirect that reached the client leads to a sign-in page, not to an answer (F7).
    '3xx': 'bad_response',
    '4xx': 'bad_input',
    401: 'unauthenticated',
    402: 'forbidden',
    403: 'forbidden',
    404: 'not_found',
    408: 'timeout',
    409: 'conflict',
    410: 'not_found',
    412: 'conflict',
    423: 'locked',
    425: { kind: 'conflict', retryable: true },
    429: 'rate_limited',
    '5xx': 'server_error',
    501: { kind: 'server_error', retryable: false },
    502: 'unavailable',
    503: 'unavailable',
    504: 'unavailable',
    505: { kind: 'server_error', retryable: false },
    520: 'unavailable',
    521: 'unavailable',
    522: 'unavailable',
    523: 'unavailable',
    524: 'unavailable',
  },
  auth: {
    finalErrors: [
      // RFC 6749 5.2.
      'invalid_grant',
      'invalid_client',
      'unauthorized_client',
      'unsupported_grant_type',
      'invalid_request',
      'invalid_scope',
      // OpenID Connect Core 3.1.2.6, as Auth0 has it.
      'login_required',
      // Firebase.
      'TOKEN_EXPIRED',
      'USER_DISABLED',
      'USER_NOT_FOUND',
      'INVALID_REFRESH_TOKEN',
      // Cognito.
      'NotAuthorizedException',
      // Supabase.
      'refresh_token_not_found',
      'refresh_token_already_used',
    ],
  },
});
