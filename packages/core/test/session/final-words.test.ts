import { describe, expect, it } from 'vitest';
import { defineProfile } from '../../src/index.ts';
import { breeze } from '../../../profiles/src/breeze.ts';
import type { Profile } from '../../src/index.ts';
import { endpointError, Harness, rejection } from '../harness.fixture.ts';

/** What token endpoints and SDKs reject with when only a sign-in helps. */
const FINAL: [string, unknown, string][] = [
  ...['TOKEN_EXPIRED', 'USER_DISABLED', 'USER_NOT_FOUND', 'INVALID_REFRESH_TOKEN'].map(
    (message): [string, unknown, string] => [
      `Firebase: ${message}`,
      { status: 400, body: { error: { code: 400, message, status: 'INVALID_ARGUMENT' } } },
      message,
    ],
  ),
  [
    'Firebase, with an explanation',
    { status: 400, body: { error: { code: 400, message: 'TOKEN_EXPIRED : sign in again' } } },
    'TOKEN_EXPIRED',
  ],
  [
    'Cognito',
    {
      status: 400,
      body: { __type: 'NotAuthorizedException', message: 'Refresh Token has expired' },
    },
    'NotAuthorizedException',
  ],
  [
    'Cognito, with a namespace',
    { status: 400, body: { __type: 'com.amazonaws.cognito#NotAuthorizedException' } },
    'NotAuthorizedException',
  ],
  [
    'Cognito, as text',
    { status: 400, body: '{"__type":"NotAuthorizedException"}' },
    'NotAuthorizedException',
  ],
  [
    'the AWS SDK',
    Object.assign(new Error('Refresh Token has been revoked'), { name: 'NotAuthorizedException' }),
    'NotAuthorizedException',
  ],
  [
    'Amplify',
    { code: 'NotAuthorizedException', name: 'NotAuthorizedException', message: 'x' },
    'NotAuthorizedException',
  ],
  ...['refresh_token_not_found', 'refresh_token_already_used'].map(
    (word): [string, unknown, string] => [
      `Supabase: ${word}`,
      { status: 400, body: { code: 400, error_code: word, msg: 'x' } },
      word,
    ],
  ),
  [
    'the Supabase SDK',
    Object.assign(new Error('x'), { status: 400, code: 'refresh_token_not_found' }),
    'refresh_token_not_found',
  ],
  ['Auth0', { status: 403, body: { error: 'login_required' } }, 'login_required'],
  [
    'the Auth0 SDK',
    Object.assign(new Error('Login required'), { error: 'login_required' }),
    'login_required',
  ],
  ['OAuth', endpointError(400, 'invalid_grant'), 'invalid_grant'],
  [
    'a Response',
    new Response('{"error":{"code":400,"message":"TOKEN_EXPIRED"}}', { status: 400 }),
    'TOKEN_EXPIRED',
  ],
  [
    'an error around another',
    new Error('refresh failed', { cause: { error: 'login_required' } }),
    'login_required',
  ],
];

async function refused(error: unknown, profile?: Profile): Promise<Harness> {
  const harness = new Harness(undefined, profile === undefined ? {} : { profile });
  harness.run();
  harness.sent[0]!.answer(rejection());
  await harness.settle();
  await harness.refreshes[0]!.fail(error);
  return harness;
}

