import type { FailureKind } from '../base/failure.ts';
import type { Profile } from './profile-form.ts';

/** In the words that bundlers look for. */
declare const process: { readonly env: { readonly NODE_ENV?: string } };

const UNASKED =
  process.env.NODE_ENV !== 'production'
    ? ({
        kind: 'unknown',
        advice:
          'Let the persisted-query link or exchange answer this: it sends the operation once more with its full text.',
      } as const)
    : 'unknown';

const CLIENT = {
  kind: 'unauthenticated',
  advice:
    'Check the client id and secret that the token is asked for with; a secret may have expired or been rotated.',
} as const;

const UNREAD = { kind: 'bad_input', executed: false } as const;

const REFUSED = { kind: 'server_error', retryable: false } as const;

/** A table written the other way round: what is said, and of which words, with a comma between them. */
function table(said: Partial<Record<FailureKind, string>>): Record<string, FailureKind> {
  return Object.fromEntries(
    Object.entries(said).flatMap(([kind, words]) => words.split(',').map((word) => [word, kind])),
  ) as Record<string, FailureKind>;
}

/**
 * What servers that keep to GraphQL over HTTP, and to the codes that most of them use, need: the default,
 * and the ground of every other profile. A status that the list lacks is read as the first of its class.
 *
 * @example
 * createResilience({ profile: graphqlOverHttp }); // the same as without
 */
export const graphqlOverHttp: Profile = /* @__PURE__ */ (() => ({
  name: 'graphql-over-http',
  keys: {
    // The second of a Hasura DDN plugin, whose answer has no `errors`.
    code: ['code', 'extensions.code'],
    // DGS has two, of which the detail says more; AppSync and old graphql-java servers; Spring; Braintree and
    // New Relic; Adobe Commerce and Lighthouse.
    type: ['type', 'errorDetail', 'errorType', 'classification', 'errorClass', 'category'],
    docsUrl: 'docs_url',
  },
  rules: [
    // Some servers send the words of the handshake without its code (F4).
    { when: { message: /^PersistedQueryNot(?:Found|Supported)$/ }, then: UNASKED },
    // Lighthouse, with all of Laravel; PyJWT, and with it Saleor and graphene; jsonwebtoken of Node.
    {
      when: {
        status: 200,
        message: /^(?:unauthenticated\.?|signature has expired|jwt expired)$/i,
        test: ({ code }) => !code,
      },
      then: 'unauthenticated',
    },
    // GitHub's two limits, and whoever else says so under a status that means something else.
    {
      when: {
        status: [200, 400, 403],
        message: /rate.?limit|too many requests|throttl|quota exceeded/i,
        test: ({ header }) =>
          header('retry-after') !== undefined || header('x-ratelimit-remaining') === '0',
      },
      then: 'rate_limited',
    },
  ],
  codes: {
    ...table({
      // Directus; commercetools, Galxe and Directus; Hasura and Nhost; Hot Chocolate; Braintree and Lighthouse;
      // Adobe Commerce; Linear; AppSync.
      unauthenticated:
        'UNAUTHENTICATED,TOKEN_EXPIRED,INVALID_TOKEN,invalid-jwt,AUTH_NOT_AUTHENTICATED,AUTHENTICATION,graphql-authentication,authentication error,UnauthorizedException',
      // DGS; Hot Chocolate; GitHub; Lumar; Directus and PostgreSQL, whose servers answer 401 with it.
      forbidden:
        'FORBIDDEN,PERMISSION_DENIED,AUTH_NOT_AUTHORIZED,INSUFFICIENT_SCOPES,INSUFFICIENT_PERMISSIONS,INVALID_IP,42501',
      // Lumar.
      not_found: 'NOT_FOUND,ENTITY_NOT_FOUND',
      // graphql-java, and with it Spring, DGS and Salesforce; Directus, of a one-time password.
      bad_input: 'BAD_USER_INPUT,BAD_REQUEST,ValidationError,InvalidSyntax,INVALID_OTP',
      // Linear; Contentful, Hasura DDN and monday.com; Apollo Router; Directus; DGS.
      rate_limited:
        'RATE_LIMITED,RATE_LIMIT,TOO_MANY_REQUESTS,THROTTLED,RATELIMITED,RATE_LIMIT_EXCEEDED,REQUEST_RATE_LIMITED,REQUEST_CONCURRENCY_LIMITED,REQUESTS_EXCEEDED,ENHANCE_YOUR_CALM',
      // DGS and Braintree; Spring.
      server_error: 'INTERNAL_SERVER_ERROR,INTERNAL,INTERNAL_ERROR',
      // DGS; Apollo Router.
      unavailable: 'SERVICE_UNAVAILABLE,UNAVAILABLE,GATEWAY_TIMEOUT',
    }),
    GRAPHQL_PARSE_FAILED: UNREAD,
    GRAPHQL_VALIDATION_FAILED: UNREAD,
    OPERATION_RESOLUTION_FAILURE: UNREAD,
    PERSISTED_QUERY_NOT_FOUND: UNASKED,
    PERSISTED_QUERY_NOT_SUPPORTED: UNASKED,
  },
  // F4b. What is final (T7) and not listed here is unauthenticated.
  words: {
    ...table({
      unauthenticated: 'access_denied',
      bad_input: 'invalid_request,unsupported_grant_type,invalid_scope',
      rate_limited: 'too_many_requests,slow_down',
      unavailable: 'temporarily_unavailable',
    }),
    ...(process.env.NODE_ENV !== 'production' && {
      invalid_client: CLIENT,
      unauthorized_client: CLIENT,
    }),
  },
  // Close codes too: of the graphql-ws protocol, and of RFC 6455 7.4.1 where they mean more than a lost line
  // (S4); 1000 is no failure (S5).
  statuses: {
    ...table({
      // A redirect that reached the client leads to a sign-in page, not to an answer (F7).
      bad_response: '1xx,3xx,1002,4004,4005',
      bad_input: '4xx,4400,4406',
      unauthenticated: '401,4401,4403',
      forbidden: '402,403',
      not_found: '404,410',
      timeout: '408,4408,4504',
      conflict: '409,412,4409',
      locked: '423',
      rate_limited: '429,4429',
      server_error: '5xx,4500',
      unavailable: '502,503,504,520,521,522,523,524',
      network: '1xxx',
      aborted: '4499',
    }),
    1000: null,
    425: { kind: 'conflict', retryable: true },
    501: REFUSED,
    505: REFUSED,
  },
  auth: {
    // OAuth's, Firebase's, Cognito's, Supabase's, Auth0's.
    finalErrors:
      'invalid_grant,invalid_client,unauthorized_client,unsupported_grant_type,invalid_request,invalid_scope,TOKEN_EXPIRED,USER_DISABLED,USER_NOT_FOUND,INVALID_REFRESH_TOKEN,NotAuthorizedException,refresh_token_not_found,refresh_token_already_used,login_required'.split(
        ',',
      ),
  },
}))();
