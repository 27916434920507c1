import type { AuthOptions } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { everything, refreshRequest, rejection } from './local-endpoint.fixture.ts';
import {
  amplifySession,
  auth0Session,
  clerkSession,
  firebaseSession,
  sdkSession,
  supabaseSession,
  type ClerkGetToken,
  type SdkSession,
} from './sdk-session.ts';
import { instance, query, refreshed, taking } from './session.fixture.ts';

/** An SDK that has a token at hand and gets others from its server. */
function sdk(
  held: string | undefined,
  ...next: (string | undefined | Error)[]
): { auth: SdkSession; calls: string[]; holds(token: string | undefined): void } {
  const calls: string[] = [];
  let hand = held;
  const auth = sdkSession({
    held: () => {
      calls.push('held');
      return hand;
    },
    renew: async () => {
      calls.push('renew');
      const came = next.shift();
      if (came instanceof Error) throw came;
      return (hand = came);
    },
    meaning: (error) => ((error as Error).message === 'over' ? 'login_required' : undefined),
  });
  return { auth, calls, holds: (token) => (hand = token) };
}

describe('sdkSession', () => {
  it('T12 begins with the token that the SDK has at hand, and asks for no other', async () => {
    const { auth, calls } = sdk('a');
    const { api, asked } = taking('a');
    const resilience = instance(auth);
    expect(await query(resilience, api)).toBeUndefined();
    expect(asked).toEqual(['Bearer a']);
    expect(calls).toEqual(['held']);
  });

  it('T1 has the SDK get a new one where it still has the rejected one at hand', async () => {
    const { auth, calls } = sdk('a', 'b');
    const { api, asked } = taking('b');
    const resilience = instance(auth);
    const three = [1, 2, 3].map(() => query(resilience, api));
    expect(await Promise.all(three)).toEqual([undefined, undefined, undefined]);
    expect(asked).toHaveLength(6);
    expect(calls).toEqual(['held', 'held', 'renew']);
  });

  it('T14 T15 takes one that the SDK has renewed already as it is', async () => {
    const { auth, calls, holds } = sdk('a');
    const { api } = taking('b');
    const resilience = instance(auth);
    const late = query(resilience, async (headers) => {
      holds('b');
      return api(headers);
    });
    expect(await late).toBeUndefined();
    expect(calls).toEqual(['held', 'held']);
  });

  it('T19 session.refresh() has it get a new one whatever it has at hand', async () => {
    const { auth, calls } = sdk('a', 'b');
    const resilience = instance(auth);
    await resilience.session.refresh();
    const { api } = taking('b');
    expect(await query(resilience, api)).toBeUndefined();
    expect(calls).toEqual(['held', 'renew']);
  });

  it('T11 T19 is signed out where the SDK has nobody, and revived after a sign-in there', async () => {
    const { auth, calls, holds } = sdk(undefined, undefined);
    const resilience = instance(auth);
    expect(await query(resilience, taking(undefined).api)).toBeUndefined();
    expect(resilience.session.get().status).toBe('signed-out');
    holds('b');
    await resilience.session.refresh();
    expect(await query(resilience, taking('b').api)).toBeUndefined();
    expect(calls).toEqual(['held', 'held', 'renew', 'held']);
  });

  it('T11 after a sign-out it is told of a sign-in by the token that the SDK then has', async () => {
    const { auth, holds } = sdk('a');
    const resilience = instance(auth);
    expect(await query(resilience, taking('a').api)).toBeUndefined();
    resilience.session.signOut();
    holds('b');
    const tokens = await auth.tokens();
    expect(tokens).toEqual({ accessToken: 'b' });
    resilience.session.signIn(tokens ?? { accessToken: '' });
    expect(await query(resilience, taking('b').api)).toBeUndefined();
  });

  it('T11 takes a refusal for nobody where there was no session that could have ended', async () => {
    const { auth } = sdk(undefined, new Error('over'));
    const resilience = instance(auth);
    expect(await query(resilience, taking(undefined).api)).toBeUndefined();
    expect(resilience.session.get().status).toBe('signed-out');
  });

  it('T7 fails for good where the SDK says that the session is over', async () => {
    const { auth, calls } = sdk('a', new Error('over'));
    const resilience = instance(auth);
    const { api } = taking('b');
    expect(await query(resilience, api)).toMatchObject({
      kind: 'unauthenticated',
      cause: { code: 'login_required', message: 'over', source: 'token-endpoint' },
    });
    expect(resilience.session.get().status).toBe('failed');
    expect(await query(resilience, api)).toMatchObject({ stopped: 'session_failed' });
    expect(calls).toEqual(['held', 'held', 'renew']);
  });

  it('T5 hands on what it cannot read, and refuses what is no token', async () => {
    const own = new Error('something else');
    const failing = sdk('a', own).auth;
    expect(await rejection(failing.refresh!(refreshRequest({ accessToken: 'a' })))).toBe(own);
    const strange = sdkSession({ held: () => undefined, renew: () => 7 as never });
    expect(await rejection(strange.refresh!(refreshRequest()))).toEqual(
      new TypeError('The SDK gave neither a token nor nothing.'),
    );
  });

  it('F11 X4 says what the SDK said, and has no cause that could be read for it', async () => {
    const own = Object.assign(new Error('over'), { status: 403, errors: [{ message: 'x' }] });
    const failed = await rejection(
      sdk('a', own).auth.refresh!(refreshRequest({ accessToken: 'a' })),
    );
    expect(failed).toMatchObject({
      name: 'TokenRequestError',
      message: 'The SDK gave no token: over',
      status: 403,
      headers: {},
      body: { error: 'login_required', error_description: 'over' },
    });
    expect(everything(failed)).not.toContain('"x"');
    expect(failed).not.toHaveProperty('cause');
  });

  it.each([{ held: 7 }, { renew: undefined }])('X5 with %j says what is wrong', (bad) => {
    const make = (): unknown => sdkSession({ held: () => 'a', renew: () => 'b', ...bad } as never);
    const [[name, given] = []] = Object.entries(bad);
    expect(make).toThrow(
      new TypeError(
        `${name} must be a function that asks the SDK for a token, but it is ${given}.`,
      ),
    );
  });
});

