import type { Responses } from './response.fixture.ts';
import { answered, DEAD, epoch, NOW, partly, refused } from './response.fixture.ts';

/** Responses whose shape the other tables lack. */
export const further: Responses = {
  graphqlRuby: [
    {
      says: 'a field that the schema lacks',
      from: 'source',
      signal: refused(
        "Field 'foo' doesn't exist on type 'Shop'",
        { code: 'undefinedField', typeName: 'Shop', fieldName: 'foo' },
        { entry: { path: ['query', 'shop', 'foo'], locations: [{ line: 1, column: 3 }] } },
      ),
      kind: 'bad_input',
    },
    {
      says: 'a syntax error',
      from: 'source',
      signal: refused('Parse error on "}" (RCURLY) at [1, 1]'),
      kind: 'bad_input',
    },
    {
      says: 'bad variables',
      from: 'source',
      signal: refused('Variable $input of type ProductInput! was provided invalid value', {
        value: {},
        problems: [{ path: [], explanation: 'Expected value to not be null' }],
      }),
      kind: 'bad_input',
    },
    {
      says: 'too deep',
      from: 'source',
      signal: refused('Query has depth of 12, which exceeds max depth of 10'),
      kind: 'bad_input',
    },
    {
      says: 'a field that took too long',
      from: 'source',
      signal: partly('Timeout on Group.issues'),
      kind: 'timeout',
    },
  ],
  github: [
    {
      says: 'the limit by another type, and a code beside it',
      from: 'seen',
      signal: refused('API rate limit already exceeded for user ID 1.', undefined, {
        headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': epoch(600) },
        entry: { type: 'RATE_LIMIT', code: 'graphql_rate_limit' },
      }),
      kind: 'rate_limited',
      wait: 600_000,
      executed: false,
    },
    {
      says: 'a time-out or a bug',
      from: 'seen',
      signal: refused(
        'Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug. Please include `D4F2:4F9C` when reporting this issue.',
      ),
      kind: 'server_error',
    },
    {
      says: 'a refresh token that is used up, at 200',
      from: 'documented',
      signal: answered(200, {
        error: 'bad_refresh_token',
        error_description: 'The refresh token passed is incorrect or expired.',
        error_uri: 'https://docs.github.com',
      }),
      kind: 'unauthenticated',
    },
    {
      says: 'a client that is not known, at 200',
      from: 'documented',
      signal: answered(200, {
        error: 'incorrect_client_credentials',
        error_description: 'The client_id and/or client_secret passed are incorrect.',
      }),
      kind: 'unauthenticated',
    },
  ],
  shopify: [
    {
      says: 'a refusal for security',
      from: 'documented',
      signal: answered(430, ''),
      kind: 'forbidden',
    },
    {
      says: '`errors` is an object',
      from: 'seen',
      signal: answered(400, { errors: { query: 'Required parameter missing or invalid' } }),
      kind: 'bad_input',
    },
  ],
  monday: [
    {
      says: 'no key: entries are strings',
      from: 'seen',
      signal: answered(401, { errors: ['Not Authenticated'] }),
      ...DEAD,
    },
  ],
  newRelic: [
    {
      says: 'a bad key, with the class of a broken server',
      from: 'seen',
      signal: refused('The API key provided is invalid', {
        errorClass: 'SERVER_ERROR',
        error_code: 'BAD_API_KEY',
      }),
      ...DEAD,
    },
  ],
  directus: [
    {
      says: 'the limit, and when it ends',
      from: 'source',
      signal: refused(
        'Too many requests, retry after 9s.',
        {
          limit: 50,
          reset: new Date(NOW + 9_000).toISOString(),
          code: 'REQUESTS_EXCEEDED',
        },
        { status: 429 },
      ),
      kind: 'rate_limited',
      wait: 9_000,
      executed: false,
    },
  ],
};
