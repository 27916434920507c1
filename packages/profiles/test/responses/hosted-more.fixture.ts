import type { Responses } from './response.fixture.ts';
import { answered, DEAD, epoch, partly, refused } from './response.fixture.ts';

/** Hosted APIs, second half: from section 1.11 of the facts on. */
export const hostedMore: Responses = {
  commercetools: [
    {
      says: 'a dead token',
      from: 'documented',
      signal: answered(401, {
        statusCode: 401,
        message: 'invalid_token',
        errors: [{ code: 'invalid_token', message: 'invalid_token' }],
        error: 'invalid_token',
      }),
      ...DEAD,
    },
    {
      says: 'bad input',
      from: 'documented',
      signal: {
        status: 400,
        body: {
          data: null,
          errors: [
            {
              message:
                'Malformed parameter: limit: The limit parameter must be in the range of [0..500]',
              path: ['products'],
              locations: [{ line: 2, column: 3 }],
              extensions: { code: 'InvalidInput' },
            },
          ],
        },
      },
      kind: 'bad_input',
    },
    {
      says: 'bad input before 2026-01-29',
      from: 'documented',
      signal: refused('x', { code: 'InvalidInput' }),
      kind: 'bad_input',
    },
    {
      says: 'too complex',
      from: 'documented',
      signal: refused('x', { code: 'QueryComplexityLimitExceeded' }),
      kind: 'bad_input',
    },
    {
      says: 'an older version',
      from: 'seen',
      signal: partly('Object has a different version than expected.', {
        code: 'ConcurrentModification',
        currentVersion: 8,
      }),
      kind: 'conflict',
    },
    {
      says: 'an older version, as the gateway says it',
      from: 'documented',
      signal: answered(409, {
        statusCode: 409,
        message: 'x',
        errors: [{ code: 'ConcurrentModification', message: 'x', currentVersion: 8 }],
      }),
      kind: 'conflict',
    },
    {
      says: 'infrastructure in front',
      from: 'documented',
      signal: answered(502, '<html>bad gateway</html>', { 'content-type': 'text/html' }),
      kind: 'unavailable',
    },
  ],
  cloudflare: [
    {
      says: 'a dead token',
      from: 'documented',
      signal: answered(401, { data: null, errors: [{ message: 'Unauthorized' }] }),
      ...DEAD,
    },
    {
      says: 'a permission, at 200',
      from: 'documented',
      signal: refused('does not have access to the path. Refer to this page for more details'),
      kind: 'forbidden',
    },
    {
      says: 'an account',
      from: 'documented',
      signal: answered(403, { errors: [{ message: 'not authorized for that account' }] }),
      kind: 'forbidden',
    },
    {
      says: 'zones',
      from: 'documented',
      signal: refused('zones [a b] are not authorized'),
      kind: 'forbidden',
    },
    {
      says: 'the limit, in minutes',
      from: 'documented',
      signal: answered(429, {
        data: null,
        errors: [{ message: 'rate limiter budget depleted, try again after 5 minutes' }],
      }),
      kind: 'rate_limited',
      wait: 300_000,
      executed: false,
    },
    {
      says: 'the limit at 200',
      from: 'composed',
      signal: refused('rate limiter budget depleted, try again after 1 minute'),
      kind: 'rate_limited',
      wait: 60_000,
      executed: false,
    },
    {
      says: 'down',
      from: 'documented',
      signal: answered(503, {
        errors: [{ message: 'unable to execute query, please try again later' }],
      }),
      kind: 'unavailable',
    },
    {
      says: 'busy, at 200',
      from: 'composed',
      signal: refused('too many queries in progress, please try again later'),
      kind: 'unavailable',
    },
    {
      says: 'a fault of the server, at 200',
      from: 'composed',
      signal: refused('Internal server error'),
      kind: 'server_error',
    },
    {
      says: 'the limit of a dataset',
      from: 'documented',
      signal: answered(400, {
        errors: [{ message: 'limit must be positive number and not greater than 10000' }],
      }),
      kind: 'bad_input',
    },
    {
      says: 'success with `errors: null`',
      from: 'documented',
      signal: {
        status: 200,
        body: { data: { viewer: {} }, errors: null },
        data: { viewer: {} },
        errors: null,
      },
      kind: null,
    },
    {
      says: 'the fields of the REST API',
      from: 'composed',
      signal: answered(
        429,
        { errors: [{ message: 'x' }] },
        { ratelimit: '"default";r=0;t=30', 'ratelimit-policy': '"default";q=1200;w=300' },
      ),
      kind: 'rate_limited',
      wait: 30_000,
      executed: false,
    },
  ],
  buildkite: [
    {
      says: 'the budget of the organization, by its headers',
      from: 'documented',
      signal: answered(
        429,
        { errors: [{ message: 'Too many requests' }] },
        { 'ratelimit-remaining': '0', 'ratelimit-limit': '20000', 'ratelimit-reset': '187' },
      ),
      kind: 'rate_limited',
      wait: 187_000,
      executed: false,
    },
    {
      says: 'a budget, by its words',
      from: 'documented',
      signal: answered(429, {
        errors: [
          {
            message: 'Your organization has exceeded its budget. Please try again in 187 seconds.',
          },
        ],
      }),
      kind: 'rate_limited',
      wait: 187_000,
      executed: false,
    },
    {
      says: 'the budget of the user',
      from: 'composed',
      signal: answered(
        429,
        { errors: [{ message: 'Too many requests' }] },
        { 'ratelimit-user-remaining': '0', 'ratelimit-user-reset': '42' },
      ),
      kind: 'rate_limited',
      wait: 42_000,
      executed: false,
    },
  ],
  anilist: [
    {
      says: 'a dead token',
      from: 'composed',
      signal: refused('Invalid token', undefined, { entry: { status: 401 } }),
      ...DEAD,
    },
    {
      says: 'switched off',
      from: 'documented',
      signal: answered(403, {
        data: null,
        errors: [
          {
            message:
              'The AniList API has been temporarily disabled due to severe stability issues.',
            status: 403,
          },
        ],
      }),
      kind: 'unavailable',
    },
    {
      says: 'nothing there',
      from: 'documented',
      signal: answered(404, {
        data: { Media: null },
        errors: [{ message: 'Not Found.', status: 404 }],
      }),
      kind: 'not_found',
    },
    {
      says: 'bad input',
      from: 'documented',
      signal: answered(400, {
        data: null,
        errors: [
          {
            message: 'validation',
            status: 400,
            validation: { id: ['The id must be an integer.'] },
          },
        ],
      }),
      kind: 'bad_input',
    },
    {
      says: 'the limit',
      from: 'documented',
      signal: answered(
        429,
        { data: null, errors: [{ message: 'Too Many Requests.', status: 429 }] },
        {
          'retry-after': '30',
          'x-ratelimit-limit': '90',
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': epoch(30),
        },
      ),
      kind: 'rate_limited',
      wait: 30_000,
      executed: false,
    },
    {
      says: 'the limit with its reset alone',
      from: 'documented',
      signal: answered(429, undefined, {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': epoch(25),
      }),
      kind: 'rate_limited',
      wait: 25_000,
      executed: false,
    },
  ],
  seek: [
    {
      says: 'a dead token',
      from: 'documented',
      signal: refused('x', { code: 'UNAUTHENTICATED' }),
      ...DEAD,
    },
    {
      says: 'a field that is denied',
      from: 'documented',
      signal: partly('x', { code: 'FORBIDDEN' }),
      kind: 'forbidden',
    },
  ],
  lumar: [
    {
      says: 'a dead session',
      from: 'documented',
      signal: refused('x', { code: 'UNAUTHENTICATED' }, { status: 401 }),
      ...DEAD,
    },
    {
      says: 'a missing role',
      from: 'documented',
      signal: partly('x', { code: 'UNAUTHORIZED' }),
      kind: 'forbidden',
    },
    {
      says: 'missing permissions',
      from: 'documented',
      signal: refused('x', { code: 'INSUFFICIENT_PERMISSIONS' }),
      kind: 'forbidden',
    },
    {
      says: 'nothing there',
      from: 'documented',
      signal: partly('x', { code: 'ENTITY_NOT_FOUND' }),
      kind: 'not_found',
    },
    {
      says: 'a project that is missing',
      from: 'documented',
      signal: refused('x', { code: 'BAD_USER_INPUT' }),
      kind: 'bad_input',
    },
    {
      says: 'the limit',
      from: 'documented',
      signal: answered(429),
      kind: 'rate_limited',
      executed: false,
    },
  ],
  appsync: [
    {
      says: 'a dead token',
      from: 'seen',
      signal: answered(401, {
        errors: [{ errorType: 'UnauthorizedException', message: 'Token has expired.' }],
      }),
      ...DEAD,
    },
    {
      says: 'a dead token in `connection_error`',
      from: 'seen',
      signal: {
        errors: [
          {
            errorType: 'UnauthorizedException',
            message: 'You are not authorized to make this call.',
          },
        ],
      },
      ...DEAD,
    },
    {
      says: 'a dead token in `connection_error`, whole',
      from: 'seen',
      signal: {
        body: {
          type: 'connection_error',
          payload: { errors: [{ errorType: 'UnauthorizedException', message: 'x' }] },
        },
      },
      ...DEAD,
    },
    {
      says: 'a field that is denied',
      from: 'documented',
      signal: partly(
        'Not Authorized to access me on type Query',
        {},
        { errorType: 'Unauthorized', errorInfo: null, data: null },
      ),
      kind: 'forbidden',
    },
    {
      says: 'a field that is denied, by its words',
      from: 'documented',
      signal: partly('Not Authorized to access listPosts on type Query'),
      kind: 'forbidden',
    },
  ],
  salesforce: [
    {
      says: 'an expired session',
      from: 'documented',
      signal: answered(401, [
        { message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' },
      ]),
      kind: 'unauthenticated',
      freshToken: true,
    },
    { says: 'the limit', from: 'documented', signal: answered(503), kind: 'rate_limited' },
    {
      says: 'a bad query',
      from: 'composed',
      signal: refused('x', { ErrorType: 'InvalidSyntax' }),
      kind: 'bad_input',
      executed: false,
    },
    {
      says: 'an invalid query',
      from: 'composed',
      signal: refused('x', { classification: 'ValidationError' }),
      kind: 'bad_input',
      executed: false,
    },
    {
      says: 'a fault while fetching',
      from: 'composed',
      signal: partly('x', { ErrorType: 'DataFetchingException' }),
      kind: 'server_error',
    },
    {
      says: 'no operation',
      from: 'composed',
      signal: refused('x', undefined, { entry: { errorType: 'OperationNotSupported' } }),
      kind: 'bad_input',
      executed: false,
    },
  ],
  braintree: [
    {
      says: 'bad credentials',
      from: 'seen',
      signal: refused('Authentication credentials are invalid.', { errorClass: 'AUTHENTICATION' }),
      ...DEAD,
    },
    {
      says: 'a permission',
      from: 'source',
      signal: partly('x', { errorClass: 'AUTHORIZATION' }),
      kind: 'forbidden',
    },
    {
      says: 'an unknown reader',
      from: 'documented',
      signal: {
        status: 200,
        body: {
          data: { requestChargeFromInStoreReader: null },
          errors: [{ message: 'Reader not found.', extensions: { legacyCode: '96704' } }],
          extensions: { requestId: 'r' },
        },
      },
      kind: 'unknown',
    },
    {
      says: 'a rule that was broken',
      from: 'seen',
      signal: partly('x', { errorClass: 'VALIDATION', legacyCode: '81502' }),
      kind: 'bad_input',
    },
    {
      says: 'nothing there',
      from: 'source',
      signal: partly('x', { errorClass: 'NOT_FOUND' }),
      kind: 'not_found',
    },
    {
      says: 'the limit',
      from: 'source',
      signal: refused('x', { errorClass: 'RESOURCE_LIMIT' }),
      kind: 'rate_limited',
      executed: false,
    },
    {
      says: 'down',
      from: 'source',
      signal: refused('x', { errorClass: 'SERVICE_AVAILABILITY' }),
      kind: 'unavailable',
    },
    {
      says: 'a fault of the server',
      from: 'source',
      signal: refused('x', { errorClass: 'INTERNAL' }),
      kind: 'server_error',
    },
    {
      says: 'a number that is no status',
      from: 'composed',
      signal: refused('x', { legacyCode: '401' }),
      kind: 'unknown',
    },
  ],
  railway: [
    {
      says: 'the limit',
      from: 'composed',
      signal: answered(429, undefined, {
        'retry-after': '10',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': epoch(10),
      }),
      kind: 'rate_limited',
      wait: 10_000,
      executed: false,
    },
    { says: 'a dead token', from: 'composed', signal: answered(401), ...DEAD },
  ],
  codex: [
    {
      says: 'the limit',
      from: 'documented',
      signal: refused(
        'x',
        { code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 4 },
        { status: 429, headers: { 'retry-after': '4' } },
      ),
      kind: 'rate_limited',
      wait: 4_000,
      executed: false,
    },
    {
      says: 'the limit, the header being hidden',
      from: 'composed',
      signal: refused('x', { code: 'TOO_MANY_REQUESTS', retryAfterSeconds: 4 }, { status: 429 }),
      kind: 'rate_limited',
      wait: 4_000,
      executed: false,
    },
    {
      says: 'a bucket that is empty for a moment',
      from: 'documented',
      signal: refused('x', { code: 'TOO_MANY_REQUESTS' }, { status: 429 }),
      kind: 'rate_limited',
      executed: false,
    },
    {
      says: 'over capacity',
      from: 'documented',
      signal: refused('x', { code: 'OVER_CAPACITY' }),
      kind: 'unavailable',
    },
  ],
  galxe: [
    {
      says: 'a bad token',
      from: 'documented',
      signal: {
        status: 200,
        body: {
          errors: [
            {
              message: 'Invalid access token: invalid token',
              extensions: {
                category: 'AUTHENTICATION',
                code: 'INVALID_TOKEN',
                details: ['reason: invalid token'],
                http_status: 401,
              },
            },
          ],
          data: null,
        },
      },
      ...DEAD,
    },
    {
      says: 'a permission',
      from: 'composed',
      signal: refused('x', { category: 'X', code: 'Y', http_status: 403 }),
      kind: 'forbidden',
    },
    {
      says: 'bad input',
      from: 'composed',
      signal: refused('x', { code: 'Y', http_status: 422 }),
      kind: 'bad_input',
    },
    {
      says: 'the limit',
      from: 'documented',
      signal: answered(429, undefined, { 'retry-after': '9' }),
      kind: 'rate_limited',
      wait: 9_000,
      executed: false,
    },
  ],
  netapp: [
    {
      says: 'a dead token',
      from: 'documented',
      signal: refused('x', { code: 'UNAUTHENTICATED' }),
      ...DEAD,
    },
    {
      says: 'a role that is missing or has expired',
      from: 'documented',
      signal: refused('x', { code: 'FORBIDDEN' }),
      kind: 'forbidden',
    },
    {
      says: 'nothing there',
      from: 'documented',
      signal: refused('x', { code: 'NOT_FOUND_ERROR' }),
      kind: 'not_found',
    },
    {
      says: 'bad input',
      from: 'documented',
      signal: refused('x', { code: 'BAD_USER_INPUT' }),
      kind: 'bad_input',
    },
    {
      says: 'the limit',
      from: 'documented',
      signal: refused('x', { code: 'USER_API_RATE_LIMIT_EXCEEDED' }, { status: 429 }),
      kind: 'rate_limited',
      executed: false,
    },
  ],
  adobeCommerce: [
    {
      says: 'no token, beside data',
      from: 'documented',
      signal: {
        ...partly("The current customer isn't authorized.", { category: 'graphql-authorization' }),
        status: 401,
      },
      kind: 'unauthenticated',
      freshToken: true,
    },
    {
      says: 'no token',
      from: 'composed',
      signal: refused(
        "The current customer isn't authorized.",
        { category: 'graphql-authorization' },
        { status: 401 },
      ),
      ...DEAD,
    },
    {
      says: 'a permission',
      from: 'documented',
      signal: partly("The current customer isn't authorized.", {
        category: 'graphql-authorization',
      }),
      kind: 'forbidden',
    },
    {
      says: 'not signed in',
      from: 'documented',
      signal: refused('x', { category: 'graphql-authentication' }),
      ...DEAD,
    },
    {
      says: 'bad input',
      from: 'documented',
      signal: partly('x', { category: 'graphql-input' }),
      kind: 'bad_input',
    },
    {
      says: 'nothing there',
      from: 'documented',
      signal: partly('x', { category: 'graphql-no-such-entity' }),
      kind: 'not_found',
    },
    {
      says: 'there already',
      from: 'documented',
      signal: partly('x', { category: 'graphql-already-exists' }),
      kind: 'conflict',
    },
  ],
  jobber: [
    {
      says: 'throttled: (2000 - 500) / 500 seconds',
      from: 'documented',
      signal: {
        status: 200,
        body: {
          errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
          extensions: {
            cost: {
              requestedQueryCost: 2_000,
              actualQueryCost: null,
              throttleStatus: {
                maximumAvailable: 10_000,
                currentlyAvailable: 500,
                restoreRate: 500,
              },
            },
          },
        },
      },
      kind: 'rate_limited',
      wait: 3_000,
      executed: false,
    },
    {
      says: 'too many requests',
      from: 'documented',
      signal: answered(429),
      kind: 'rate_limited',
      executed: false,
    },
  ],
  storyblok: [
    {
      says: 'the limit',
      from: 'documented',
      signal: answered(429),
      kind: 'rate_limited',
      executed: false,
    },
    { says: 'a bad token', from: 'composed', signal: answered(401), ...DEAD },
  ],
  newRelic: [
    {
      says: 'a bad key',
      from: 'source',
      signal: refused('x', { error_code: 'BAD_API_KEY' }),
      ...DEAD,
    },
    {
      says: 'too many at once',
      from: 'documented',
      signal: answered(429),
      kind: 'rate_limited',
      executed: false,
    },
    {
      says: 'a query that took too long',
      from: 'source',
      signal: partly('x', { errorClass: 'TIMEOUT' }),
      kind: 'timeout',
    },
    {
      says: 'a fault of the server',
      from: 'source',
      signal: refused('x', { errorClass: 'SERVER_ERROR' }),
      kind: 'server_error',
    },
    {
      says: 'a permission',
      from: 'seen',
      signal: partly('x', { errorClass: 'FORBIDDEN' }),
      kind: 'forbidden',
    },
    {
      says: 'bad input',
      from: 'seen',
      signal: refused('x', { errorClass: 'BAD_USER_INPUT' }),
      kind: 'bad_input',
    },
  ],
  visma: [
    {
      says: 'a dead token, as a page',
      from: 'documented',
      signal: answered(
        401,
        '<html><head><title>401 Authorization Required</title></head><body><center>nginx</center></body></html>',
        { 'content-type': 'text/html' },
      ),
      ...DEAD,
    },
  ],
};
