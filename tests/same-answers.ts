import type { FailureKind, Profile, Seen } from '@holdfast/core';

/** One answer of a server, and what it means, whichever client asked. */
export interface Answered {
  readonly what: string;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, or what is sent as JSON. */
  readonly body?: unknown;
  readonly media?: string;
  readonly profile?: Omit<Profile, 'name'>;
  /** `null`: no failure. */
  readonly kind: FailureKind | null;
  /** Milliseconds. */
  readonly wait?: number;
}

const coded = (code: unknown, more: object = {}): object => ({
  message: 'x',
  extensions: { code },
  ...more,
});

/** Shopify's wait: what is missing, by what comes back in a second. */
function restored({ body }: Seen): number | undefined {
  const { extensions } = body as {
    extensions?: {
      cost?: {
        requestedQueryCost: number;
        throttleStatus: { currentlyAvailable: number; restoreRate: number };
      };
    };
  };
  if (extensions?.cost === undefined) return undefined;
  const { requestedQueryCost, throttleStatus } = extensions.cost;
  const missing = requestedQueryCost - throttleStatus.currentlyAvailable;
  return (missing / throttleStatus.restoreRate) * 1_000;
}

const COST = {
  cost: { requestedQueryCost: 502, throttleStatus: { currentlyAvailable: 2, restoreRate: 100 } },
};

/** What APIs answer whose signs stand elsewhere than in `extensions.code`. */
export const documented: readonly Answered[] = [
  {
    what: "GitHub's type beside the message",
    body: { errors: [{ type: 'RATE_LIMITED', message: 'x' }] },
    profile: { types: { RATE_LIMITED: 'rate_limited' } },
    kind: 'rate_limited',
  },
  {
    what: "AppSync's errorType under 401",
    status: 401,
    body: { errors: [{ errorType: 'Unauthorized', message: 'x' }] },
    profile: { keys: { code: 'errorType' }, codes: { UNAUTHORIZED: 'unauthenticated' } },
    kind: 'unauthenticated',
  },
  {
    what: "AppSync's errorType at 200, beside data",
    body: { data: { a: null }, errors: [{ errorType: 'Unauthorized', message: 'x', path: ['a'] }] },
    profile: { keys: { code: 'errorType' }, codes: { UNAUTHORIZED: 'forbidden' } },
    kind: 'forbidden',
  },
  {
    what: "GitHub's secondary limit, told in a body without errors",
    status: 403,
    body: { message: 'slow down' },
    profile: { rules: [{ when: { status: 403, message: /slow/ }, then: 'rate_limited' }] },
    kind: 'rate_limited',
  },
  {
    what: "Hasura's entry without a message",
    body: { errors: [{ path: '$', error: 'x', code: 'invalid-jwt' }] },
    profile: { codes: { 'invalid-jwt': 'unauthenticated' } },
    kind: 'unauthenticated',
  },
  {
    what: "Shopify's cost beside the errors",
    body: { errors: [coded('THROTTLED')], extensions: COST },
    profile: { hints: [restored] },
    kind: 'rate_limited',
    wait: 5_000,
  },
  {
    what: "Shopify's cost, under 429",
    status: 429,
    body: { errors: [coded('THROTTLED')], extensions: COST },
    profile: { hints: [restored] },
    kind: 'rate_limited',
    wait: 5_000,
  },
  {
    what: "monday's error_code and status_code beside the errors",
    body: { errors: [{ message: 'x' }], error_code: 'ComplexityException', status_code: 429 },
    profile: {
      rules: [
        {
          when: { test: ({ body }) => (body as { status_code?: number }).status_code === 429 },
          then: 'rate_limited',
        },
      ],
    },
    kind: 'rate_limited',
  },
  {
    what: "monday's error_code without errors",
    status: 500,
    body: { error_code: 'ComplexityException', status_code: 429, error_message: 'x' },
    profile: {
      keys: { code: 'error_code' },
      codes: { ComplexityException: 'rate_limited' },
    },
    kind: 'rate_limited',
  },
  {
    what: "Shopify's errors, a string, under 401",
    status: 401,
    body: { errors: '[API] Invalid API key or access token' },
    kind: 'unauthenticated',
  },
  {
    what: 'a status and a name beside the message',
    body: { errors: [{ message: 'x', status: 423, name: 'LockedError' }] },
    profile: {
      rules: [
        {
          when: { test: ({ entry }) => (entry as { status?: number }).status === 423 },
          then: 'locked',
        },
      ],
    },
    kind: 'locked',
  },
  {
    what: 'an entry that is named as urql names its own',
    body: { errors: [{ message: 'x', name: 'GraphQLError', code: 'GONE' }] },
    profile: { codes: { GONE: 'not_found' } },
    kind: 'not_found',
  },
  {
    what: 'an entry with an original error of its own',
    body: { errors: [coded('FORBIDDEN', { originalError: { message: 'y' } })] },
    kind: 'forbidden',
  },
  {
    what: 'strings as entries',
    body: { errors: ['slow down', 'please'] },
    profile: { rules: [{ when: { test: ({ entry }) => entry === 'slow down' }, then: 'locked' }] },
    kind: 'locked',
  },
  {
    what: "Salesforce's list in place of an answer",
    status: 401,
    body: [{ message: 'Session expired', errorCode: 'INVALID_SESSION_ID' }],
    profile: {
      rules: [
        {
          when: { test: ({ body }) => JSON.stringify(body).includes('INVALID_SESSION') },
          then: 'unauthenticated',
        },
      ],
    },
    kind: 'unauthenticated',
  },
  {
    what: "PostgREST's code without errors",
    status: 401,
    headers: {
      'www-authenticate': 'Bearer error="invalid_token", error_description="JWT expired"',
    },
    body: { code: 'PGRST303', message: 'JWT expired' },
    kind: 'unauthenticated',
  },
  {
    what: "Spring's problem details",
    status: 503,
    headers: { 'retry-after': '7' },
    body: { title: 'Down', detail: 'x', status: 503 },
    media: 'application/problem+json',
    kind: 'unavailable',
    wait: 7_000,
  },
  {
    what: "GitLab's limit in plain text",
    status: 429,
    headers: { 'retry-after': '3' },
    body: 'Retry later',
    media: 'text/plain',
    kind: 'rate_limited',
    wait: 3_000,
  },
  {
    what: 'OAuth in place of an answer',
    status: 400,
    body: { error: 'invalid_grant', error_description: 'revoked' },
    kind: 'unauthenticated',
  },
  {
    what: 'two kinds at once, with all that an entry may have',
    body: {
      data: null,
      errors: [
        coded('BAD_USER_INPUT', { path: ['a'], locations: [{ line: 1, column: 2 }] }),
        coded('RATE_LIMITED', {
          extensions: { code: 'RATE_LIMITED', type: 't', docs_url: 'https://docs.example/t' },
        }),
      ],
    },
    kind: 'rate_limited',
  },
  {
    what: 'a refused argument of a mutation',
    body: { data: null, errors: [coded('BAD_USER_INPUT', { path: ['add', 'id', 0] })] },
    kind: 'bad_input',
  },
];

