import { describe, expect, it } from 'vitest';
import * as fc from '../../../../tests/properties.ts';
import type { FailureKind } from '../../src/base/failure.ts';
import { tbint } from '../../../profiles/src/tbint.ts';
import { classify } from '../../src/failure/classify.ts';
import { defineProfile } from '../../src/failure/profile.ts';
import { decisiveness as kinds } from '../../src/base/failure.ts';

const coded = (code: unknown, more: object = {}): object => ({
  message: String(code),
  extensions: { code },
  ...more,
});
const kindOf = (signal: object): FailureKind | undefined => classify(signal)?.kind;

describe('no failure', () => {
  it.each([200, 201, 202, 203, 206, 294, 299, undefined])(
    'F5 %s with data is success',
    (status) => {
      expect(classify({ status, data: { me: null } })).toBeUndefined();
      expect(classify({ status, data: null })).toBeUndefined();
      expect(classify({ status, data: {}, errors: [] })).toBeUndefined();
      expect(classify({ status, data: {}, errors: null })).toBeUndefined();
      expect(classify({ status, body: { data: {} } })).toBeUndefined();
      expect(classify({ status, body: '{"data":{}}' })).toBeUndefined();
      expect(classify({ status, body: '\ufeff {"data":{}}\n' })).toBeUndefined();
      expect(classify({ status, data: {}, error: null })).toBeUndefined();
    },
  );

  it('F1 nothing to see is no failure', () => {
    expect(classify({})).toBeUndefined();
    expect(classify({ status: 200 })).toBeUndefined();
    expect(classify({ status: 204, headers: {} })).toBeUndefined();
    expect(classify({ errors: [] })).toBeUndefined();
    expect(classify({ body: { errors: [] } })).toBeUndefined();
    expect(classify({ error: null, close: undefined })).toBeUndefined();
  });

  it('F5 data with an error status is no success', () => {
    expect(classify({ status: 500, data: {} })).toMatchObject({
      kind: 'server_error',
      partial: true,
    });
  });
});

describe('statuses', () => {
  const table: readonly (readonly [FailureKind, readonly number[], boolean])[] = [
    ['bad_input', [400, 405, 406, 411, 413, 414, 415, 422, 431], false],
    ['unauthenticated', [401], false],
    ['forbidden', [402, 403], false],
    ['not_found', [404, 410], false],
    ['timeout', [408], true],
    ['conflict', [409, 412], false],
    ['conflict', [425], true],
    ['locked', [423], true],
    ['rate_limited', [429], true],
    ['server_error', [500], true],
    ['server_error', [501, 505], false],
    ['unavailable', [502, 503, 504, 520, 521, 522, 523, 524], true],
    // RFC 9110 15: an unrecognised status is read as the first of its class.
    ['bad_input', [418, 421, 451, 499], false],
    ['server_error', [507, 511, 599], true],
    ['bad_response', [302, 304], false],
    ['unknown', [600, 999], false],
  ];
  for (const [kind, statuses, retryable] of table) {
    it.each(statuses)(`F5 a bare %s is ${kind}`, (status) => {
      const failure = classify({ status });
      expect(failure).toMatchObject({ kind, retryable, status, source: 'http', partial: false });
      expect(failure?.message).toBe(`HTTP ${status}`);
      expect(failure?.freshToken).toBe(kind === 'unauthenticated');
      expect(classify({ status, body: '<html>' })).toMatchObject({
        kind,
        message: `HTTP ${status}`,
      });
      expect(classify({ status, body: '' })?.kind).toBe(kind);
      expect(classify({ status, errors: [{ message: 'x' }] })).toMatchObject({ kind, status });
    });
  }

  it('F1 what is no status does not count as one', () => {
    for (const status of [0, -1, 99, 1.5, Number.NaN, Infinity, 'error', null, {}, 1_000]) {
      expect(classify({ status: status as number })).toBeUndefined();
    }
    expect(classify({ status: '429' as unknown as number })?.kind).toBe('rate_limited');
  });
});

