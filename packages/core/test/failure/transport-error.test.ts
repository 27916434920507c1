import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../../src/base/failure.ts';
import { ResilienceError } from '../../src/base/failure.ts';
import { classify } from '../../src/failure/classify.ts';
import { registerFailure } from '../../src/failure/failure-of.ts';

const withCode = (code: string, message = 'x'): Error =>
  Object.assign(new Error(message), { code });
const fetchFailed = (cause: unknown): Error => new TypeError('fetch failed', { cause });
const response = (status: number, headers: Record<string, string> = {}): object => ({
  status,
  headers: new Headers(headers),
});

describe('a lost line', () => {
  it.each([
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'UND_ERR_SOCKET',
    'UND_ERR_HEADERS_TIMEOUT',
    'ENETUNREACH',
  ])('F8 %s is network, and may have run', (code) => {
    for (const error of [withCode(code), fetchFailed(withCode(code))]) {
      expect(classify({ error })).toMatchObject({
        kind: 'network',
        source: 'network',
        code,
        executed: undefined,
        retryable: true,
      });
    }
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'])('F9 %s was never sent', (code) => {
    expect(classify({ error: fetchFailed(withCode(code)) })).toMatchObject({
      kind: 'network',
      code,
      executed: false,
    });
  });

  it('F9 with several addresses all must have refused', () => {
    const refused = withCode('ECONNREFUSED');
    const both = Object.assign(new AggregateError([refused, refused]), { code: 'ECONNREFUSED' });
    expect(classify({ error: fetchFailed(both) })?.executed).toBe(false);
    expect(classify({ error: new AggregateError([refused, refused]) })).toMatchObject({
      kind: 'network',
      executed: false,
    });
    const mixed = new AggregateError([refused, withCode('ECONNRESET')]);
    expect(classify({ error: fetchFailed(mixed) })).toMatchObject({
      kind: 'network',
      executed: undefined,
    });
  });

  it.each([
    'Failed to fetch',
    'Content-Length header of network response exceeds response Body.',
    'Error in input stream',
    'Failed to fetch (api.example.com)',
    'fetch failed',
    'Load failed',
    'NetworkError when attempting to fetch resource.',
    'terminated',
    'network error',
    'premature end of multipart body',
    'other side closed',
    'socket hang up',
    'Network request failed',
    'Socket closed',
  ])('F8 %j is network', (message) => {
    expect(classify({ error: new TypeError(message) })).toMatchObject({
      kind: 'network',
      executed: undefined,
      retryable: true,
      message,
    });
  });

  it('F8 a stream that dies after a 200 is network, not bad_response', () => {
    const error = {
      name: 'CombinedError',
      networkError: new TypeError('terminated'),
      graphQLErrors: [],
      response: response(200),
    };
    expect(classify({ error })?.kind).toBe('network');
  });

  it('F8 X4 of causes 32 errors are looked at, and circles end', () => {
    const nested = (depth: number): Error => {
      let error = withCode('ECONNRESET');
      for (let level = 0; level < depth; level += 1) error = new Error('x', { cause: error });
      return error;
    };
    expect(classify({ error: nested(31) })?.kind).toBe('network');
    expect(classify({ error: nested(32) })?.kind).toBe('unknown');
    const circle = new Error('x');
    circle.cause = new Error('y', { cause: circle });
    expect(classify({ error: circle })?.kind).toBe('unknown');
  });
});

describe('ends on purpose and ends of time', () => {
  it.each([
    new DOMException('gone', 'AbortError'),
    Object.assign(new Error('x'), { name: 'AbortError' }),
    withCode('ABORT_ERR'),
    new Error('wrapped', { cause: new DOMException('gone', 'AbortError') }),
  ])('F8 %o is aborted, never retried', (error) => {
    expect(classify({ error })).toMatchObject({
      kind: 'aborted',
      source: 'client',
      retryable: false,
    });
    expect(classify({ error, status: 503 })?.kind).toBe('aborted');
    expect(classify({ error, errors: [{ message: 'x' }] })?.kind).toBe('aborted');
  });

  it('F8 an abort names no instant to wait for', () => {
    const error = new DOMException('gone', 'AbortError');
    expect(classify({ error, headers: { 'retry-after': '5' } })).not.toHaveProperty('retryAt');
  });

  it('F8 a TimeoutError is timeout', () => {
    const error = new DOMException('late', 'TimeoutError');
    expect(classify({ error })).toMatchObject({
      kind: 'timeout',
      source: 'network',
      retryable: true,
    });
  });
});