/** F1: what nobody should send. */
export const hostile: readonly Answered[] = [
  { what: 'errors: a string', body: { errors: 'x' }, kind: 'unknown' },
  {
    what: 'errors: a string, beside data: null',
    body: { errors: 'x', data: null },
    kind: 'unknown',
  },
  { what: 'errors: an object', body: { errors: coded('FORBIDDEN') }, kind: 'forbidden' },
  {
    what: 'errors: an object, beside data: null',
    body: { errors: coded('FORBIDDEN'), data: null },
    kind: 'forbidden',
  },
  { what: 'errors: a number', body: { errors: 7 }, kind: 'unknown' },
  { what: 'errors: true', body: { errors: true }, kind: 'unknown' },
  { what: 'errors: an empty string', body: { errors: '' }, kind: 'unknown' },
  { what: 'errors: 0', body: { errors: 0 }, kind: 'unknown' },
  { what: 'errors: false', body: { errors: false }, kind: 'unknown' },
  { what: 'errors: null', body: { errors: null }, kind: 'bad_response' },
  { what: 'errors with null', body: { errors: [null] }, kind: 'unknown' },
  {
    what: 'errors with null and more',
    body: { errors: [null, coded('FORBIDDEN')] },
    kind: 'forbidden',
  },
  {
    what: 'errors with null, beside data',
    body: { errors: [null], data: { add: null } },
    kind: 'unknown',
  },
  { what: 'errors with a list', body: { errors: [['x']] }, kind: 'unknown' },
  { what: 'errors with a number', body: { errors: [7] }, kind: 'unknown' },
  { what: 'errors with an empty object', body: { errors: [{}] }, kind: 'unknown' },
  {
    what: 'a message that is null',
    body: { errors: [coded(423, { message: null })] },
    kind: 'locked',
  },
  {
    what: 'a message that is an object',
    body: { errors: [coded('FORBIDDEN', { message: {} })] },
    kind: 'forbidden',
  },
  {
    what: 'a message that is a number',
    body: { errors: [coded('FORBIDDEN', { message: 7 })] },
    kind: 'forbidden',
  },
  {
    what: 'extensions: null',
    body: { errors: [{ message: 'x', extensions: null, code: 'NOT_FOUND' }] },
    kind: 'not_found',
  },
  {
    what: 'extensions: a list',
    body: { errors: [{ message: 'x', extensions: ['y'] }] },
    kind: 'unknown',
  },
  {
    what: 'extensions: a string',
    body: { errors: [{ message: 'x', extensions: 'y' }] },
    kind: 'unknown',
  },
  {
    what: 'a path that is no list',
    body: { errors: [coded('FORBIDDEN', { path: 'a.b' })] },
    kind: 'forbidden',
  },
  {
    what: 'locations that are none',
    body: { errors: [coded('FORBIDDEN', { locations: [null] })] },
    kind: 'forbidden',
  },
  { what: 'a code that is a list', body: { errors: [coded(['FORBIDDEN'])] }, kind: 'unknown' },
  {
    what: '200 errors',
    body: { errors: Array.from({ length: 200 }, () => coded('FORBIDDEN')) },
    kind: 'forbidden',
  },
  {
    what: 'extensions beside errors: null',
    body: { errors: [coded('LOCKED')], extensions: null },
    kind: 'unknown',
  },
  {
    what: 'extensions beside errors: a string',
    body: { errors: [coded('LOCKED')], extensions: 'x' },
    kind: 'unknown',
  },
  { what: 'an empty object', body: {}, kind: 'bad_response' },
  { what: 'another object', body: { hello: 'world' }, kind: 'bad_response' },
  { what: 'an empty list', body: [], kind: 'bad_response' },
  { what: 'null', body: 'null', media: 'application/json', kind: 'bad_response' },
  { what: 'a JSON string', body: '"hello"', media: 'application/json', kind: 'bad_response' },
  { what: 'a JSON number', body: '42', media: 'application/json', kind: 'bad_response' },
  { what: 'nothing at all', body: '', media: 'application/json', kind: 'bad_response' },
  {
    what: 'half of an answer',
    body: '{"data":{"a"',
    media: 'application/json',
    kind: 'bad_response',
  },
  {
    what: 'a byte order mark',
    body: `\uFEFF${JSON.stringify({ errors: [coded('FORBIDDEN')] })}`,
    media: 'application/json',
    kind: 'forbidden',
  },
  {
    what: 'a page at 200',
    body: '<!DOCTYPE html><p>Sign in</p>',
    media: 'text/html',
    kind: 'bad_response',
  },
  {
    what: 'a page at 502',
    status: 502,
    body: '<!DOCTYPE html><p>Down</p>',
    media: 'text/html',
    kind: 'unavailable',
  },
  {
    what: 'JSON that is called text',
    body: { errors: [coded('FORBIDDEN')] },
    media: 'text/plain',
    kind: 'forbidden',
  },
  { what: 'a bare 401', status: 401, kind: 'unauthenticated' },
  {
    what: 'a bare 429',
    status: 429,
    headers: { 'retry-after': '2' },
    kind: 'rate_limited',
    wait: 2_000,
  },
  {
    what: 'half of an answer at 401',
    status: 401,
    body: '{"errors":[',
    media: 'application/json',
    kind: 'unauthenticated',
  },
  {
    what: 'null at 401',
    status: 401,
    body: 'null',
    media: 'application/json',
    kind: 'unauthenticated',
  },
  {
    what: 'data: null at 500',
    status: 500,
    body: { data: null, errors: [coded('RATE_LIMITED')] },
    kind: 'rate_limited',
  },
];
