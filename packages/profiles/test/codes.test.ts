import { describe, expect, it } from 'vitest';
import type { Failure, FailureKind, Signal } from '@holdfast/core';
import { classify } from '@holdfast/core';
import type { ApiName } from './responses/response.fixture.ts';
import { profileOf } from './responses/all.fixture.ts';
import { answered, NOW, partly, refused } from './responses/response.fixture.ts';

interface Told {
  readonly api: ApiName;
  readonly says: string;
  readonly signal: Signal;
  readonly failure: Partial<Failure>;
}

type Codes = Partial<Record<FailureKind, string>>;

/** Where an API puts the code of an entry, with 200. */
const placed: Readonly<Partial<Record<ApiName, (code: string) => Signal>>> = {
  github: (type) => refused('x', undefined, { entry: { type, path: ['a'] } }),
  appsync: (errorType) => refused('x', undefined, { entry: { errorType, path: ['a'] } }),
  saleor: (code) => refused('x', { exception: { code } }),
  galxe: (status) => refused('x', { category: 'X', code: 'Y', http_status: Number(status) }),
  newRelic: (errorClass) => refused('x', { errorClass }),
};

/** Codes as each API or server documents them, or its source has them, with a comma between them. */
const documented: Readonly<Partial<Record<ApiName, Codes>>> = {
  github: {
    rate_limited: 'RATE_LIMIT,RATE_LIMITED',
    bad_input:
      'UNPROCESSABLE,RESOURCE_LIMITS_EXCEEDED,EXCESSIVE_PAGINATION,MISSING_PAGINATION_BOUNDARIES,MAX_NODE_LIMIT_EXCEEDED',
    conflict: 'STALE_DATA',
    server_error: 'INTERNAL',
    unavailable: 'SERVICE_UNAVAILABLE',
  },
  graphqlRuby: {
    bad_input:
      'anonymousFragment,argumentLiteralsIncompatible,argumentNotAccepted,argumentNotUnique,cannotSpreadFragment,directiveCannotBeApplied,directiveNotUniqueForLocation,fieldConflict,fragmentNotUnique,fragmentOnNonCompositeType,infiniteLoop,inputFieldNotUnique,invalidOneOfInputObject,missingMutationConfiguration,missingQueryConfiguration,missingRequiredArguments,missingRequiredInputObjectAttribute,notSingleSubscription,queryContainsSchemaDefinitions,selectionMismatch,undefinedDirective,undefinedField,undefinedType,uniquelyNamedOperations,useAndDefineFragment,variableMismatch,variableNotUnique,variableRequiresValidType',
    timeout: 'validationTimeout',
  },
  gitlab: { bad_input: 'undefinedField' },
  buildkite: { bad_input: 'undefinedField' },
  jobber: { bad_input: 'undefinedField' },
  datocms: { bad_input: 'undefinedField' },
  shopify: {
    bad_input: 'undefinedField,argumentLiteralsIncompatible,MAX_COST_EXCEEDED',
    forbidden: 'ACCESS_DENIED,SHOP_INACTIVE',
    server_error: 'INTERNAL_SERVER_ERROR',
  },
  linear: { unauthenticated: 'AUTHENTICATION_ERROR', bad_input: 'INPUT_ERROR' },
  monday: {
    bad_input:
      'ColumnValueException,CorrectedValueException,CreateBoardException,InvalidArgumentException,InvalidBoardIdException,InvalidColumnIdException,InvalidUserIdException,InvalidVersionException,ItemNameTooLongException,ItemsLimitationException,JsonParseException,RecordInvalidException,REQUEST_MAX_COMPLEXITY_EXCEEDED',
    not_found: 'ResourceNotFoundException',
    forbidden:
      'missingRequiredPermissions,USER_ACCESS_DENIED,UserUnauthorizedException,UNAUTHORIZED_FIELD_OR_TYPE',
    conflict: 'DeleteLastGroupException,IDEMPOTENCY_CONFLICT',
    unavailable: 'API_TEMPORARILY_BLOCKED',
    rate_limited: 'FIELD_LIMIT_EXCEEDED,IP_RATE_LIMIT_EXCEEDED,maxConcurrencyExceeded',
  },
  saleor: {
    unauthenticated:
      'ExpiredSignatureError,InvalidTokenError,InvalidSignatureError,DecodeError,ImmatureSignatureError,InvalidAudienceError,InvalidIssuerError,InvalidKeyError,InvalidAlgorithmError,InvalidIssuedAtError,MissingRequiredClaimError',
    bad_input: 'GraphQLError,GraphQLSyntaxError,QueryCostError',
  },
  commercetools: {
    bad_input:
      'AnonymousIdAlreadyInUse,FeatureRemoved,InvalidSubject,MaxResourceLimitExceeded,MatchingPriceNotFound,ReferenceExists,RequiredField,ResourceSizeLimitExceeded,DuplicateFieldWithConflictingResource,ReferencedResourceNotFound',
    not_found: 'ResourceNotFound,ObjectNotFound',
    conflict: 'ConcurrentModification',
    locked: 'PendingOperation',
    timeout: 'QueryTimedOut',
    server_error: 'General',
    unavailable: 'OverCapacity,BadGateway',
    forbidden: 'insufficient_scope',
  },
  appsync: {
    conflict: 'DynamoDB:ConditionalCheckFailedException,ConflictUnhandled',
    timeout: 'ExecutionTimeout',
    rate_limited: 'LimitExceededError',
  },
  apolloRouter: {
    bad_input:
      'GRAPHQL_UNKNOWN_OPERATION_NAME,VALIDATION_INVALID_TYPE_VARIABLE,PERSISTED_QUERY_HASH_MISMATCH,PERSISTED_QUERY_NOT_IN_LIST,PERSISTED_QUERY_ID_REQUIRED,CANNOT_SEND_PQ_ID_AND_BODY,QUERY_PLAN_COMPLEXITY_EXCEEDED,COST_QUERY_PARSE_FAILURE',
    server_error: 'RESPONSE_VALIDATION_FAILED,COST_RESPONSE_TYPING_FAILURE',
    unavailable: 'SUBSCRIPTION_SCHEMA_RELOAD,SUBSCRIPTION_CONFIG_RELOAD',
    unauthenticated: 'SUBSCRIPTION_JWT_EXPIRED',
  },
  hotChocolate: {
    bad_input:
      'HC0009,HC0010,HC0011,HC0012,HC0013,HC0014,HC0016,HC0033,HC0034,HC0038,HC0044,HC0046,HC0052,HC0054,HC0055,HC0056,HC0076,HC0077,HC0078,HC0079,HC0082,HC0086,HC0087',
    server_error: 'HC0008,AUTH_NO_DEFAULT_POLICY,AUTH_POLICY_NOT_FOUND',
  },
  mercurius: { forbidden: 'MER_AUTH_ERR_FAILED_POLICY_CHECK' },
  directus: {
    bad_input:
      'CONTAINS_NULL_VALUES,CONTENT_TOO_LARGE,INVALID_FOREIGN_KEY,NOT_NULL_VIOLATION,UNSUPPORTED_MEDIA_TYPE,VALUE_OUT_OF_RANGE,VALUE_TOO_LONG,METHOD_NOT_ALLOWED,GRAPHQL_VALIDATION',
    forbidden: 'USER_SUSPENDED,LIMIT_EXCEEDED',
  },
  galxe: { conflict: '409', unavailable: '502,503,504', server_error: '500' },
  newRelic: { rate_limited: 'TOO_MANY_REQUESTS', unauthenticated: 'UNAUTHORIZED' },
};