describe('words after which only a sign-in helps', () => {
  it.each(FINAL)(
    'T7 %s: one token call in ten minutes, the session is failed, and the advice is to sign in',
    async (_name, error, word) => {
      const harness = await refused(error);
      for (let second = 0; second < 600; second += 10) {
        harness.run();
        await harness.clock.advanceAsync(10_000);
      }
      expect(harness.refreshes).toHaveLength(1);
      const { status, failure, until } = harness.resilience.session.get();
      expect({ status, until, code: failure?.code }).toEqual({
        status: 'failed',
        until: undefined,
        code: word,
      });
      expect(failure?.source).toBe('token-endpoint');
      expect(failure?.advice).toMatch(/sign in/i);
      const { failure: unsent } = harness.run();
      expect(unsent).toMatchObject({ stopped: 'session_failed', retryable: false });
      expect(unsent?.advice).toMatch(/sign in/i);
      expect(unsent?.advice).not.toMatch(/variables/);
    },
  );

  it('T7 a profile adds its own to them, and those of its parent and the default stay', async () => {
    const parent = defineProfile({ name: 'parent', auth: { finalErrors: ['SESSION_OVER'] } });
    const profile = defineProfile({
      name: 'child',
      extends: parent,
      auth: { lifetime: 3_600_000, finalErrors: ['user_gone'] },
    });
    for (const word of ['session_over', 'USER_GONE', 'invalid_grant', 'TOKEN_EXPIRED']) {
      expect((await refused({ status: 400, body: { error: word } }, profile)).status).toBe(
        'failed',
      );
      expect((await refused({ status: 400, body: { error_code: word } }, profile)).status).toBe(
        'failed',
      );
    }
    expect((await refused({ status: 400, body: { error: 'user_gone' } })).status).toBe(
      'unavailable',
    );
    expect((await refused({ status: 400, body: { error: 'user_gone' } }, breeze)).status).toBe(
      'unavailable',
    );
  });

  it('T7 X5 finalErrors are words', () => {
    const wrong = { name: 'p', auth: { finalErrors: 'invalid' } } as unknown as Profile;
    expect(() => defineProfile(wrong)).toThrow(/finalErrors/);
  });

  it.each([
    ['a word that is not known', { status: 400, body: { error: 'try_something_else' } }],
    ['a final word within a sentence', new Error('invalid_grant or something like it')],
    ['a final word in a server’s message', { status: 400, body: { message: 'invalid_grant: no' } }],
    ['no words', { status: 400 }],
    ['something of no sort', { error: 5, code: null, name: {}, body: { error: [] } }],
    ['undefined', undefined],
  ])(
    'T7 T6 %s is not final: the session is unavailable until the next call',
    async (_name, error) => {
      const harness = await refused(error);
      const { status, until, failure } = harness.resilience.session.get();
      expect({ status, until }).toEqual({
        status: 'unavailable',
        until: harness.clock.wall() + 5_000,
      });
      expect(failure?.advice).not.toMatch(/variables/);
      await harness.clock.advanceAsync(5_000);
      harness.run();
      await harness.settle();
      expect(harness.refreshes).toHaveLength(2);
    },
  );

  it('T7 F10 what a profile advises on a word goes before', async () => {
    const harness = await refused(endpointError(401, 'invalid_client'), breeze);
    expect(harness.resilience.session.get().failure?.advice).toMatch(/Super administrator/);
  });
});

describe('a token endpoint that is down or limited', () => {
  it.each([
    ['503', endpointError(503)],
    ['a lost connection', new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } })],
    ['429', endpointError(429, undefined, { 'retry-after': '60' })],
  ])(
    'T7 %s: the session is unavailable, until an instant, and advice speaks of it',
    async (_name, error) => {
      const refresh = (): Promise<never> => Promise.reject(error);
      const harness = new Harness({ refresh, tokens: { accessToken: 't1', expiresAt: 1 } });
      const watched = harness.run();
      await harness.clock.advanceAsync(30_000);
      const { status, until, failure } = harness.resilience.session.get();
      expect(status).toBe('unavailable');
      expect(until).toBeGreaterThan(harness.clock.wall() - 30_000);
      expect(failure?.retryAt).toBe(until);
      expect(failure?.advice).toMatch(/token endpoint/i);
      expect(watched.failure).toMatchObject({ kind: 'unauthenticated', retryable: true });
      expect(watched.failure?.advice).not.toMatch(/variables|operation/);
    },
  );

  it('T7 T9 tokens that still serve leave the session active', async () => {
    const harness = new Harness();
    void harness.resilience.session.refresh();
    await harness.settle();
    await harness.refreshes[0]!.fail(endpointError(403));
    expect(harness.resilience.session.get()).toMatchObject({ status: 'active' });
    expect(harness.resilience.session.get()).not.toHaveProperty('until');
  });
});
