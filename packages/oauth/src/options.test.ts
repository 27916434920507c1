import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createResilience } from '@holdfast/core';
import { cookieSession } from './cookie-session.ts';
import { clientCredentials, refreshToken } from './grants.ts';
import { login } from './login.ts';
import { nextTokenFetch } from './next-token-fetch.ts';
import { refreshMutation } from './refresh-mutation.ts';
import {
  amplifySession,
  auth0Session,
  clerkSession,
  firebaseSession,
  sdkSession,
  supabaseSession,
} from './sdk-session.ts';

const good = { url: 'https://host.test/token', clientId: 'app', clientSecret: 'hunter2' };
const goodLogin = { url: good.url, body: { password: 'hunter2' }, read: () => 'token' };

describe('options', () => {
  it.each([
    [
      { url: '/token?secret=hunter2' },
      'url must be an absolute http or https URL, but it is "/token".',
    ],
    [{ url: 'ftp://host' }, 'url must be an absolute http or https URL, but it is "ftp://host".'],
    [
      { url: 'hunter2:hunter2@host/x' },
      'url must be an absolute http or https URL, but it is "host/x".',
    ],
    [{ url: undefined }, 'url must be an absolute http or https URL, but it is undefined.'],
    [
      { url: 'https://me:hunter2@host.test' },
      'url must be without user name and password, but it is one that holds them.',
    ],
    [{ clientId: '' }, 'clientId must be a non-empty string, but it is empty.'],
    [{ clientId: 7 }, 'clientId must be a non-empty string, but it is 7.'],
    [{ clientSecret: undefined }, 'clientSecret must be a non-empty string, but it is undefined.'],
    [{ clientSecret: ['hunter2'] }, 'clientSecret must be a non-empty string, but it is an array.'],
    [{ scope: '' }, 'scope must be a non-empty string, but it is empty.'],
    [{ body: 'xml' }, `body must be 'form' or 'json', but it is "xml".`],
    [{ authentication: null }, undefined],
    [{ authentication: 'jwt' }, `authentication must be 'basic' or 'body', but it is "jwt".`],
    [{ parameters: 'a=b' }, 'parameters must be an object of strings, but it is a string.'],
    [{ parameters: { a: 7 } }, 'parameters.a must be a string, but it is 7.'],
    [
      { parameters: { scope: 'a' } },
      'parameters must be without grant_type, client_id, client_secret, refresh_token, scope, but it is one with scope.',
    ],
    [{ headers: { 'a b': 'x' } }, 'headers["a b"] must be a valid header field, but it is not.'],
    [
      { headers: { key: 'hunter2\nü日' } },
      'headers["key"] must be a valid header field, but it is not.',
    ],
    [
      { headers: new Headers({ key: 'hunter2' }) },
      'headers must be a plain object of strings, but it is one of Headers.',
    ],
    [
      { parameters: new URLSearchParams({ audience: 'hunter2' }) },
      'parameters must be a plain object of strings, but it is one of URLSearchParams.',
    ],
    [{ fetch: 'no' }, 'fetch must be a function, but it is a string.'],
    [{ public: 'yes' }, 'public must be true or false, but it is a string.'],
    [
      { secret: 'hunter2' },
      'secret is no option, but was given a string; allowed are url, clientId, clientSecret, public, scope, body, authentication, parameters, headers, fetch.',
    ],
  ])('X5 clientCredentials with %j says what is wrong, once, and no secret', (bad, message) => {
    const make = (): unknown => clientCredentials({ ...good, ...bad } as never);
    if (message === undefined) expect(make).not.toThrow();
    else expect(make).toThrow(new TypeError(message));
  });

  it('X5 refreshToken takes no Basic authentication without a secret', () => {
    const make = (): unknown =>
      refreshToken({ url: good.url, clientId: 'web', authentication: 'basic' });
    expect(make).toThrow(
      new TypeError("authentication must be 'body' where no clientSecret is given."),
    );
  });

  it.each([
    [{ body: 'a=b' }, 'body must be an object, or a function that gives one, but it is a string.'],
    [
      { read: undefined },
      'read must be a function that picks the tokens from the answer, but it is undefined.',
    ],
    [{ lifetime: 0 }, 'lifetime must be a positive number of milliseconds, but it is 0.'],
    [
      { lifetime: Number.NaN },
      'lifetime must be a positive number of milliseconds, but it is NaN.',
    ],
    [{ url: 'token' }, 'url must be an absolute http or https URL, but it is "token".'],
  ])('X5 login with %j says what is wrong', (bad, message) => {
    expect(() => login({ ...goodLogin, ...bad } as never)).toThrow(new TypeError(message));
  });

  it.each([
    ['clientCredentials', clientCredentials],
    ['refreshToken', refreshToken],
    ['login', login],
    ['cookieSession', cookieSession],
    ['refreshMutation', refreshMutation],
    ['sdkSession', sdkSession],
  ] as const)(
    'X5 %s says what is wrong where it is given nothing, or a misspelt option',
    (_, make) => {
      const made = make as (options: unknown) => unknown;
      for (const nothing of [undefined, null, 7, 'x', []]) {
        expect(() => made(nothing)).toThrow(/^options must be an object, but it is [^.]+\.$/u);
      }
      expect(() => made({ misspelt: 7 })).toThrow(
        /^misspelt is no option, but was given 7; allowed are [^.]+\.$/u,
      );
    },
  );

  it.each<[string, (given: never) => unknown, unknown, string]>([
    [
      'firebaseSession',
      firebaseSession,
      () => undefined,
      'auth must be what `getAuth()` of Firebase answers, but it is a function.',
    ],
    [
      'supabaseSession',
      supabaseSession,
      { auth: {} },
      'auth must be the `auth` of a Supabase client, but it is an object.',
    ],
    [
      'auth0Session',
      auth0Session,
      {},
      'getToken must be a function such as `(options) => auth0.getTokenSilently(options)`, but it is an object.',
    ],
    [
      'amplifySession',
      amplifySession,
      undefined,
      'fetchAuthSession must be a function as `aws-amplify/auth` has it, but it is undefined.',
    ],
    [
      'clerkSession',
      clerkSession,
      'token',
      'getToken must be a function as `useAuth()` of Clerk answers it, but it is a string.',
    ],
    [
      'nextTokenFetch',
      nextTokenFetch,
      createResilience(),
      'session must be the session of an instance, but it is an object.',
    ],
  ])('X5 %s given something else says what it takes', (_, make, given, sentence) => {
    expect(() => make(given as never)).toThrow(new TypeError(sentence));
  });

  it('X5 X3 a production build looks only for what would repeat or lose a secret', () => {
    vi.stubEnv('NODE_ENV', 'production');
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const odd of [{ misspelt: 7 }, { body: 'xml' }, { parameters: { scope: 'a' } }]) {
      expect(() => clientCredentials({ ...good, ...odd } as never)).not.toThrow();
    }
    expect(() => sdkSession({} as never)).not.toThrow();
    for (const url of ['https://me:hunter2@host.test', 'hunter2']) {
      expect(() => login({ ...goodLogin, url })).toThrow(
        new TypeError('url is none that can be asked.'),
      );
    }
    expect(() => login({ ...goodLogin, headers: { key: 'hunter2\nü日' } })).toThrow(
      new TypeError('headers["key"] must be a valid header field, but it is not.'),
    );
  });

  it('X5 nextTokenFetch with a misspelt option says what is wrong', () => {
    const { session } = createResilience({ auth: {} });
    expect(() => nextTokenFetch(session, { haeder: 'x-next' } as never)).toThrow(
      new TypeError(
        'haeder is no option, but was given a string; allowed are header, read, fetch.',
      ),
    );
    expect(() => nextTokenFetch(session, { read: 'x' } as never)).toThrow(
      new TypeError('read must be a function that picks the tokens, but it is a string.'),
    );
  });
});
