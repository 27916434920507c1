import { describe, expect, it } from 'vitest';
import type { Signal } from '../../src/base/operation.ts';
import type { Profile } from '../../src/failure/profile.ts';
import { classify } from '../../src/failure/classify.ts';
import { defineProfile } from '../../src/failure/profile.ts';
import { tbint } from '../../../profiles/src/tbint.ts';

const refused = (code: string, path?: unknown): object => ({
  message: 'x',
  extensions: { code },
  ...(path !== undefined && { path }),
});
const executed = (signal: Signal, profile?: Profile): boolean | undefined => {
  const failure = classify(signal, profile);
  expect(failure).toBeDefined();
  return failure?.executed;
};
const codes = ['UNAUTHENTICATED', 'RATE_LIMITED', 'GRAPHQL_VALIDATION_FAILED'];

describe('refused whole', () => {
  it.each([401, 423, 425, 429])('F9 a %s with its whole body did not run', (status) => {
    expect(executed({ status })).toBe(false);
    expect(executed({ status, body: 'Too many requests' })).toBe(false);
    expect(executed({ status, body: '<html>no</html>' })).toBe(false);
    expect(executed({ status, body: { errors: [{ message: 'x' }], data: null } })).toBe(false);
    expect(executed({ status, errors: [{ message: 'x', path: null }] })).toBeUndefined();
  });

  it.each(codes)('F9 %s without data and path did not run', (code) => {
    for (const data of [undefined, null]) {
      expect(executed({ status: 200, errors: [refused(code)], data })).toBe(false);
    }
  });

  it('F9 what was not read proves nothing', () => {
    const long = JSON.stringify({ errors: [{ message: 'x' }], padding: 'x'.repeat(70_000) });
    for (const status of [401, 429]) {
      expect(executed({ status, incomplete: true })).toBeUndefined();
      expect(
        executed({ status, errors: [refused('RATE_LIMITED')], incomplete: true }),
      ).toBeUndefined();
      expect(executed({ status, body: long })).toBeUndefined();
      expect(executed({ status, body: 'x'.repeat(65_536) })).toBeUndefined();
      expect(executed({ status, body: '{"errors":[{"message":"x"' })).toBeUndefined();
      expect(executed({ status, body: '--a\r\n\r\n{"data":{"order":1}}' })).toBeUndefined();
      expect(executed({ status, body: [{ errors: [{ message: 'x' }] }] })).toBeUndefined();
      expect(executed({ status, error: new TypeError('terminated') })).toBeUndefined();
      const errors = Array.from({ length: 101 }, () => refused('RATE_LIMITED'));
      expect(executed({ status, errors })).toBeUndefined();
      expect(executed({ status, errors: errors.slice(1) })).toBe(false);
    }
  });

  it('F9 data anywhere in the answer proves that something ran', () => {
    for (const code of codes) {
      const errors = [refused(code)];
      expect(executed({ status: 401, errors, data: {} })).toBeUndefined();
      expect(
        executed({ status: 401, errors, body: { data: { order: {} }, errors } }),
      ).toBeUndefined();
      expect(executed({ error: { errors, data: { order: {} } } })).toBeUndefined();
    }
  });

  it('F9 a known code beats the status, and other statuses prove nothing', () => {
    expect(executed({ status: 429, errors: [refused('INTERNAL_SERVER_ERROR')] })).toBeUndefined();
    for (const status of [400, 403, 404, 408, 409, 500, 503])
      expect(executed({ status })).toBeUndefined();
  });
});

describe('an entry with a path', () => {
  it.each(codes)('F9 %s below a field may have run: a non-null field nulls data', (code) => {
    const deep = [refused(code, ['createOrder', 'customer', 'name'])];
    for (const rootFields of [undefined, 1, 2]) {
      expect(executed({ status: 200, errors: deep, data: null, rootFields })).toBeUndefined();
      expect(executed({ status: 401, errors: deep, rootFields })).toBeUndefined();
      expect(
        executed({ status: 401, body: { errors: deep, data: null }, rootFields }),
      ).toBeUndefined();
    }
  });

  it.each(codes)('F9 %s at the only field of the root did not run', (code) => {
    const errors = [refused(code, ['createOrder'])];
    expect(executed({ status: 200, errors, data: null, rootFields: 1 })).toBe(false);
    for (const rootFields of [undefined, 0, 2]) {
      expect(executed({ status: 200, errors, data: null, rootFields })).toBeUndefined();
    }
    const mixed = [...errors, refused(code)];
    expect(executed({ status: 200, errors: mixed, rootFields: 1 })).toBe(false);
    expect(executed({ errors: [refused(code, '$')], rootFields: 1 })).toBeUndefined();
  });

  it('H1 is kept on the failure', () => {
    expect(classify({ status: 500, errors: [refused('X', ['a', 1])] })?.path).toEqual(['a', 1]);
  });

  it('F9 a profile’s word needs the same', () => {
    const shop = defineProfile({
      name: 'shop',
      codes: { CLOSED: { kind: 'unavailable', executed: false } },
      rules: [{ when: { message: /^rule$/ }, then: { kind: 'unavailable', executed: false } }],
    });
    for (const entry of [refused('CLOSED'), { message: 'rule' }]) {
      expect(executed({ errors: [entry] }, shop)).toBe(false);
      expect(
        executed({ errors: [{ ...entry, path: ['a', 'b'] }], rootFields: 1 }, shop),
      ).toBeUndefined();
      expect(executed({ errors: [{ ...entry, path: ['a'] }], rootFields: 1 }, shop)).toBe(false);
      expect(executed({ errors: [entry], incomplete: true }, shop)).toBeUndefined();
      expect(executed({ errors: [entry], data: { a: 1 } }, shop)).toBeUndefined();
    }
    const forbidden = { status: 403, body: { errors: [{ message: 'x', path: ['a', 'b'] }] } };
    expect(executed(forbidden, tbint)).toBeUndefined();
    expect(executed({ status: 403 }, tbint)).toBe(false);
  });
});

describe('never sent', () => {
  const refusedLine = (fields: object): object =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('x'), fields) });

  it.each([
    { code: 'ECONNREFUSED' },
    { code: 'ENOTFOUND' },
    { code: 'EAI_AGAIN' },
    { code: 'UND_ERR_CONNECT_TIMEOUT' },
    { code: 'ETIMEDOUT', syscall: 'connect' },
    { code: 'EHOSTUNREACH', syscall: 'connect' },
    { code: 'ConnectionRefused' },
    { message: 'error sending request for url (http://x/): client error (Connect): dns error' },
  ])('F9 %o', (fields) => {
    const error = refusedLine(fields);
    expect(executed({ error })).toBe(false);
    expect(executed({ error, incomplete: true })).toBeUndefined();
    expect(executed({ error, status: 200 })).toBeUndefined();
  });

  it('F9 a redirect that was not followed names the final address, without its secrets', () => {
    const headers = { location: 'https://user:pw@new.example/graphql?token=abc#x' };
    for (const status of [301, 302, 303, 307, 308]) {
      const failure = classify({ status, headers });
      expect(failure).toMatchObject({
        kind: 'bad_response',
        retryable: false,
        executed: undefined,
      });
      expect(failure?.advice).toContain('https://new.example/graphql:');
      expect(failure?.advice).not.toMatch(/pw|abc/);
    }
  });
});
