/**
 * Breeze (doc.idportal.no): orders and manages ID credentials. OAuth client credentials without a refresh
 * token, codes in words, a quota for each IP address in `X-RateLimit-*` on every answer, a plain-text 429,
 * and a token endpoint that names its wait in prose.
 *
 * Sources, read on 2026-11-21: https://doc.idportal.no/api/guides/error-handling,
 * https://doc.idportal.no/api/guides/authentication, https://doc.idportal.no/api/guides/rate-limiting
 *
 * Not documented: the HTTP status that carries UNAUTHENTICATED; 423, 502, 503 and 504; `Retry-After`;
 * idempotency keys, and whether a second order with the same `external_id` is refused.
 *
 * @example
 * createResilience({
 *   profile: breeze,
 *   auth: { refresh: clientCredentials({ url, clientId, clientSecret, body: 'json' }) },
 * });
 */
export { breeze } from '@holdfast/core';