/** What an SDK's errors come to: the session's status after one. */
type Table = readonly (readonly ['failed' | 'unavailable', string, object])[];

function coded(codes: Readonly<Record<string, readonly object[]>>): Table {
  return Object.entries(codes).flatMap(([status, errors]) =>
    errors.map((error) => [status as 'failed', JSON.stringify(error), error] as const),
  );
}

function thrown(fields: object): Error {
  return Object.assign(new Error('The SDK’s own words.'), fields);
}

/** What the session is after its token has expired and the SDK has given no other. */
async function outcome(auth: AuthOptions): Promise<unknown> {
  const tokens = { accessToken: 'a', expiresAt: 1 };
  const { status, failure } = await refreshed(instance({ ...auth, tokens }));
  // What is neither for good nor known to pass is not held: it is left alone for a while.
  return status === 'unavailable' && failure?.retryable !== true ? 'unknown' : status;
}

describe('firebaseSession', () => {
  /** The interface of `firebase/auth`. */
  function firebase(renewing: () => Promise<string>): Parameters<typeof firebaseSession>[0] & {
    currentUser: { getIdToken(isForced?: boolean): Promise<string> } | null;
  } {
    const user = {
      getIdToken: (isForced = false) => (isForced ? renewing() : Promise.resolve('a')),
    };
    return { currentUser: user, authStateReady: async () => undefined };
  }

  it('T1 asks for a fresh ID token, and waits until it is known who is signed in', async () => {
    let ready = (): void => undefined;
    const isReady = new Promise<void>((resolve) => (ready = resolve));
    const known = firebase(async () => 'b');
    let user: typeof known.currentUser = null;
    const auth = {
      get currentUser() {
        return user;
      },
      authStateReady: () => isReady,
    };
    const resilience = instance(firebaseSession(auth));
    const { api, asked } = taking('b');
    const answer = query(resilience, api);
    user = known.currentUser;
    ready();
    expect(await answer).toBeUndefined();
    expect(asked).toEqual(['Bearer a', 'Bearer b']);
  });

  it('T11 is signed out where there is no user', async () => {
    const auth = { currentUser: null, authStateReady: async () => undefined };
    const resilience = instance(firebaseSession(auth));
    expect(await query(resilience, taking(undefined).api)).toBeUndefined();
  });

  it.each(
    coded({
      failed: [
        { code: 'auth/user-token-expired' },
        { code: 'auth/user-disabled' },
        { code: 'auth/invalid-refresh-token' },
        { code: 'auth/invalid-user-token' },
      ],
      unavailable: [
        { code: 'auth/network-request-failed' },
        { code: 'auth/internal-error-encountered.' },
        { code: 'auth/too-many-requests' },
        { code: 'auth/quota-exceeded' },
      ],
    }),
  )('T7 T6 is %s after %s', async (status, _, error) => {
    const auth = firebaseSession(firebase(() => Promise.reject(thrown(error))));
    expect(await outcome(auth)).toBe(status);
  });
});