describe('codes', () => {
  const codes: readonly (readonly [FailureKind, readonly string[]])[] = [
    ['unauthenticated', ['UNAUTHENTICATED']],
    ['forbidden', ['FORBIDDEN']],
    ['not_found', ['NOT_FOUND']],
    [
      'bad_input',
      [
        'BAD_USER_INPUT',
        'GRAPHQL_PARSE_FAILED',
        'GRAPHQL_VALIDATION_FAILED',
        'OPERATION_RESOLUTION_FAILURE',
        'BAD_REQUEST',
      ],
    ],
    ['rate_limited', ['RATE_LIMITED', 'RATE_LIMIT', 'TOO_MANY_REQUESTS', 'THROTTLED']],
    ['server_error', ['INTERNAL_SERVER_ERROR']],
    ['unavailable', ['SERVICE_UNAVAILABLE']],
    ['unknown', ['SOMETHING_ELSE', '', 'constructor', '__proto__', 'toString', 'hasOwnProperty']],
  ];
  for (const [kind, words] of codes) {
    it.each(words)(`F4 %j is ${kind}`, (code) => {
      expect(kindOf({ errors: [coded(code)] })).toBe(kind);
      expect(kindOf({ errors: [coded(code.toLowerCase())] })).toBe(kind);
    });
  }

  it('F2 a known code beats the status, a status an unknown code', () => {
    expect(kindOf({ status: 500, errors: [coded('FORBIDDEN')] })).toBe('forbidden');
    expect(kindOf({ status: 503, errors: [coded('ODD')] })).toBe('unavailable');
    expect(kindOf({ status: 200, errors: [coded('ODD')] })).toBe('unknown');
  });

  it('F2 beside a known code the status does not speak for the unknown ones', () => {
    const failure = classify({ status: 500, errors: [coded('ODD'), coded('NOT_FOUND')] });
    expect(failure?.all.map(({ kind }) => kind)).toEqual(['not_found', 'unknown']);
  });

  it('F2 numbers and numeric strings are read as statuses', () => {
    expect(kindOf({ errors: [coded(401)] })).toBe('unauthenticated');
    expect(kindOf({ errors: [coded('401')] })).toBe('unauthenticated');
    expect(kindOf({ errors: [coded('423')] })).toBe('locked');
    expect(classify({ errors: [coded(503)] })).toMatchObject({ kind: 'unavailable', code: '503' });
    for (const code of [200, '399', 600, '0401', ' 401', '4e2', 401.5, Number.NaN]) {
      expect(kindOf({ errors: [coded(code)] })).toBe('unknown');
    }
  });

  it('F2 numeric codes can be switched off', () => {
    const words = defineProfile({ name: 'words', numericCodes: false });
    expect(classify({ errors: [coded('401')] }, words)?.kind).toBe('unknown');
  });

  it('F2 type is read before code', () => {
    const entry = { message: 'x', extensions: { type: 'FIELD_not_found', code: '404' } };
    expect(classify({ errors: [entry] }, tbint)?.kind).toBe('bad_input');
    expect(classify({ errors: [entry] })?.kind).toBe('not_found');
  });

  it('F2 a code beside the message is read where extensions have none', () => {
    expect(kindOf({ errors: [{ message: 'x', code: 'UNAUTHENTICATED' }] })).toBe('unauthenticated');
    expect(kindOf({ errors: [{ code: 'FORBIDDEN', extensions: { code: 'NOT_FOUND' } }] })).toBe(
      'not_found',
    );
  });

  it.each(['PERSISTED_QUERY_NOT_FOUND', 'PERSISTED_QUERY_NOT_SUPPORTED'])(
    'F4 %s passes through, whatever the status',
    (code) => {
      for (const status of [200, 400, 404, 500, 503]) {
        const failure = classify({ status, errors: [coded(code)] });
        expect(failure).toMatchObject({ kind: 'unknown', retryable: false, freshToken: false });
      }
    },
  );

  it('F4 the words of the persisted-query handshake do without its code', () => {
    const errors = [{ message: 'PersistedQueryNotFound' }];
    expect(classify({ status: 500, errors })).toMatchObject({ kind: 'unknown', retryable: false });
  });
});

describe('several errors', () => {
  const decisive: readonly (readonly [FailureKind, unknown])[] = [
    ['unauthenticated', 401],
    ['rate_limited', 429],
    ['locked', 423],
    ['unavailable', 503],
    ['conflict', 409],
    ['server_error', 500],
    ['forbidden', 403],
    ['bad_input', 400],
    ['not_found', 404],
    ['unknown', 'ODD'],
  ];

  it('F3 the operation’s kind is the most decisive one, in any order of entries', () => {
    const order = decisive.map(([kind]) => kind);
    fc.assert(
      fc.property(fc.shuffledSubarray([...decisive], { minLength: 1 }), (some) => {
        const failure = classify({ errors: some.map(([, code]) => coded(code)) });
        const expected = order.filter((kind) => some.some(([other]) => other === kind));
        expect(failure?.kind).toBe(expected[0]);
        expect(failure?.all.map(({ kind }) => kind)).toEqual(expected);
        expect(failure?.code).toBe(failure?.all[0]?.code);
      }),
    );
  });

  it('F3 the order names every kind once', () => {
    expect(new Set(kinds).size).toBe(14);
  });

  it('F3 entries of one kind keep their order', () => {
    const errors = [coded('NOT_FOUND', { path: ['a'] }), coded(404, { path: ['b'] })];
    expect(classify({ errors })?.all.map(({ path }) => path)).toEqual([['a'], ['b']]);
  });

  it('F3 each entry keeps its own, and holds no further entries', () => {
    const failure = classify({
      errors: [coded('NOT_FOUND', { path: ['a', 0] }), coded('FORBIDDEN', { path: ['b'] })],
      data: { a: null },
    });
    expect(failure?.all).toMatchObject([
      { kind: 'forbidden', code: 'FORBIDDEN', path: ['b'], partial: true, all: [] },
      { kind: 'not_found', code: 'NOT_FOUND', path: ['a', 0], partial: true, all: [] },
    ]);
    expect(failure?.path).toEqual(['b']);
  });

  it('F3 a single failure stands in its own list', () => {
    for (const signal of [{ status: 401 }, { error: new Error('x') }, { close: { code: 4401 } }]) {
      const failure = classify(signal);
      expect(failure?.all).toHaveLength(1);
      expect(failure?.all[0]?.kind).toBe(failure?.kind);
    }
  });
});

