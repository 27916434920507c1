import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';
import { all, isUncoded } from './readers.ts';

/**
 * Saleor. Codes are Python's exception classes, at `extensions.exception.code`. A dead token is replaced by the
 * mutation `tokenRefresh`, which must not carry the dead one: `refreshMutation` of `@holdfast/oauth` sends it so. Errors
 * of the business are data (`errors { field code }`), and `extensions.cost` is a ceiling, nothing to wait for.
 *
 * Sources, read on 2026-11-30: https://docs.saleor.io/api-usage/error-handling,
 * https://docs.saleor.io/api-usage/authentication, https://docs.saleor.io/api-usage/usage-limits,
 * https://github.com/saleor/saleor (04b0840: what `tokenRefresh` refuses with)
 *
 * Not documented: headers of the sandboxes' 429 (its window begins anew each 60 seconds), other exceptions.
 *
 * @example
 * createResilience({
 *   profile: saleor,
 *   auth: { tokens, refresh: refreshMutation({ url, query, variables, read }) },
 * });
 */
export const saleor: Profile = /* @__PURE__ */ defineProfile({
  name: 'saleor',
  // The last: the documentation's example of a syntax error has everything within `error`.
  keys: { code: ['exception.code', 'code', 'error.errors.0.extensions.exception.code'] },
  rules: [
    {
      when: {
        message: /^Signature has expired\b/,
        test: isUncoded,
      },
      then: 'unauthenticated',
    },
  ],
  codes: {
    // PyJWT's.
    .../* @__PURE__ */ all(
      'ExpiredSignatureError,InvalidTokenError,InvalidSignatureError,DecodeError,ImmatureSignatureError,InvalidAudienceError,InvalidIssuerError,InvalidIssuedAtError,InvalidKeyError,InvalidAlgorithmError,MissingRequiredClaimError',
      'unauthenticated',
    ),
    PermissionDenied: 'forbidden',
    GraphQLError: 'bad_input',
    GraphQLSyntaxError: 'bad_input',
    QueryCostError: 'bad_input',
  },
  auth: {
    finalErrors: [
      'JWT_SIGNATURE_EXPIRED',
      'JWT_INVALID_TOKEN',
      'JWT_DECODE_ERROR',
      'JWT_MISSING_TOKEN',
    ],
  },
  advice: {
    rate_limited: 'Send fewer requests: the window of a sandbox begins anew each minute.',
  },
});
