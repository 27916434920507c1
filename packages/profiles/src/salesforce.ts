import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

const UNREAD = { kind: 'bad_input', executed: false } as const;

/**
 * Salesforce's GraphQL API. Most faults are a 200 with an ErrorType in the words of graphql-java; 401 is an
 * expired session, with a JSON list for a body; 503 is the rate limit.
 *
 * Sources, read on 2026-11-30: https://developer.salesforce.com/docs/platform/graphql/guide/query-status.html,
 * https://developer.salesforce.com/docs/platform/graphql/guide/rate-limit.html
 *
 * Not documented: where in the JSON ErrorType stands (it is looked for in all the usual places), how long to
 * wait, renewal of tokens, what ExecutionAborted means for a second try.
 *
 * @example
 * createResilience({ profile: salesforce, auth: { tokens, refresh: refreshToken({ url, clientId }) } });
 */
export const salesforce: Profile = /* @__PURE__ */ defineProfile({
  name: 'salesforce',
  // The last of the codes: a body that is a list, as of 401.
  keys: {
    code: ['code', 'errorCode', '0.errorCode'],
    type: ['ErrorType', 'errorType', 'classification', 'type'],
  },
  // Of the requests of a day.
  rules: [{ when: { status: 403, code: 'REQUEST_LIMIT_EXCEEDED' }, then: 'rate_limited' }],
  types: {
    InvalidSyntax: UNREAD,
    ValidationError: UNREAD,
    OperationNotSupported: UNREAD,
    DataFetchingException: 'server_error',
  },
  codes: {
    INVALID_SESSION_ID: 'unauthenticated',
  },
  statuses: { 503: 'rate_limited' },
  advice: {
    rate_limited:
      'Send fewer requests: a 503 means that the rate limit is exceeded, and names no wait.',
  },
});