describe('whether it ran', () => {
  it.each([
    { status: 401 },
    { status: 429, body: 'slow down' },
    { status: 423 },
    { errors: [coded('UNAUTHENTICATED')], data: null },
    { errors: [coded('RATE_LIMITED')] },
    { errors: [coded('GRAPHQL_PARSE_FAILED')] },
    { errors: [coded('GRAPHQL_VALIDATION_FAILED')], status: 400 },
    { errors: [coded('OPERATION_RESOLUTION_FAILURE')] },
    { errors: [coded('UNAUTHENTICATED'), coded('RATE_LIMITED')] },
    { errors: [{ message: 'no code' }], status: 401 },
  ])('F9 %j proves that nothing ran', (signal) => {
    expect(classify(signal)?.executed).toBe(false);
  });

  it.each([
    { status: 400 },
    { status: 403 },
    { status: 500 },
    { status: 503 },
    { errors: [coded('FORBIDDEN')] },
    { errors: [coded('BAD_USER_INPUT')] },
    { errors: [coded('UNAUTHENTICATED')], data: { a: null } },
    { errors: [coded('GRAPHQL_VALIDATION_FAILED')], data: {} },
    { errors: [coded('UNAUTHENTICATED'), coded('FORBIDDEN')] },
    { errors: [coded('RATE_LIMITED'), { message: 'x' }] },
    { status: 401, data: {} },
    { close: { code: 1006 } },
    { close: { code: 4401 } },
    { close: { code: 4429 } },
    { error: new Error('x') },
  ])('F9 %j proves nothing', (signal) => {
    expect(classify(signal)?.executed).toBeUndefined();
  });
});

describe('scope and step-up', () => {
  const field = (error: string): object => ({
    'WWW-Authenticate': `Bearer realm="api", error="${error}", error_description="insufficient_scope"`,
  });

  it.each(['insufficient_scope', 'insufficient_user_authentication'])(
    'T17 a 401 with %s is forbidden, with advice, and no fresh token cures it',
    (error) => {
      for (const status of [401, 403]) {
        const failure = classify({ status, headers: field(error) as Record<string, string> });
        expect(failure).toMatchObject({ kind: 'forbidden', freshToken: false });
        expect(failure?.advice).not.toBe(classify({ status: 403 })?.advice);
      }
      const coded401 = classify({
        status: 401,
        headers: field(error) as Record<string, string>,
        errors: [coded('UNAUTHENTICATED')],
      });
      expect(coded401).toMatchObject({ kind: 'forbidden', freshToken: false, executed: false });
      const sealed = classify(
        { status: 403, headers: field(error) as Record<string, string> },
        tbint,
      );
      expect(sealed).toMatchObject({ kind: 'forbidden', freshToken: false, executed: false });
    },
  );

  it('T17 invalid_token refreshes, where no known code says otherwise', () => {
    const headers = field('invalid_token') as Record<string, string>;
    for (const status of [400, 401, 403]) {
      expect(classify({ status, headers })).toMatchObject({
        kind: 'unauthenticated',
        freshToken: true,
        executed: status === 401 ? false : undefined,
      });
    }
    expect(classify({ status: 403, headers, errors: [coded('FORBIDDEN')] })?.kind).toBe(
      'forbidden',
    );
    expect(classify({ status: 500, headers })?.kind).toBe('server_error');
    expect(classify({ status: 429, headers })?.kind).toBe('rate_limited');
  });

  it('T17 a 401 without an error, and a description that mentions one, refreshes', () => {
    const headers = { 'WWW-Authenticate': 'Bearer error_description="insufficient_scope"' };
    expect(classify({ status: 401, headers })).toMatchObject({ freshToken: true });
  });
});
