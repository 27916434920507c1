import type { Responses } from './response.fixture.ts';
import { answered, DEAD, epoch, partly, refused } from './response.fixture.ts';

const THROTTLED = {
  cost: {
    requestedQueryCost: 752,
    actualQueryCost: null,
    throttleStatus: { maximumAvailable: 1_000, currentlyAvailable: 666, restoreRate: 50 },
  },
};

const RATE = 'API rate limit exceeded for user ID 1.';
const SECONDARY =
  'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';

/** Hosted APIs, first half: section 1.1 to 1.10 of the facts. */
export const hosted: Responses = {
  breeze: [
    {
      says: 'a dead token',
      from: 'documented',
      signal: {
        body: {
          errors: [{ message: 'Token validation failed', extensions: { code: 'UNAUTHENTICATED' } }],
        },
      },
      ...DEAD,
    },
    { says: 'a dead token by its status', from: 'documented', signal: answered(401), ...DEAD },
    {
      says: 'a missing credential',
      from: 'documented',
      signal: {
        body: {
          errors: [{ message: 'Credential not found', extensions: { code: 'NOT_FOUND' } }],
          data: null,
        },
      },
      kind: 'not_found',
    },
    {
      says: 'a missing role',
      from: 'composed',
      signal: refused('Insufficient permissions', { code: 'FORBIDDEN' }),
      kind: 'forbidden',
    },
    {
      says: 'bad arguments',
      from: 'composed',
      signal: refused('Invalid argument', { code: 'BAD_USER_INPUT' }),
      kind: 'bad_input',
    },
    {
      says: 'the limit, in plain text',
      from: 'documented',
      signal: answered(429, 'Too many requests from this IP, please try again later', {
        'content-type': 'text/plain',
        'x-ratelimit-limit': '3600',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': epoch(60),
      }),
      kind: 'rate_limited',
      wait: 60_000,
      executed: false,
    },
    {
      says: 'the limit without its headers',
      from: 'documented',
      signal: answered(429, 'Too many requests from this IP, please try again later'),
      kind: 'rate_limited',
      executed: false,
    },
    {
      says: 'the limit of the token endpoint',
      from: 'documented',
      signal: answered(429, {
        error: 'too_many_requests',
        error_description:
          'Rate limit exceeded for OAuth token requests. Maximum 100 requests per hour allowed. Try again in 420 seconds.',
      }),
      kind: 'rate_limited',
      wait: 420_000,
      executed: false,
    },
    {
      says: 'a fault of the server',
      from: 'documented',
      signal: answered(500),
      kind: 'server_error',
    },
  ],
  tbint: [
    { says: 'a dead token', from: 'documented', signal: answered(401), ...DEAD },
    {
      says: 'a dead token or a missing permission',
      from: 'documented',
      signal: answered(403),
      kind: 'forbidden',
      executed: false,
      freshToken: true,
    },
    {
      says: 'the limit',
      from: 'documented',
      signal: answered(423),
      kind: 'rate_limited',
      executed: false,
    },
    {
      says: 'a field that the schema lacks',
      from: 'documented',
      signal: refused(
        "The requested field 'username' is not available.",
        {
          type: 'field_not_found',
          code: '404',
          docs_url: 'https://api.tbint.app/docs/errors/field_not_found',
        },
        { entry: { path: ['user', 'username'] } },
      ),
      kind: 'bad_input',
    },
    {
      says: 'success that is not finished',
      from: 'documented',
      signal: { status: 202, data: { importOrder: { id: '1' } } },
      kind: null,
    },
  ],
  github: [
    {
      says: 'a bad token',
      from: 'source',
      signal: answered(401, {
        message: 'Bad credentials',
        documentation_url: 'https://docs.github.com/graphql',
      }),
      ...DEAD,
    },
    {
      says: 'missing scopes',
      from: 'seen',
      signal: refused(
        'Your token has not been granted the required scopes to execute this query.',
        undefined,
        {
          entry: { type: 'INSUFFICIENT_SCOPES' },
        },
      ),
      kind: 'forbidden',
    },
    {
      says: 'a repository that is missing or hidden',
      from: 'seen',
      signal: {
        status: 200,
        data: { repository: null },
        errors: [
          {
            type: 'NOT_FOUND',
            path: ['repository'],
            message: "Could not resolve to a Repository with the name 'a/b'.",
          },
        ],
      },
      kind: 'not_found',
    },
    {
      says: 'too many nodes',
      from: 'seen',
      signal: refused('This query requests up to 1,000,000 possible nodes', undefined, {
        entry: { type: 'MAX_NODE_LIMIT_EXCEEDED' },
      }),
      kind: 'bad_input',
    },
    {
      says: 'a bad cursor',
      from: 'source',
      signal: refused('`invalid` does not appear to be a valid cursor.', undefined, {
        entry: { type: 'INVALID_CURSOR_ARGUMENTS' },
      }),
      kind: 'bad_input',
    },
    {
      says: 'a field that the schema lacks',
      from: 'source',
      signal: refused("Field 'bioHtml' doesn't exist on type 'User'"),
      kind: 'bad_input',
    },
    {
      says: 'the primary limit',
      from: 'documented',
      signal: refused(RATE, undefined, {
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': epoch(600) },
        entry: { type: 'RATE_LIMITED' },
      }),
      kind: 'rate_limited',
      wait: 600_000,
      executed: false,
    },
    {
      says: 'the primary limit without a type',
      from: 'composed',
      signal: refused(RATE, undefined, {
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': epoch(600) },
      }),
      kind: 'rate_limited',
      wait: 600_000,
      executed: false,
    },
    {
      says: 'the primary limit while the header claims that something is left',
      from: 'source',
      signal: refused(RATE, undefined, {
        headers: { 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': epoch(30) },
        entry: { type: 'RATE_LIMITED' },
      }),
      kind: 'rate_limited',
      wait: 30_000,
      executed: false,
    },
    {
      says: 'the secondary limit at 403',
      from: 'documented',
      signal: answered(
        403,
        { message: SECONDARY, documentation_url: 'https://docs.github.com' },
        { 'retry-after': '60' },
      ),
      kind: 'rate_limited',
      wait: 60_000,
      executed: false,
    },
    {
      says: 'the secondary limit at 200, naming no wait: a minute',
      from: 'documented',
      signal: refused(SECONDARY),
      kind: 'rate_limited',
      wait: 60_000,
      executed: false,
    },
    {
      says: 'the secondary limit with a blank header: a minute',
      from: 'source',
      signal: answered(403, { message: SECONDARY }, { 'retry-after': '' }),
      kind: 'rate_limited',
      wait: 60_000,
      executed: false,
    },
    {
      says: 'a permission, with nothing left of the limit by chance',
      from: 'composed',
      signal: answered(403, { message: 'Resource not accessible by integration' }, {}),
      kind: 'forbidden',
    },
    {
      says: 'a query that takes too long',
      from: 'documented',
      signal: answered(502, '<html>Unicorn!</html>', { 'content-type': 'text/html' }),
      kind: 'unavailable',
    },
  ],
  gitlab: [
    {
      says: 'a bad token',
      from: 'documented',
      signal: { status: 401, body: { errors: [{ message: 'Invalid token' }] } },
      ...DEAD,
    },
    {
      says: 'missing or not permitted',
      from: 'source',
      signal: partly(
        "The resource that you are attempting to access does not exist or you don't have permission to perform this action",
      ),
      kind: 'forbidden',
    },
    {
      says: 'too complex',
      from: 'documented',
      signal: refused('Query has complexity of 251, which exceeds max complexity of 250'),
      kind: 'bad_input',
    },
    {
      says: 'spam',
      from: 'documented',
      signal: {
        status: 200,
        data: { createSnippet: null },
        errors: [
          {
            message: 'Request denied. Spam detected',
            path: ['createSnippet'],
            extensions: { spam: true },
          },
        ],
      },
      kind: 'forbidden',
    },
    {
      says: 'a captcha',
      from: 'documented',
      signal: {
        status: 200,
        data: { createSnippet: null },
        errors: [
          {
            message: 'Request denied. Solve CAPTCHA challenge and retry',
            path: ['createSnippet'],
            extensions: { needsCaptchaResponse: true, captchaSiteKey: 'k', spamLogId: 67 },
          },
        ],
      },
      kind: 'forbidden',
    },
    {
      says: 'the limit',
      from: 'documented',
      signal: answered(429, 'Retry later', {
        'content-type': 'text/plain',
        'retry-after': '30',
        'ratelimit-reset': epoch(30),
        'ratelimit-resettime': 'Thu, 01 Jan 2026 00:00:30 GMT',
      }),
      kind: 'rate_limited',
      wait: 30_000,
      executed: false,
    },
    {
      says: 'the limit with a reset in epoch seconds alone',
      from: 'documented',
      signal: answered(429, 'Retry later', { 'ratelimit-reset': epoch(45) }),
      kind: 'rate_limited',
      wait: 45_000,
      executed: false,
    },
    {
      says: 'the limit with a date alone',
      from: 'composed',
      signal: answered(429, 'Retry later', {
        'ratelimit-resettime': 'Thu, 01 Jan 2026 00:00:50 GMT',
      }),
      kind: 'rate_limited',
      wait: 50_000,
      executed: false,
    },
    {
      says: 'the limit as a page without headers',
      from: 'seen',
      signal: answered(429, '<html><body>429</body></html>', { 'content-type': 'text/html' }),
      kind: 'rate_limited',
      executed: false,
    },
  ],
  shopify: [
    {
      says: 'a bad token: `errors` is a string',
      from: 'seen',
      signal: answered(401, {
        errors: '[API] Invalid API key or access token (unrecognized login or wrong password)',
      }),
      ...DEAD,
    },
    {
      says: 'a missing scope',
      from: 'documented',
      signal: partly(
        'Access denied for orders field. Required access: `read_orders` access scope.',
        { code: 'ACCESS_DENIED' },
      ),
      kind: 'forbidden',
    },
    {
      says: 'throttled: (752 - 666) / 50 seconds',
      from: 'documented',
      signal: {
        status: 200,
        body: {
          errors: [
            {
              message: 'Throttled',
              extensions: {
                code: 'THROTTLED',
                documentation: 'https://shopify.dev/api/usage/rate-limits',
              },
            },
          ],
          extensions: THROTTLED,
        },
      },
      kind: 'rate_limited',
      wait: 1_720,
      executed: false,
    },
    {
      says: 'throttled, with errors and extensions as an adapter hands them on',
      from: 'composed',
      signal: {
        status: 200,
        errors: [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }],
        extensions: THROTTLED,
      },
      kind: 'rate_limited',
      wait: 1_720,
      executed: false,
    },
    {
      says: 'throttled without the cost',
      from: 'composed',
      signal: refused('Throttled', { code: 'THROTTLED' }),
      kind: 'rate_limited',
      executed: false,
    },
    {
      says: 'too many requests, with a decimal fraction',
      from: 'source',
      signal: answered(
        429,
        { errors: 'Exceeded 2 calls per second for api client.' },
        { 'retry-after': '2.0' },
      ),
      kind: 'rate_limited',
      wait: 2_000,
      executed: false,
    },
    { says: 'a frozen shop', from: 'documented', signal: answered(402), kind: 'forbidden' },
    {
      says: 'a locked shop',
      from: 'documented',
      signal: answered(423),
      kind: 'locked',
      executed: false,
    },
    {
      says: 'a scope that was never asked for',
      from: 'documented',
      signal: answered(403),
      kind: 'forbidden',
    },
    { says: 'no such shop', from: 'documented', signal: answered(404), kind: 'not_found' },
    {
      says: 'errors of the business are data',
      from: 'source',
      signal: {
        status: 200,
        data: { productCreate: { userErrors: [{ field: ['title'], message: "can't be blank" }] } },
      },
      kind: null,
    },
  ],
  linear: [
    {
      says: 'a dead key',
      from: 'source',
      signal: refused(
        'Authentication required, not authenticated',
        { type: 'authentication error', userError: true },
        { status: 401 },
      ),
      ...DEAD,
    },
    {
      says: 'a dead key at 400',
      from: 'composed',
      signal: refused('x', { type: 'authentication error' }, { status: 400 }),
      ...DEAD,
    },
    {
      says: 'a permission',
      from: 'source',
      signal: refused('Not allowed', { type: 'forbidden' }),
      kind: 'forbidden',
    },
    {
      says: 'a feature of another plan',
      from: 'source',
      signal: refused('x', { type: 'feature not accessible' }),
      kind: 'forbidden',
    },
    {
      says: 'the limit of the plan, which no wait cures',
      from: 'source',
      signal: refused('x', { type: 'usage limit exceeded' }),
      kind: 'forbidden',
    },
    {
      says: 'bad input',
      from: 'source',
      signal: refused(
        'Argument Validation Error',
        { type: 'invalid input', userError: true },
        { status: 400 },
      ),
      kind: 'bad_input',
    },
    {
      says: 'a bad query',
      from: 'source',
      signal: refused('x', { type: 'graphql error' }, { status: 400 }),
      kind: 'bad_input',
    },
    {
      says: 'a lock',
      from: 'source',
      signal: refused('x', { type: 'lock timeout' }),
      kind: 'locked',
    },
    {
      says: 'a fault of the server',
      from: 'source',
      signal: refused('x', { type: 'internal error' }, { status: 500 }),
      kind: 'server_error',
    },
    {
      says: 'the network behind it',
      from: 'source',
      signal: refused('x', { type: 'network error' }, { status: 502 }),
      kind: 'unavailable',
    },
    {
      says: 'the limit of requests, at 400, in epoch milliseconds',
      from: 'seen',
      signal: refused(
        'Rate limit exceeded',
        { code: 'RATELIMITED', type: 'ratelimited', statusCode: 429 },
        {
          status: 400,
          headers: {
            'x-ratelimit-requests-limit': '2500',
            'x-ratelimit-requests-remaining': '0',
            'x-ratelimit-requests-reset': `${epoch(90)}000`,
            'x-ratelimit-complexity-remaining': '2990000',
            'x-ratelimit-complexity-reset': `${epoch(1_800)}000`,
          },
        },
      ),
      kind: 'rate_limited',
      wait: 90_000,
      executed: false,
    },
    {
      says: 'the limit of complexity, of which less is left than the query needs',
      from: 'composed',
      signal: refused(
        'x',
        { code: 'RATELIMITED' },
        {
          status: 400,
          headers: {
            'x-complexity': '5000',
            'x-ratelimit-requests-remaining': '2000',
            'x-ratelimit-requests-reset': `${epoch(90)}000`,
            'x-ratelimit-complexity-remaining': '400',
            'x-ratelimit-complexity-reset': `${epoch(120)}000`,
          },
        },
      ),
      kind: 'rate_limited',
      wait: 120_000,
      executed: false,
    },
    {
      says: 'the limit of an endpoint',
      from: 'composed',
      signal: refused(
        'x',
        { code: 'RATELIMITED' },
        {
          status: 400,
          headers: {
            'x-ratelimit-requests-remaining': '2000',
            'x-ratelimit-complexity-remaining': '99999',
            'x-ratelimit-endpoint-requests-remaining': '0',
            'x-ratelimit-endpoint-requests-reset': `${epoch(15)}000`,
          },
        },
      ),
      kind: 'rate_limited',
      wait: 15_000,
      executed: false,
    },
    {
      says: 'the limit with Retry-After, which goes first',
      from: 'source',
      signal: refused(
        'x',
        { code: 'RATELIMITED' },
        {
          status: 400,
          headers: {
            'retry-after': '7',
            'x-ratelimit-requests-remaining': '0',
            'x-ratelimit-requests-reset': `${epoch(90)}000`,
          },
        },
      ),
      kind: 'rate_limited',
      wait: 7_000,
      executed: false,
    },
    {
      says: 'the limit without any header',
      from: 'composed',
      signal: refused('x', { code: 'RATELIMITED' }, { status: 400 }),
      kind: 'rate_limited',
      executed: false,
    },
  ],
  monday: [
    {
      says: 'a missing permission: data is an empty list',
      from: 'documented',
      signal: {
        status: 200,
        body: {
          data: [],
          errors: [
            {
              message: 'User unauthorized to perform action',
              locations: [{ line: 2, column: 3 }],
              path: ['me'],
              extensions: { code: 'UserUnauthorizedException', error_data: {}, status_code: 403 },
            },
          ],
          account_id: 123_456,
        },
      },
      kind: 'forbidden',
    },
    {
      says: 'a field that is gone, beside good data',
      from: 'documented',
      signal: partly('This asset is not available', { code: 'ASSET_UNAVAILABLE' }),
      kind: 'not_found',
    },
    {
      says: 'the budget of complexity',
      from: 'documented',
      signal: refused('Complexity budget exhausted', {
        code: 'COMPLEXITY_BUDGET_EXHAUSTED',
        status_code: 429,
        retry_in_seconds: 12,
        complexity_budget_left: 0,
      }),
      kind: 'rate_limited',
      wait: 12_000,
      executed: false,
    },
    {
      says: 'the budget of complexity as it was, with the code beside it and the wait in words',
      from: 'documented',
      signal: answered(200, {
        error_code: 'ComplexityException',
        status_code: 429,
        error_message:
          'Complexity budget exhausted, query cost 30001 budget remaining 19986 out of 5000000 reset in 3 seconds',
        error_data: {},
      }),
      kind: 'rate_limited',
      wait: 3_000,
      executed: false,
    },
    {
      says: 'the budget of complexity as it was, with strings for entries',
      from: 'composed',
      signal: answered(200, {
        errors: [
          'Complexity budget exhausted, query cost 30001 budget remaining 1 reset in 12 seconds',
        ],
        error_code: 'ComplexityException',
      }),
      kind: 'rate_limited',
      wait: 12_000,
      executed: false,
    },
    {
      says: 'too many at once',
      from: 'documented',
      signal: refused(
        'Max concurrency exceeded',
        { code: 'maxConcurrencyExceeded', status_code: 429 },
        { status: 429, headers: { 'retry-after': '5' } },
      ),
      kind: 'rate_limited',
      wait: 5_000,
      executed: false,
    },
    {
      says: 'the limit of a minute',
      from: 'documented',
      signal: answered(429, { errors: [{ message: 'Rate Limit Exceeded' }] }),
      kind: 'rate_limited',
      executed: false,
    },
    {
      says: 'the limit of a day: until midnight UTC',
      from: 'documented',
      signal: refused(
        'Daily limit exceeded',
        { code: 'DAILY_LIMIT_EXCEEDED' },
        { status: 429, now: Date.UTC(2026, 0, 1, 18, 30) },
      ),
      kind: 'rate_limited',
      wait: 5.5 * 3_600_000,
      executed: false,
    },
    {
      says: 'the limit of a field, in an entry of its own',
      from: 'seen',
      signal: refused('x', {
        code: 'FIELD_MINUTE_RATE_LIMIT_EXCEEDED',
        status_code: 429,
        retry_in_seconds: 20,
      }),
      kind: 'rate_limited',
      wait: 20_000,
      executed: false,
    },
    {
      says: 'the limit as the draft of the IETF has it',
      from: 'composed',
      signal: answered(
        429,
        {},
        { 'ratelimit-policy': '"minute";q=1000;w=60', ratelimit: '"minute";r=0;t=21' },
      ),
      kind: 'rate_limited',
      wait: 21_000,
      executed: false,
    },
    {
      says: 'a board that somebody else writes to',
      from: 'documented',
      signal: answered(423, { errors: [{ message: 'Board is locked' }] }),
      kind: 'locked',
      executed: false,
    },
    {
      says: 'a fault of the server, without errors',
      from: 'documented',
      signal: answered(500, {
        status_code: 500,
        error_message: 'Internal server error',
        error_code: 'INTERNAL_SERVER_ERROR',
      }),
      kind: 'server_error',
    },
  ],
  contentful: [
    {
      says: 'a bad key',
      from: 'documented',
      signal: refused(
        'The access token you sent could not be found or is invalid.',
        { contentful: { code: 'ACCESS_TOKEN_INVALID', requestId: 'r' } },
        { status: 401 },
      ),
      ...DEAD,
    },
    {
      says: 'no key',
      from: 'documented',
      signal: refused('x', { contentful: { code: 'ACCESS_TOKEN_MISSING' } }, { status: 401 }),
      ...DEAD,
    },
    {
      says: 'too complex',
      from: 'documented',
      signal: refused('x', { contentful: { code: 'TOO_COMPLEX_QUERY' } }, { status: 400 }),
      kind: 'bad_input',
    },
    {
      says: 'no such space',
      from: 'documented',
      signal: refused('x', { contentful: { code: 'UNKNOWN_SPACE' } }, { status: 400 }),
      kind: 'not_found',
    },
    {
      says: 'types that collide',
      from: 'documented',
      signal: refused('x', { contentful: { code: 'COLLIDING_TYPE_NAMES' } }, { status: 422 }),
      kind: 'bad_input',
    },
    {
      says: 'a persisted query that is missing is for its link',
      from: 'documented',
      signal: refused(
        'PersistedQueryNotFound',
        { contentful: { code: 'PersistedQueryNotFound' } },
        { status: 404 },
      ),
      kind: 'unknown',
    },
    {
      says: 'a link to nothing',
      from: 'documented',
      signal: partly('x', { contentful: { code: 'UNRESOLVABLE_LINK' } }),
      kind: 'not_found',
    },
    {
      says: 'a query that is too heavy',
      from: 'documented',
      signal: partly('x', { contentful: { code: 'RESOURCES_EXHAUSTED' } }),
      kind: 'bad_input',
    },
    {
      says: 'a fault of the server',
      from: 'documented',
      signal: refused('x', { contentful: { code: 'INTERNAL_SERVER_ERROR' } }, { status: 500 }),
      kind: 'server_error',
    },
    {
      says: 'the limit, in seconds from now',
      from: 'seen',
      signal: refused(
        'x',
        { contentful: { code: 'RATE_LIMIT_EXCEEDED' } },
        {
          status: 429,
          headers: {
            'x-contentful-ratelimit-reset': '1',
            'x-contentful-ratelimit-second-limit': '55',
          },
        },
      ),
      kind: 'rate_limited',
      wait: 1_000,
      executed: false,
    },
  ],
  hygraph: [
    {
      says: 'no token, or no such environment',
      from: 'documented',
      signal: {
        status: 401,
        body: { errors: [{ message: 'not allowed' }], extensions: { requestId: 'r' } },
      },
      ...DEAD,
    },
    {
      says: 'a bad query or a malformed token',
      from: 'documented',
      signal: answered(400, { errors: [{ message: 'malformed token' }] }),
      kind: 'bad_input',
    },
    {
      says: 'the limit of the plan',
      from: 'documented',
      signal: answered(402, { errors: [{ message: 'x' }] }),
      kind: 'forbidden',
    },
    {
      says: 'a permission',
      from: 'documented',
      signal: answered(403, { errors: [{ message: 'not allowed' }] }),
      kind: 'forbidden',
    },
    {
      says: 'nothing there',
      from: 'documented',
      signal: answered(404, { errors: [{ message: 'x' }] }),
      kind: 'not_found',
    },
    { says: 'too large', from: 'documented', signal: answered(413), kind: 'bad_input' },
    {
      says: 'the limit',
      from: 'documented',
      signal: answered(429, { errors: [{ message: 'too many requests' }] }),
      kind: 'rate_limited',
      executed: false,
    },
    {
      says: 'a fault of the server',
      from: 'documented',
      signal: answered(500, { errors: [{ message: 'x' }] }),
      kind: 'server_error',
    },
  ],
  datocms: [
    {
      says: 'the limit, in seconds from now',
      from: 'documented',
      signal: answered(429, undefined, {
        'x-ratelimit-limit': '40',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': '3',
      }),
      kind: 'rate_limited',
      wait: 3_000,
      executed: false,
    },
    {
      says: 'the limit under the load of others',
      from: 'documented',
      signal: answered(429),
      kind: 'rate_limited',
      executed: false,
    },
    { says: 'a bad token', from: 'composed', signal: answered(401), ...DEAD },
  ],
  saleor: [
    {
      says: 'a dead token',
      from: 'documented',
      signal: refused('Signature has expired', { exception: { code: 'ExpiredSignatureError' } }),
      ...DEAD,
    },
    {
      says: 'a dead token beside a field',
      from: 'seen',
      signal: {
        status: 200,
        data: { attributes: null },
        errors: [
          {
            message: 'Signature has expired',
            path: ['attributes'],
            extensions: { exception: { code: 'ExpiredSignatureError' } },
          },
        ],
      },
      kind: 'unauthenticated',
      freshToken: true,
    },
    {
      says: 'a dead token by its words',
      from: 'composed',
      signal: refused('Signature has expired'),
      kind: 'unauthenticated',
      freshToken: true,
    },
    {
      says: 'a permission',
      from: 'documented',
      signal: partly(
        'To access this path, you need one of the following permissions: MANAGE_ORDERS',
        { exception: { code: 'PermissionDenied' } },
      ),
      kind: 'forbidden',
    },
    {
      says: 'a syntax error, wrapped once more',
      from: 'documented',
      signal: answered(400, {
        error: {
          errors: [
            { message: 'Syntax Error', extensions: { exception: { code: 'GraphQLError' } } },
          ],
        },
      }),
      kind: 'bad_input',
    },
    {
      says: 'the limit of a sandbox',
      from: 'documented',
      signal: answered(429),
      kind: 'rate_limited',
      executed: false,
    },
    {
      says: 'errors of the business are data',
      from: 'documented',
      signal: {
        status: 200,
        data: { checkoutCreate: { errors: [{ field: 'email', code: 'REQUIRED' }] } },
        extensions: { cost: { requestedQueryCost: 1, maximumAvailable: 50_000 } },
      },
      kind: null,
    },
  ],
};