describe('supabaseSession', () => {
  const session = { access_token: 'a', expires_at: 4_000_000_000 };

  /** The interface of `@supabase/auth-js`: errors are answered, not thrown. */
  function supabase(answer: object): Parameters<typeof supabaseSession>[0] {
    return {
      getSession: async () => ({ data: { session }, error: null }),
      refreshSession: async () => ({ data: { session: null }, error: null, ...answer }),
    };
  }

  it('T10 takes token and expiry, and leaves the refresh token where it is', async () => {
    const { access_token, expires_at } = session;
    const next = { access_token: 'b', expires_at, refresh_token: 'rt' };
    const auth = supabaseSession(supabase({ data: { session: next } }));
    const request = refreshRequest({ accessToken: access_token });
    await expect(auth.refresh!(request)).resolves.toEqual({
      accessToken: 'b',
      expiresAt: expires_at * 1000,
    });
  });

  it.each([{ error: thrown({ name: 'AuthSessionMissingError', status: 400 }) }, {}])(
    'T11 has nothing to refresh with where there is no session: %j',
    async (answer) => {
      const auth = supabaseSession(supabase(answer));
      await expect(auth.refresh!(refreshRequest({ accessToken: 'a' }))).resolves.toBeUndefined();
    },
  );

  it.each(
    coded({
      failed: [
        { name: 'AuthApiError', status: 400, code: 'refresh_token_not_found' },
        { name: 'AuthApiError', status: 400, code: 'refresh_token_already_used' },
        { name: 'AuthApiError', status: 403, code: 'session_expired' },
        { name: 'AuthApiError', status: 403, code: 'session_not_found' },
        { name: 'AuthApiError', status: 403, code: 'user_banned' },
        { name: 'AuthApiError', status: 404, code: 'user_not_found' },
      ],
      unavailable: [
        { name: 'AuthRetryableFetchError', status: 0 },
        { name: 'AuthRetryableFetchError', status: 503 },
        { name: 'AuthRefreshDiscardedError', status: 409 },
        { name: 'AuthApiError', status: 429, code: 'over_request_rate_limit' },
      ],
    }),
  )('T7 T6 is %s after %s', async (status, _, error) => {
    expect(await outcome(supabaseSession(supabase({ error: thrown(error) })))).toBe(status);
  });
});

describe('auth0Session', () => {
  it('T1 looks into the cache first, and past it then, with the parameters given', async () => {
    const asked: unknown[] = [];
    const auth = auth0Session(
      async (options) => {
        asked.push(options);
        return options.cacheMode === 'off' ? 'b' : 'a';
      },
      { audience: 'https://api.example.com' },
    );
    const authorizationParams = { audience: 'https://api.example.com' };
    const resilience = instance(auth);
    expect(await query(resilience, taking('b').api)).toBeUndefined();
    expect(asked).toEqual([
      { cacheMode: 'cache-only', authorizationParams },
      { cacheMode: 'cache-only', authorizationParams },
      { cacheMode: 'off', authorizationParams },
    ]);
  });

  it('T11 a visitor who is not signed in is asked about once', async () => {
    let silent = 0;
    const auth = auth0Session(async ({ cacheMode }) => {
      if (cacheMode === 'cache-only') return undefined;
      silent++;
      throw thrown({ error: 'login_required' });
    });
    const resilience = instance(auth);
    expect(await query(resilience, taking(undefined).api)).toBeUndefined();
    expect(await query(resilience, taking(undefined).api)).toBeUndefined();
    expect(silent).toBe(1);
  });

  it.each(
    coded({
      failed: [
        { error: 'login_required' },
        { error: 'invalid_grant' },
        { error: 'missing_refresh_token' },
        { error: 'consent_required' },
        { error: 'interaction_required' },
        { error: 'account_selection_required' },
        { error: 'mfa_required' },
      ],
      unavailable: [
        { error: 'timeout' },
        { error: 'request_error' },
        { message: "Timeout when executing 'fetch'" },
        { message: 'Failed to fetch' },
      ],
    }),
  )('T7 T6 is %s after %s', async (status, _, error) => {
    const auth = auth0Session(async ({ cacheMode }) => {
      if (cacheMode === 'off') throw thrown(error);
      return 'a';
    });
    expect(await outcome(auth)).toBe(status);
  });
});