describe('errors that say nothing', () => {
  it.each([
    new Error('x'),
    'x',
    5,
    true,
    Symbol('x'),
    {},
    [],
    () => 1,
    Object.create(null),
    new Map(),
  ])('F1 %o is unknown, from the client', (error) => {
    expect(classify({ error })).toMatchObject({
      kind: 'unknown',
      source: 'client',
      retryable: false,
    });
  });

  it('F11 a thrown string is the message', () => {
    expect(classify({ error: 'boom' })?.message).toBe('boom');
  });
});

describe('answers inside errors', () => {
  const unauthenticated = { message: 'x', extensions: { code: 'UNAUTHENTICATED' } };
  const body = JSON.stringify({ errors: [unauthenticated] });
  const cases: readonly (readonly [string, object, FailureKind, number | undefined])[] = [
    [
      'ServerError with codes',
      { statusCode: 400, response: response(400), bodyText: body },
      'unauthenticated',
      400,
    ],
    [
      'ServerError with HTML',
      { statusCode: 502, response: response(502), bodyText: '<html>' },
      'unavailable',
      502,
    ],
    [
      'ServerError of a malformed 200',
      { statusCode: 200, response: response(200), bodyText: '{"a":1}' },
      'bad_response',
      200,
    ],
    [
      'ServerParseError',
      { statusCode: 200, response: response(200), bodyText: '', cause: new SyntaxError('x') },
      'bad_response',
      200,
    ],
    [
      'Apollo 3 ServerError',
      { statusCode: 400, result: { errors: [unauthenticated] } },
      'unauthenticated',
      400,
    ],
    [
      'CombinedGraphQLErrors',
      { errors: [unauthenticated], data: null },
      'unauthenticated',
      undefined,
    ],
    [
      'CombinedError',
      { graphQLErrors: [unauthenticated], response: response(200) },
      'unauthenticated',
      200,
    ],
    [
      'urql with a good status',
      { graphQLErrors: [], networkError: new Error('OK'), response: response(200) },
      'bad_response',
      200,
    ],
    [
      'urql with an error status',
      { graphQLErrors: [], networkError: new SyntaxError('x'), response: response(429) },
      'rate_limited',
      429,
    ],
    [
      'urql with a network error',
      { graphQLErrors: [], networkError: new TypeError('Failed to fetch') },
      'network',
      undefined,
    ],
    ['a network error with a status', { networkError: { statusCode: 403 } }, 'forbidden', 403],
    ['a bare response', response(423), 'locked', 423],
    [
      'an oauth error',
      { status: 400, headers: {}, body: { error: 'invalid_grant' } },
      'unauthenticated',
      400,
    ],
    [
      'an oauth error as text',
      { status: 400, body: '{"error":"invalid_grant"}' },
      'unauthenticated',
      400,
    ],
    [
      'axios',
      { response: { status: 400, data: { errors: [unauthenticated] } } },
      'unauthenticated',
      400,
    ],
    [
      'graphql-request',
      { response: { status: 200, errors: [unauthenticated], data: null } },
      'unauthenticated',
      200,
    ],
    ['ofetch', { statusCode: 400, data: { error: 'invalid_client' } }, 'unauthenticated', 400],
    ['a wrapped response', { cause: response(503) }, 'unavailable', 503],
    ['a GraphQL error by itself', unauthenticated, 'unauthenticated', undefined],
    [
      'a response whose body is a stream',
      { status: 200, body: new ReadableStream() },
      'bad_response',
      200,
    ],
  ];
  for (const [name, error, kind, status] of cases) {
    it(`F1 ${name} is ${kind}`, () => {
      expect(classify({ error })).toMatchObject({ kind });
      expect(classify({ error })?.status).toBe(status);
      expect(classify({ error: Object.assign(new Error('x'), error) })?.kind).toBe(kind);
    });
  }

  it('F1 graphql-ws fails with a list of GraphQL errors', () => {
    expect(classify({ error: [unauthenticated] })?.kind).toBe('unauthenticated');
  });

  it('F1 an empty CombinedError is none, but its status counts', () => {
    const empty = (status: number): object => ({ graphQLErrors: [], response: response(status) });
    expect(classify({ error: empty(200), data: {} })).toBeUndefined();
    expect(classify({ error: empty(401) })?.kind).toBe('unauthenticated');
  });

  it('W1 headers of the error’s response are read', () => {
    const error = { statusCode: 503, response: response(503, { 'retry-after': '3' }) };
    expect(classify({ error, now: 1_000 })?.retryAt).toBe(4_000);
  });

  it('F1 what the signal says goes before what its error carries', () => {
    const error = { statusCode: 500, response: response(500) };
    expect(classify({ error, status: 404 })).toMatchObject({ kind: 'not_found', status: 404 });
  });

  it('F6 data beside the errors of an error is partial', () => {
    expect(classify({ error: { errors: [unauthenticated], data: { a: 1 } } })).toMatchObject({
      partial: true,
      executed: undefined,
    });
  });

  it('R10 an error of ours keeps its failure', () => {
    const failure = classify({ status: 429 });
    expect(failure).toBeDefined();
    const error = new ResilienceError(failure!);
    registerFailure(error, failure!);
    expect(classify({ error })).toBe(failure);
  });
});

