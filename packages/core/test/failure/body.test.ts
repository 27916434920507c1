import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../../src/base/failure.ts';
import { classify } from '../../src/failure/classify.ts';
import { defineProfile } from '../../src/failure/profile.ts';

describe('OAuth words', () => {
  const words: readonly (readonly [string, FailureKind])[] = [
    ['invalid_client', 'unauthenticated'],
    ['invalid_grant', 'unauthenticated'],
    ['unauthorized_client', 'unauthenticated'],
    ['access_denied', 'unauthenticated'],
    ['invalid_request', 'bad_input'],
    ['unsupported_grant_type', 'bad_input'],
    ['invalid_scope', 'bad_input'],
    ['too_many_requests', 'rate_limited'],
    ['slow_down', 'rate_limited'],
    ['temporarily_unavailable', 'unavailable'],
  ];
  for (const [word, kind] of words) {
    it(`F4b ${word} is ${kind}, parsed or as text`, () => {
      const body = { error: word, error_description: 'Because.' };
      for (const given of [body, JSON.stringify(body), { ...body, error: word.toUpperCase() }]) {
        for (const status of [undefined, 200, 400, 401, 500]) {
          expect(classify({ status, body: given })).toMatchObject({
            kind,
            source: 'token-endpoint',
            message: 'Because.',
            freshToken: false,
          });
        }
      }
      expect(classify({ body })?.code).toBe(word);
    });
  }

  it('F4b an unknown word leaves the status to decide', () => {
    const body = { error: 'strange', error_description: 'Odd.' };
    expect(classify({ status: 401, body })).toMatchObject({
      kind: 'unauthenticated',
      source: 'http',
      code: 'strange',
      message: 'Odd.',
      freshToken: true,
    });
    expect(classify({ status: 503, body })?.kind).toBe('unavailable');
    expect(classify({ status: 200, body })?.kind).toBe('bad_response');
    expect(classify({ body: { error: 'constructor' }, status: 403 })?.kind).toBe('forbidden');
  });

  it('F4b a 429 is one whatever the word', () => {
    for (const error of ['invalid_request', 'invalid_client', 'strange']) {
      expect(classify({ status: 429, body: { error } })?.kind).toBe('rate_limited');
    }
  });

  it('F4b a body with errors or data is no token answer', () => {
    const errors = [{ message: 'x', extensions: { code: 'FORBIDDEN' } }];
    expect(classify({ body: { error: 'invalid_grant', errors } })?.kind).toBe('forbidden');
    expect(classify({ body: { error: 'invalid_grant', data: {} } })).toBeUndefined();
    expect(classify({ body: { error: 'invalid_grant', errors: 'x' } })?.kind).toBe(
      'unauthenticated',
    );
  });

  it('F4b a profile may say that a fresh token helps all the same', () => {
    const gateway = defineProfile({
      name: 'gateway',
      words: { invalid_token: { kind: 'unauthenticated', freshToken: true } },
    });
    expect(classify({ body: { error: 'invalid_token' } }, gateway)?.freshToken).toBe(true);
  });

  it('T7 the description of invalid_client reaches the failure', () => {
    const body = { error: 'invalid_client', error_description: 'Client has expired' };
    expect(classify({ status: 401, body })?.message).toBe('Client has expired');
    expect(classify({ status: 401, body: { error: 'invalid_client' } })?.message).toBe(
      'invalid_client',
    );
  });
});