/** What only the API's own profile can know: everywhere else it means what the default profile makes of it. */
const own: readonly Told[] = [
  {
    api: 'github',
    says: 'the secondary limit in its older words, with 403: a minute',
    signal: answered(403, {
      message:
        'You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.',
      documentation_url: 'https://docs.github.com',
    }),
    failure: {
      kind: 'rate_limited',
      source: 'http',
      status: 403,
      executed: false,
      retryAt: NOW + 60_000,
    },
  },
  {
    api: 'monday',
    says: 'an address that is not allowed, with 401: no token is better there',
    signal: answered(401, { errors: [{ message: 'Your ip is restricted' }] }),
    failure: { kind: 'forbidden', source: 'graphql', freshToken: false, retryable: false },
  },
  {
    api: 'monday',
    says: 'the first request with this idempotency key is still at work',
    signal: refused(
      'A request with this idempotency key is currently being processed',
      { code: 'IDEMPOTENCY_CONFLICT', status_code: 409 },
      { status: 409, headers: { 'retry-after': '2' } },
    ),
    failure: { kind: 'conflict', retryable: true, retryAt: NOW + 2_000 },
  },
  {
    api: 'salesforce',
    says: 'the limit of a day, with 403 and a list for a body',
    signal: answered(403, [
      { message: 'TotalRequests Limit exceeded.', errorCode: 'REQUEST_LIMIT_EXCEEDED' },
    ]),
    failure: { kind: 'rate_limited', code: 'REQUEST_LIMIT_EXCEEDED', source: 'http' },
  },
  {
    api: 'salesforce',
    says: 'an expired session, by its code',
    signal: answered(401, [
      { message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' },
    ]),
    failure: { kind: 'unauthenticated', code: 'INVALID_SESSION_ID', freshToken: true },
  },
  {
    api: 'anilist',
    says: 'a dead token, with 400',
    signal: answered(400, { data: null, errors: [{ message: 'Invalid token', status: 400 }] }),
    failure: { kind: 'unauthenticated', freshToken: true, executed: false },
  },
  {
    api: 'hotChocolate',
    says: 'a fault of a resolver',
    signal: partly('Unexpected Execution Error'),
    failure: { kind: 'server_error', retryable: true, partial: true },
  },
  {
    api: 'mercurius',
    says: 'not permitted',
    signal: partly('Failed auth policy check on me'),
    failure: { kind: 'forbidden', path: ['me'] },
  },
  {
    api: 'lighthouse',
    says: 'an invalid query, in an older version',
    signal: refused('Cannot query field "x" on type "Query".', { category: 'graphql' }),
    failure: { kind: 'bad_input', type: 'graphql' },
  },
  {
    api: 'monday',
    says: 'a query that cannot be parsed',
    signal: answered(200, { errors: [{ message: 'Parse error on "}"' }], account_id: 1 }),
    failure: { kind: 'bad_input' },
  },
  {
    api: 'github',
    says: 'an argument of the wrong type',
    signal: refused(
      "Argument 'first' on Field 'x' has an invalid value (a). Expected type 'Int'.",
      { code: 'argumentLiteralsIncompatible' },
      { entry: { path: ['query', 'x', 'first'] } },
    ),
    failure: { kind: 'bad_input', code: 'argumentLiteralsIncompatible', retryable: false },
  },
  {
    api: 'railway',
    says: 'a dead token, with the code of a broken server',
    signal: answered(200, {
      data: null,
      errors: [
        {
          message: 'Not Authorized',
          path: ['me'],
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
          traceId: '1',
        },
      ],
    }),
    failure: { kind: 'unauthenticated', freshToken: true, retryable: false },
  },
];

describe('F2 answers that mean something else elsewhere', () => {
  it.each(own)('F2 $api: $says', ({ api, signal, failure }) => {
    expect(classify({ ...signal, now: NOW }, profileOf[api])).toMatchObject(failure);
  });
});

const inExtensions = (code: string): Signal => refused('x', { code });

describe('F2 codes that come with 200, each with its API’s profile', () => {
  for (const [api, kinds] of Object.entries(documented) as [ApiName, Codes][]) {
    it(`F2 ${api}`, () => {
      const told = Object.entries(kinds).flatMap(([kind, codes]) =>
        codes.split(',').map((code) => [code, kind] as const),
      );
      const read = told.map(([code]) => [
        code,
        classify((placed[api] ?? inExtensions)(code), profileOf[api])?.kind,
      ]);
      expect(read).toEqual(told);
    });
  }
});