describe('amplifySession', () => {
  const token = (text: string): { payload: object; toString(): string } => ({
    payload: {},
    toString: () => text,
  });

  it.each([undefined, 'idToken'] as const)('T1 asks for a fresh token: %s', async (use) => {
    const auth = amplifySession(async ({ forceRefresh }) => {
      const idToken = token(forceRefresh ? 'id-2' : 'id-1');
      return { tokens: { accessToken: token(forceRefresh ? 'at-2' : 'at-1'), idToken } };
    }, use);
    const { api, asked } = taking(use === undefined ? 'at-2' : 'id-2');
    expect(await query(instance(auth), api)).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  it('T11 has nothing to refresh with where the SDK has no tokens any more', async () => {
    const auth = amplifySession(async () => ({}));
    await expect(auth.refresh!(refreshRequest({ accessToken: 'a' }))).resolves.toBeUndefined();
  });

  it.each(
    coded({
      failed: [
        { name: 'NotAuthorizedException' },
        { name: 'TokenRevokedException' },
        { name: 'UserNotFoundException' },
        { name: 'PasswordResetRequiredException' },
        { name: 'UserNotConfirmedException' },
        { name: 'RefreshTokenReuseException' },
        { name: 'UserUnAuthenticatedException' },
        { name: 'TokenRefreshException' },
      ],
      unavailable: [
        { name: 'NetworkError' },
        { name: 'TimeoutError' },
        { name: 'TooManyRequestsException', $metadata: { httpStatusCode: 400 } },
        { name: 'InternalErrorException', $metadata: { httpStatusCode: 500 } },
        { name: 'UnknownError', $metadata: { httpStatusCode: 429 } },
      ],
    }),
  )('T7 T6 is %s after %s', async (status, _, error) => {
    const auth = amplifySession(async ({ forceRefresh }) => {
      if (forceRefresh) throw thrown(error);
      return { tokens: { accessToken: token('a') } };
    });
    expect(await outcome(auth)).toBe(status);
  });
});

describe('clerkSession', () => {
  it('T1 skips the SDK’s cache for a fresh token', async () => {
    const asked: unknown[] = [];
    const getToken: ClerkGetToken = async (options) => {
      asked.push(options);
      return options.skipCache ? 'b' : 'a';
    };
    const resilience = instance(clerkSession(getToken, { template: 'hasura' }));
    expect(await query(resilience, taking('b').api)).toBeUndefined();
    expect(asked.at(-1)).toEqual({ template: 'hasura', skipCache: true });
  });

  it('T11 is signed out where the SDK gives null', async () => {
    const resilience = instance(clerkSession(async () => null));
    expect(await query(resilience, taking(undefined).api)).toBeUndefined();
    expect(resilience.session.get().status).toBe('signed-out');
  });

  it('W1 waits as long as the SDK was told to', async () => {
    const error = thrown({ status: 429, retryAfter: 7, errors: [{ code: 'too_many_requests' }] });
    const auth = clerkSession(async ({ skipCache }) => {
      if (skipCache) throw error;
      return 'a';
    });
    expect(await rejection(auth.refresh!(refreshRequest({ accessToken: 'a' })))).toMatchObject({
      status: 429,
      headers: { 'retry-after': '7' },
      body: { error: 'too_many_requests' },
    });
  });

  it.each(
    coded({
      failed: [
        { status: 401, errors: [{ code: 'authentication_invalid' }] },
        { status: 422, errors: [{ code: 'missing_expired_token' }] },
        { status: 403, errors: [{ code: 'user_banned' }] },
        { status: 403, errors: [{ code: 'user_deactivated' }] },
      ],
      unavailable: [
        { code: 'network_error' },
        { code: 'clerk_offline' },
        { code: 'clerk_runtime_load_timeout' },
        { status: 500, errors: [] },
        { status: 429, errors: [] },
      ],
    }),
  )('T7 T6 is %s after %s', async (status, _, error) => {
    const auth = clerkSession(async ({ skipCache }) => {
      if (skipCache) throw thrown(error);
      return 'a';
    });
    expect(await outcome(auth)).toBe(status);
  });

  it('T7 a refusal of another kind does not end the session', async () => {
    const own = thrown({ status: 403, errors: [{ code: 'requires_captcha' }] });
    const auth = clerkSession(async ({ skipCache }) => {
      if (skipCache) throw own;
      return 'a';
    });
    expect(await rejection(auth.refresh!(refreshRequest({ accessToken: 'a' })))).toBe(own);
    expect(await outcome(auth)).toBe('unknown');
  });
});
