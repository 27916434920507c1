import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../../src/base/failure.ts';
import type { Signal } from '../../src/base/operation.ts';
import { classify } from '../../src/failure/classify.ts';

/** Codes and types that mean one thing to everybody, and who says them. */
const CODES: readonly (readonly [string, FailureKind, string])[] = [
  ['TOKEN_EXPIRED', 'unauthenticated', 'Directus'],
  ['INVALID_TOKEN', 'unauthenticated', 'Directus, Galxe'],
  ['invalid_token', 'unauthenticated', 'commercetools'],
  ['invalid-jwt', 'unauthenticated', 'Hasura, Nhost'],
  ['AUTH_NOT_AUTHENTICATED', 'unauthenticated', 'Hot Chocolate'],
  ['AUTHENTICATION', 'unauthenticated', 'Braintree, Lighthouse'],
  ['graphql-authentication', 'unauthenticated', 'Adobe Commerce'],
  ['UnauthorizedException', 'unauthenticated', 'AppSync'],
  ['PERMISSION_DENIED', 'forbidden', 'DGS'],
  ['AUTH_NOT_AUTHORIZED', 'forbidden', 'Hot Chocolate'],
  ['INSUFFICIENT_SCOPES', 'forbidden', 'GitHub'],
  ['INSUFFICIENT_PERMISSIONS', 'forbidden', 'Lumar'],
  ['ENTITY_NOT_FOUND', 'not_found', 'Lumar'],
  ['ValidationError', 'bad_input', 'graphql-java'],
  ['InvalidSyntax', 'bad_input', 'graphql-java'],
  ['RATELIMITED', 'rate_limited', 'Linear'],
  ['RATE_LIMIT_EXCEEDED', 'rate_limited', 'Contentful, Hasura DDN, monday.com'],
  ['REQUEST_RATE_LIMITED', 'rate_limited', 'Apollo Router'],
  ['REQUESTS_EXCEEDED', 'rate_limited', 'Directus'],
  ['TOO_MANY_REQUESTS', 'rate_limited', 'Codex, DGS'],
  ['ENHANCE_YOUR_CALM', 'rate_limited', 'DGS'],
  ['INTERNAL', 'server_error', 'DGS, Braintree'],
  ['INTERNAL_ERROR', 'server_error', 'Spring'],
  ['UNAVAILABLE', 'unavailable', 'DGS'],
  ['GATEWAY_TIMEOUT', 'unavailable', 'Apollo Router'],
];

const PLACES = ['type', 'errorType', 'errorDetail', 'classification', 'errorClass', 'category'];

function refused(extensions: object, more: Signal = {}): Signal {
  return { status: 200, body: { data: null, errors: [{ message: 'x', extensions }] }, ...more };
}

