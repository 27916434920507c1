import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { all } from './readers.ts';

/**
 * Apollo Router and GraphOS. Its rate limit is a 503 without a wait; AUTH_ERROR comes with 401, with 400 where the
 * header is malformed and with 500 where the issuer is another; a fault of a subgraph comes with 200.
 * UNAUTHORIZED_FIELD_OR_TYPE stands for no token as well as for no scope, and refreshes nothing.
 *
 * Sources, read on 2026-11-30: https://www.apollographql.com/docs/graphos/routing/errors,
 * https://github.com/apollographql/router (27d8f60)
 *
 * Not documented: any wait. By default the errors of subgraphs are hidden behind `Subgraph errors redacted`,
 * which says nothing of what is wrong.
 *
 * @example
 * createResilience({ profile: apolloRouter, auth: { tokens, refresh } });
 */
export const apolloRouter: Profile = /* @__PURE__ */ defineProfile({
  name: 'apollo-router',
  rules: [
    // A malformed header, or an issuer that the router does not know: the next token is no better.
    {
      when: { code: 'AUTH_ERROR', status: [400, 500] },
      then: { kind: 'unauthenticated', freshToken: false, executed: false },
    },
  ],
  codes: {
    AUTH_ERROR: 'unauthenticated',
    UNAUTHORIZED_FIELD_OR_TYPE: 'forbidden',
    REQUEST_CONCURRENCY_LIMITED: 'rate_limited',
    SUBREQUEST_HTTP_ERROR: 'unavailable',
    CONNECTOR_FETCH: 'unavailable',
    HTTP_CLIENT_ERROR: 'unavailable',
    // A limit on what one operation may ask of a connector: the next try asks for as much.
    REQUEST_LIMIT_EXCEEDED: 'bad_input',
    PARSING_ERROR: { kind: 'bad_input', executed: false },
    .../* @__PURE__ */ all(
      'MAX_HEIGHT_LIMIT,MAX_DEPTH_LIMIT,MAX_ALIASES_LIMIT,MAX_ROOT_FIELDS_LIMIT,COST_ESTIMATED_TOO_EXPENSIVE,SUBGRAPH_COST_ESTIMATED_TOO_EXPENSIVE,COST_ACTUAL_TOO_EXPENSIVE,COST_QUERY_PARSE_FAILURE,QUERY_PLAN_COMPLEXITY_EXCEEDED,GRAPHQL_UNKNOWN_OPERATION_NAME,VALIDATION_INVALID_TYPE_VARIABLE,QUERY_NOT_IN_SAFELIST,PERSISTED_QUERY_HASH_MISMATCH,PERSISTED_QUERY_NOT_IN_LIST,PERSISTED_QUERY_ID_REQUIRED,CANNOT_SEND_PQ_ID_AND_BODY',
      'bad_input',
    ),
    // A subgraph that answers with what the schema does not have.
    RESPONSE_VALIDATION_FAILED: 'server_error',
    COST_RESPONSE_TYPING_FAILURE: 'server_error',
    // Subscriptions that the router ends: it has a new schema or configuration, or the token has become too old.
    SUBSCRIPTION_SCHEMA_RELOAD: 'unavailable',
    SUBSCRIPTION_CONFIG_RELOAD: 'unavailable',
    SUBSCRIPTION_JWT_EXPIRED: 'unauthenticated',
  },
  statuses: { 499: 'aborted' },
});
