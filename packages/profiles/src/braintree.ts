import type { Profile } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

/**
 * Braintree. Always 200: `extensions.errorClass` says what is wrong, and `extensions.legacyCode`, a number as
 * text, which rule was broken. Its numbers are no HTTP statuses.
 *
 * Sources, read on 2026-11-21:
 * https://developer.paypal.com/braintree/in-person/guides/graphql-error-handling; the classes from Braintree's
 * own PHP library.
 *
 * Not documented: the list of classes itself, any wait, renewal of credentials (they are fixed keys).
 *
 * @example
 * createResilience({
 *   profile: braintree,
 *   auth: { tokens: { accessToken }, headers: ({ accessToken }) => ({ authorization: `Basic ${accessToken}` }) },
 * });
 */
export const braintree: Profile = /* @__PURE__ */ defineProfile({
  name: 'braintree',
  keys: { type: 'errorClass', code: ['legacyCode', 'code'] },
  numericCodes: false,
  types: {
    AUTHENTICATION: 'unauthenticated',
    AUTHORIZATION: 'forbidden',
    NOT_FOUND: 'not_found',
    VALIDATION: 'bad_input',
    UNSUPPORTED_CLIENT: 'bad_input',
    RESOURCE_LIMIT: 'rate_limited',
    INTERNAL: 'server_error',
    SERVICE_AVAILABILITY: 'unavailable',
  },
});