describe('codes that mean one thing to everybody', () => {
  for (const [code, kind, who] of CODES) {
    it(`F2 F4 ${code} of ${who} is ${kind}, under any status, as a code or where there is none as a type`, () => {
      for (const status of [200, 400, 403, 500, 503]) {
        expect(classify(refused({ code }, { status }))?.kind).toBe(kind);
      }
      expect(classify(refused({ code: code.toLowerCase() }))?.kind).toBe(kind);
      for (const place of PLACES) {
        expect(classify(refused({ [place]: code }))?.kind).toBe(kind);
        const entry = { message: 'x', [place]: code };
        expect(classify({ body: { errors: [entry] } })?.kind).toBe(kind);
        expect(classify(refused({ code: 'OWN', [place]: code }))?.kind).toBe('unknown');
      }
      expect(classify(refused({ code }))?.freshToken).toBe(kind === 'unauthenticated');
    });

    it(`F9 ${code} proves that nothing ran only for a refusal of token or rate, and without data and path`, () => {
      const isProof = kind === 'unauthenticated' || kind === 'rate_limited';
      const executed = isProof ? false : undefined;
      expect(classify(refused({ code }))?.executed).toBe(executed);
      expect(classify(refused({ type: code }))?.executed).toBe(executed);
      const errors = [{ message: 'x', path: ['a', 'b'], extensions: { code } }];
      expect(classify({ status: 200, body: { data: null, errors } })?.executed).toBeUndefined();
      const data = { a: 1 };
      expect(classify({ status: 200, data, errors: [{ extensions: { code } }] })).toMatchObject({
        kind,
        executed: undefined,
      });
      expect(classify(refused({ code }, { incomplete: true }))?.executed).toBeUndefined();
    });
  }

  it.each(['UNAUTHORIZED', 'Unauthorized', 'ACCESS_DENIED', 'access-denied', 'AUTH_ERROR'])(
    'F4 %s means this to one and that to another, and is left to profiles',
    (code) => {
      expect(classify(refused({ code }))?.kind).toBe('unknown');
      expect(classify(refused({ classification: code }))?.kind).toBe('unknown');
      expect(classify(refused({ code }, { status: 401 }))?.kind).toBe('unauthenticated');
      expect(classify(refused({ code }, { status: 403 }))?.kind).toBe('forbidden');
    },
  );

  it('F2 a code goes before a type', () => {
    expect(classify(refused({ code: 'FORBIDDEN', errorType: 'UNAUTHENTICATED' }))?.kind).toBe(
      'forbidden',
    );
  });
});

describe('a limit in words', () => {
  const words = [
    'API rate limit exceeded for user ID 1.',
    'You have exceeded a secondary rate limit.',
    'Too many requests',
    'Request was throttled.',
    'Quota exceeded for this key',
  ];
  it.each(words)(
    'W1 %j is one beside a header that says so, also under 200, 400 and 403',
    (message) => {
      for (const status of [200, 400, 403]) {
        for (const body of [{ message }, { errors: [{ message }] }, message]) {
          const headers = { 'retry-after': '7' };
          expect(classify({ status, headers, body, now: 0 })).toMatchObject({
            kind: 'rate_limited',
            retryAt: 7_000,
            executed: undefined,
          });
          const spent = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '9' };
          expect(classify({ status, headers: spent, body, now: 0 })).toMatchObject({
            kind: 'rate_limited',
            retryAt: 9_000,
          });
        }
      }
    },
  );

  it.each(words)('F2 %j alone is none: a status goes before words', (message) => {
    const body = { errors: [{ message }] };
    expect(classify({ status: 403, body })?.kind).toBe('forbidden');
    expect(classify({ status: 200, body })?.kind).toBe('unknown');
    const headers = { 'x-ratelimit-remaining': '12', 'x-ratelimit-reset': '9' };
    expect(classify({ status: 403, body, headers })?.kind).toBe('forbidden');
  });

  it('F2 the header alone is none either', () => {
    const headers = { 'retry-after': '7', 'x-ratelimit-remaining': '0' };
    const body = { errors: [{ message: 'Not permitted' }] };
    expect(classify({ status: 403, headers, body })?.kind).toBe('forbidden');
  });
});

describe('a dead token in words', () => {
  it.each(['Unauthenticated.', 'Unauthenticated', 'jwt expired', 'Signature has expired'])(
    'F2 %j is one where nothing else is said',
    (message) => {
      const found = classify({ status: 200, body: { errors: [{ message }] } });
      expect(found).toMatchObject({
        kind: 'unauthenticated',
        freshToken: true,
        executed: undefined,
      });
      expect(classify(refused({ code: 'FORBIDDEN' }))?.kind).toBe('forbidden');
      const entry = { message, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
      expect(classify({ status: 200, body: { errors: [entry] } })?.kind).toBe('server_error');
      expect(classify({ status: 403, body: { errors: [{ message }] } })?.kind).toBe('forbidden');
      const longer = { message: `${message} for this coupon` };
      expect(classify({ status: 200, body: { errors: [longer] } })?.kind).toBe('unknown');
    },
  );
});