describe('closed sockets', () => {
  const codes: readonly (readonly [number, FailureKind, boolean])[] = [
    [4400, 'bad_input', false],
    [4401, 'unauthenticated', false],
    [4403, 'unauthenticated', false],
    [4406, 'bad_input', false],
    [4408, 'timeout', true],
    [4409, 'conflict', false],
    [4429, 'rate_limited', true],
    [4499, 'aborted', false],
    [4500, 'server_error', true],
    [4504, 'timeout', true],
    [4004, 'bad_response', false],
    [4005, 'bad_response', false],
    [1002, 'bad_response', false],
    [1001, 'network', true],
    [1006, 'network', true],
    [1011, 'network', true],
    [1012, 'network', true],
    [4123, 'unknown', false],
    [3000, 'unknown', false],
  ];
  for (const [code, kind, retryable] of codes) {
    it(`S4 ${code} is ${kind}, however it is told`, () => {
      const expected = { kind, retryable, source: 'socket', code: String(code) };
      expect(classify({ close: { code } })).toMatchObject(expected);
      expect(classify({ close: { code, reason: 'Why' } })).toMatchObject({
        ...expected,
        message: 'Why',
      });
      expect(classify({ error: { code, reason: '' } })).toMatchObject(expected);
      expect(classify({ error: { type: 'close', code } })).toMatchObject(expected);
      expect(classify({ error: { networkError: { code, reason: 'Why' } } })).toMatchObject(
        expected,
      );
      const told = new Error(`Socket closed with event ${code} Why`);
      expect(classify({ error: told })).toMatchObject({ ...expected, message: 'Why' });
      expect(classify({ error: new Error(`Socket closed with event ${code}`) })).toMatchObject(
        expected,
      );
    });
  }

  it('S4 4401 and 4403 ask for a fresh token; what went over the socket may have run', () => {
    for (const code of [4401, 4403]) {
      expect(classify({ close: { code } })).toMatchObject({
        freshToken: true,
        executed: undefined,
      });
    }
  });

  it('S5 1000 is no failure', () => {
    expect(classify({ close: { code: 1000 } })).toBeUndefined();
    expect(classify({ close: { code: 1000, reason: 'Normal Closure' } })).toBeUndefined();
  });

  it('F1 a close without a code is a lost line', () => {
    expect(classify({ close: {} as { code: number } })?.kind).toBe('network');
    expect(classify({ close: { code: Number.NaN } })?.kind).toBe('network');
  });

  it('F8 the error event of a socket is a lost line, and says no more in a browser', () => {
    const event = { type: 'error', target: {} };
    expect(classify({ error: event })).toMatchObject({ kind: 'network', executed: undefined });
    const refused = { ...event, message: 'x', error: withCode('ECONNREFUSED') };
    expect(classify({ error: { networkError: refused } })).toMatchObject({
      kind: 'network',
      code: 'ECONNREFUSED',
      executed: undefined,
    });
    expect(classify({ error: { type: 'error', message: 'x' } })?.kind).toBe('unknown');
  });
});
