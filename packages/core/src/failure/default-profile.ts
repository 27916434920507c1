import type { Profile } from './profile-types.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

const UNASKED = {
  kind: 'unknown',
  advice:
    process.env.NODE_ENV !== 'production'
      ? 'Let the persisted-query link or exchange answer this: it sends the operation once more with its full text.'
      : '',
} as const;

const CLIENT = {
  kind: 'unauthenticated',
  advice:
    process.env.NODE_ENV !== 'production'
      ? 'Check the client id and secret that the token is asked for with; a secret may have expired or been rotated.'
      : '',
} as const;

const UNREAD = { kind: 'bad_input', executed: false } as const;

const REFUSED = { kind: 'server_error', retryable: false } as const;

/**
 * What servers that keep to GraphQL over HTTP, and to the codes that most of them use, need: the default,
 * and the ground of every other profile. A status that the list lacks is read as the first of its class.
 *
 * @example
 * createResilience({ profile: graphqlOverHttp }); // the same as without
 */
export const graphqlOverHttp: Profile = {
  name: 'graphql-over-http',
  keys: { code: 'code', type: 'type', docsUrl: 'docs_url' },
  // Some servers send the words of the handshake without its code (F4).
  rules: [{ when: { message: /^PersistedQueryNot(?:Found|Supported)$/ }, then: UNASKED }],
  codes: {
    UNAUTHENTICATED: 'unauthenticated',
    FORBIDDEN: 'forbidden',
    NOT_FOUND: 'not_found',
    BAD_USER_INPUT: 'bad_input',
    BAD_REQUEST: 'bad_input',
    GRAPHQL_PARSE_FAILED: UNREAD,
    GRAPHQL_VALIDATION_FAILED: UNREAD,
    OPERATION_RESOLUTION_FAILURE: UNREAD,
    RATE_LIMITED: 'rate_limited',
    RATE_LIMIT: 'rate_limited',
    TOO_MANY_REQUESTS: 'rate_limited',
    THROTTLED: 'rate_limited',
    INTERNAL_SERVER_ERROR: 'server_error',
    SERVICE_UNAVAILABLE: 'unavailable',
    PERSISTED_QUERY_NOT_FOUND: UNASKED,
    PERSISTED_QUERY_NOT_SUPPORTED: UNASKED,
  },
  // F4b. What is final (T7) and not listed here is unauthenticated.
  words: {
    invalid_client: CLIENT,
    unauthorized_client: CLIENT,
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
    501: REFUSED,
    502: 'unavailable',
    503: 'unavailable',
    504: 'unavailable',
    505: REFUSED,
    520: 'unavailable',
    521: 'unavailable',
    522: 'unavailable',
    523: 'unavailable',
    524: 'unavailable',
  },
  auth: {
    finalErrors: [
      'invalid_grant',
      'invalid_client',
      'unauthorized_client',
      'unsupported_grant_type',
      'invalid_request',
      'invalid_scope',
      // Firebase
      'TOKEN_EXPIRED',
      'USER_DISABLED',
      'USER_NOT_FOUND',
      'INVALID_REFRESH_TOKEN',
      // Cognito
      'NotAuthorizedException',
      // Supabase
      'refresh_token_not_found',
      'refresh_token_already_used',
      // Auth0
      'login_required',
    ],
  },
};
