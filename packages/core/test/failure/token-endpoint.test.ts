import { describe, expect, it } from 'vitest';
import type { Signal } from '../../src/base/operation.ts';
import { classify } from '../../src/failure/classify.ts';
import { graphqlOverHttp } from '../../src/failure/default-profile.ts';
import { compiled, defineProfile } from '../../src/failure/profile.ts';
import { breeze } from '../../../profiles/src/breeze.ts';

const isFinal = (signal: Signal, profile = graphqlOverHttp): boolean => {
  const failure = classify(signal, profile);
  return failure !== undefined && compiled(profile).isFinal(failure);
};

describe('what a token endpoint answers', () => {
  it.each([
    ['invalid_grant', { error: 'invalid_grant' }],
    ['invalid_scope', { error: 'invalid_scope', error_description: 'x' }],
    [
      'TOKEN_EXPIRED',
      { error: { code: 400, message: 'TOKEN_EXPIRED', status: 'INVALID_ARGUMENT' } },
    ],
    ['USER_DISABLED', { error: { code: 400, message: 'USER_DISABLED : by an administrator' } }],
    ['NotAuthorizedException', { __type: 'NotAuthorizedException', message: 'Revoked' }],
    ['NotAuthorizedException', { __type: 'com.amazonaws#NotAuthorizedException' }],
    ['refresh_token_not_found', { error_code: 'refresh_token_not_found', msg: 'x' }],
    ['refresh_token_not_found', { code: 400, error_code: 'refresh_token_not_found', msg: 'x' }],
    ['refresh_token_already_used', { code: 'refresh_token_already_used', message: 'x' }],
    ['login_required', { error: 'login_required', error_description: 'Login required' }],
  ])('T7 %s is final, however it is told', (word, body) => {
    const told = [
      { status: 400, body },
      { status: 400, body: JSON.stringify(body) },
      { error: { status: 400, headers: {}, body } },
      { error: Object.assign(new Error('x'), { status: 400, body: JSON.stringify(body) }) },
    ];
    for (const signal of told) {
      expect(classify(signal)).toMatchObject({ code: word, retryable: false });
      expect(isFinal(signal)).toBe(true);
      expect(isFinal(signal, breeze)).toBe(true);
      expect(classify(signal)?.freshToken).toBe(false);
    }
  });

  it.each([
    Object.assign(new Error('Login required'), { error: 'login_required' }),
    Object.assign(new Error('Revoked'), { name: 'NotAuthorizedException' }),
    Object.assign(new Error('x'), { status: 400, code: 'refresh_token_not_found' }),
  ])('T7 an SDK’s error says it too: %o', (error) => {
    expect(isFinal({ error })).toBe(true);
  });

  it.each([
    { status: 400, body: { error: 'strange' } },
    { status: 429, body: { error: 'invalid_request' } },
    { status: 503, body: { error: 'temporarily_unavailable' } },
    { status: 500 },
    { error: new TypeError('Failed to fetch') },
    { status: 400, body: { error: { message: 'Something else' } } },
  ])('T7 %o is not', (signal) => {
    expect(isFinal(signal)).toBe(false);
  });

  it('T7 a profile adds words of its own', () => {
    const parent = defineProfile({ name: 'parent', auth: { finalErrors: ['gone'] } });
    const shop = defineProfile({
      name: 'shop',
      extends: parent,
      auth: { finalErrors: ['Revoked'] },
    });
    for (const error of ['gone', 'REVOKED', 'invalid_grant']) {
      expect(isFinal({ status: 400, body: { error } }, shop)).toBe(true);
      expect(classify({ status: 400, body: { error } }, shop)).toMatchObject({
        kind: 'unauthenticated',
        source: 'token-endpoint',
      });
    }
    expect(isFinal({ status: 400, body: { error: 'gone' } })).toBe(false);
    // A plain object that no defineProfile saw works the same.
    expect(isFinal({ body: { error: 'x1' } }, { name: 'raw', auth: { finalErrors: ['x1'] } })).toBe(
      true,
    );
  });

  it('T7 the advice speaks of signing in, never of the operation’s variables', () => {
    for (const profile of [graphqlOverHttp, breeze]) {
      for (const error of ['invalid_request', 'invalid_scope', 'invalid_grant', 'login_required']) {
        const advice = classify({ status: 400, body: { error } }, profile)?.advice;
        expect(advice).toMatch(/sign in|token/i);
        expect(advice).not.toMatch(/variables|arguments/);
      }
    }
  });
});
