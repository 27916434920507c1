/**
 * TBInt (docs.tbint.app): GraphQL in front of SAP for orders and items. Its token travels bare in a header
 * named `accessToken`, 423 is the rate limit, 403 a dead token as well as a missing permission, and codes
 * are numbers beside a `type`.
 *
 * Sources, read on 2026-11-21: https://docs.tbint.app/authentication, https://docs.tbint.app/graphql
 *
 * Not documented: the answer of the login, error types other than `field_not_found`, the size of the rate
 * limit and any hint of how long to wait, 429.
 *
 * @example
 * createResilience({
 *   profile: tbint,
 *   auth: { refresh: login({ url, body: { username, password }, read }) },
 * });
 */
export { tbint } from '@holdfast/core';