describe('something other than GraphQL', () => {
  it.each([
    '',
    ' ',
    '<html>Sign in</html>',
    'OK',
    'null',
    '5',
    '"x"',
    '[]',
    '{',
    '{}',
    '{"ok":true}',
    '[1,2]',
    '{"data":',
  ])('F7 %j with a good status is bad_response, not retried', (body) => {
    for (const status of [undefined, 200, 204]) {
      expect(classify({ status, body })).toMatchObject({
        kind: 'bad_response',
        source: 'http',
        retryable: false,
        executed: undefined,
      });
    }
    expect(classify({ status: 503, body })?.kind).toBe('unavailable');
  });

  it.each([{}, [], null, 5, true, 0n, () => 1, new Date(0), new Map([['data', {}]])])(
    'F7 the parsed %o is bad_response',
    (body) => {
      expect(classify({ status: 200, body })?.kind).toBe('bad_response');
      expect(classify({ status: 401, body })?.kind).toBe('unauthenticated');
    },
  );

  it('F7 a captive portal behind an error of the transport is bad_response', () => {
    const response = { status: 200, headers: new Headers() };
    const error = Object.assign(new Error('<html>Welcome to the hotel</html>'), { response });
    expect(classify({ error })).toMatchObject({ kind: 'bad_response', message: 'HTTP 200' });
  });

  it.each([
    [{ message: 'Down for maintenance' }, 'Down for maintenance'],
    [{ type: 'about:blank', title: 'Busy', detail: 'Come back later' }, 'Come back later'],
    [{ title: 'Busy' }, 'Busy'],
    [{ error: { message: 'Nested' } }, 'Nested'],
    [{ error: 'Forbidden', message: 'Why' }, 'Why'],
    [{ message: 5 }, 'HTTP 503'],
    ['Please come back', 'Please come back'],
    ['  <!doctype html>…', 'HTTP 503'],
    ['x'.repeat(201), 'HTTP 503'],
    ['x'.repeat(200), 'x'.repeat(200)],
  ])('F11 %o says %s', (body, message) => {
    expect(classify({ status: 503, body })?.message).toBe(message);
  });

  it('F2 GraphQL errors in the text of an error body are found', () => {
    const body = JSON.stringify({ errors: [{ message: 'x', extensions: { code: 'NOT_FOUND' } }] });
    expect(classify({ status: 500, body })).toMatchObject({ kind: 'not_found', source: 'graphql' });
  });

  it('X4 text beyond 64 KiB is not parsed, nor matched', () => {
    const errors = [{ message: 'x', extensions: { code: 'NOT_FOUND' } }];
    const padded = (length: number): string => {
      const body = JSON.stringify({ errors, padding: '' });
      return body.replace('"padding":""', `"padding":"${'x'.repeat(length - body.length)}"`);
    };
    expect(padded(65_536)).toHaveLength(65_536);
    expect(classify({ status: 500, body: padded(65_536) })?.kind).toBe('not_found');
    expect(classify({ status: 500, body: padded(65_537) })?.kind).toBe('server_error');
    const late = defineProfile({
      name: 'late',
      rules: [{ when: { message: /maintenance/ }, then: 'unavailable' }],
    });
    expect(classify({ status: 500, body: `${'x'.repeat(65_000)}maintenance` }, late)?.kind).toBe(
      'unavailable',
    );
    expect(classify({ status: 500, body: `${'x'.repeat(65_536)}maintenance` }, late)?.kind).toBe(
      'server_error',
    );
  });
});

describe('what a failure does not say', () => {
  const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl';

  it('F11 a token that the server repeats is left out of the message', () => {
    for (const message of [
      `bad token ${jwt}`,
      `Authorization: Bearer ${jwt}`,
      'Bearer abcdefghijklmnop1234',
    ]) {
      const said = classify({ status: 401, body: { message } })?.message ?? '';
      expect(said).not.toMatch(/eyJ|abcdefgh/);
      expect(classify({ errors: [{ message }] })?.message).not.toMatch(/eyJ|abcdefgh/);
      expect(classify({ error: new Error(message) })?.message).not.toMatch(/eyJ|abcdefgh/);
    }
    expect(classify({ errors: [{ message: 'Bearer token expired' }] })?.message).toBe(
      'Bearer token expired',
    );
  });

  it('F11 a header’s value is never in it', () => {
    const headers = {
      authorization: 'Bearer hidden-value',
      'www-authenticate': 'Bearer hidden-value',
    };
    expect(JSON.stringify(classify({ status: 401, headers }))).not.toContain('hidden-value');
  });

  it('F11 messages end at 500 characters', () => {
    const message = 'x'.repeat(100_000);
    expect(classify({ errors: [{ message }] })?.message).toHaveLength(500);
    expect(classify({ status: 400, body: { message } })?.message).toHaveLength(500);
    expect(classify({ errors: [message] })?.message).toHaveLength(500);
  });
});

it.each([{ errors: null }, '{"errors":null}'])('F7 %j without data is no answer', (body) => {
  expect(classify({ status: 200, body })).toMatchObject({ kind: 'bad_response', retryable: false });
  expect(classify({ status: 200, body: { data: {}, errors: null } })).toBeUndefined();
});
