import type { Profile, Seen } from '@holdfast/core';
import { defineProfile } from '@holdfast/core';

const CONNECTION = ['4400', '4401', '4403'];

/**
 * Hasura 2, and Nhost, which runs it. Codes in small letters at `extensions.code`, under 200 even for a dead token
 * (`invalid-jwt`); the older endpoint has them beside `error`, under 400. A socket is closed with 4400 and a reason
 * that names the JWT. A hidden field looks like a missing one (`validation-failed`).
 *
 * Sources, read on 2026-11-21: https://github.com/hasura/graphql-engine (its list of codes, JWT and webhook
 * authentication)
 *
 * Not documented: the body of Hasura Cloud's rate limit; renewal through Nhost's auth service.
 *
 * @example
 * createResilience({ profile: hasura, auth: { tokens, refresh } });
 */
export const hasura: Profile = /* @__PURE__ */ defineProfile({
  name: 'hasura',
  rules: [
    { when: { code: CONNECTION, message: /JWT|hook unauthorized/ }, then: 'unauthenticated' },
    // As a message alone: `connection_error` on a socket, and the webhook, whose code is that of a role.
    {
      when: {
        message: /^(?:Could not verify JWT\b|Authentication hook unauthorized this request)/,
        test: isUncodedOrDenied,
      },
      then: { kind: 'unauthenticated', executed: false },
    },
    {
      when: { code: 'invalid-headers', message: /\bAuthorization\b/ },
      then: { kind: 'unauthenticated', executed: false },
    },
  ],
  codes: {
    // Claims that were set after the token was made are in the next one.
    'jwt-invalid-claims': 'unauthenticated',
    'jwt-missing-role-claims': 'unauthenticated',
    'access-denied': 'forbidden',
    'permission-denied': 'forbidden',
    'permission-error': 'forbidden',
    'validation-failed': { kind: 'bad_input', executed: false },
    'parse-failed': 'bad_input',
    'bad-request': 'bad_input',
    'coercion-error': 'bad_input',
    'data-exception': 'bad_input',
    'invalid-json': 'bad_input',
    'invalid-params': 'bad_input',
    'not-supported': 'bad_input',
    'not-exists': 'not_found',
    'not-found': 'not_found',
    'constraint-violation': 'conflict',
    'postgres-max-connections-error': 'unavailable',
    'postgres-error': 'server_error',
    'remote-schema-error': 'server_error',
    unexpected: 'server_error',
  },
});

/** There is no code, or it is `access-denied`. */
function isUncodedOrDenied({ code }: Seen): boolean {
  return code === undefined || code === 'access-denied';
}
