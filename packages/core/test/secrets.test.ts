import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createResilience } from '../src/index.ts';
import type { Signal, Tokens } from '../src/index.ts';
import { endpointError, Harness, rejection } from './harness.fixture.ts';
import type { Watched } from './harness.fixture.ts';

const SECRETS = ['secret-access-1', 'secret-refresh-1', 'secret-access-2', 'secret-header'];
const TOKENS = { accessToken: 'secret-access-1', refreshToken: 'secret-refresh-1' };

/** Whatever anybody could print of a value. */
function printed(value: unknown): string {
  return inspect(value, { depth: 12, showHidden: true, getters: true });
}

function expectNoSecret(harness: Harness, watched: readonly Watched[]): void {
  const told = [
    harness.events,
    harness.resilience.session.get(),
    harness.resilience.activity.get(),
    harness.resilience.limits.get(),
    watched.map(({ failure }) => failure),
  ].map(printed);
  for (const secret of SECRETS) for (const text of told) expect(text).not.toContain(secret);
}

describe('secrets', () => {
  it('F11 no event, state or failure holds a token, a header value or variables', async () => {
    const harness = new Harness({
      tokens: TOKENS,
      headers: ({ accessToken }) => ({ authorization: accessToken, other: 'secret-header' }),
    });
    const watched = [harness.run(), harness.run({ kind: 'mutation' })];
    expect(harness.sent[0]!.headers).toEqual({
      authorization: 'secret-access-1',
      other: 'secret-header',
    });
    harness.sent[0]!.answer(rejection());
    harness.sent[1]!.error(endpointError(503));
    await harness.refreshes[0]!.succeed({ accessToken: 'secret-access-2' });
    harness.sent[2]!.answer(rejection());
    await harness.settle();
    expect(watched.map(({ settled }) => settled)).toEqual([1, 1]);
    expectNoSecret(harness, watched);
  });

  it('F11 a server that repeats the token that it rejects is not quoted', async () => {
    const harness = new Harness({ tokens: TOKENS });
    const watched = [harness.run()];
    harness.sent[0]!.answer(rejection('Token secret-access-1 is unknown'));
    await harness.refreshes[0]!.succeed({ accessToken: 'secret-access-2' });
    harness.sent[1]!.answer(rejection('Token secret-access-2 is unknown too'));
    expect(watched[0]!.failure?.message).toContain('is unknown too');
    expectNoSecret(harness, watched);
  });

  it('F11 nor one that repeats the refresh token', async () => {
    const harness = new Harness({ tokens: { ...TOKENS, expiresAt: 1 } });
    const watched = [harness.run()];
    await harness.settle();
    await harness.refreshes[0]!.fail({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'secret-refresh-1 was revoked' },
    });
    watched.push(harness.run());
    expect(watched[1]!.failure?.message).toContain('was revoked');
    expectNoSecret(harness, watched);
  });

  it.each([
    ['signed out', (harness: Harness) => harness.resilience.session.signOut()],
    [
      'signed in anew',
      (harness: Harness) => harness.resilience.session.signIn({ accessToken: 'another' }),
    ],
  ])(
    'F11 nor one that repeats an older token, when meanwhile somebody has %s',
    async (_name, act) => {
      const harness = new Harness({ tokens: TOKENS });
      const watched = [harness.run({ kind: 'mutation' }), harness.run()];
      act(harness);
      const late: Signal = { ...rejection('Token secret-access-1 is unknown'), data: { a: 1 } };
      harness.sent[0]!.answer(late);
      harness.sent[1]!.answer({ status: 400, body: 'No secret-refresh-1 here' });
      expect(watched.map(({ settled }) => settled)).toEqual([1, 1]);
      expectNoSecret(harness, watched);
    },
  );
});

const UNHOLDABLE = ['line\nbreak', 'carriage\rreturn', 'nul\0', 'snow\u2603man', 'del\u007f'];

describe('a token that a header cannot hold', () => {
  it.each(UNHOLDABLE)('X3 given as an option, createResilience throws: %j', (accessToken) => {
    const create = (): unknown =>
      createResilience({ auth: { tokens: { accessToken }, refresh: async () => undefined } });
    expect(create).toThrow(TypeError);
    expect(create).toThrow(/auth\.tokens.*header/);
    expect(create).not.toThrow(accessToken);
  });

  it.each(UNHOLDABLE)('X3 signIn throws, and the session stays as it was: %j', (accessToken) => {
    const harness = new Harness({ tokens: { accessToken: 't1' } });
    const act = (): void => harness.resilience.session.signIn({ accessToken });
    expect(act).toThrow(/header/);
    expect(act).not.toThrow(accessToken);
    harness.run();
    expect([harness.tokens, harness.status]).toEqual([['t1'], 'active']);
  });

  it.each(UNHOLDABLE)(
    'X3 from refresh, it is a failed refresh: not sent and not printed: %j',
    async (accessToken) => {
      const harness = new Harness({});
      const watched = harness.run();
      await harness.refreshes[0]!.succeed({ accessToken });
      expect(harness.sent).toEqual([]);
      expect(watched.failure).toMatchObject({ stopped: 'session_failed' });
      expect(watched.failure?.message).toMatch(/header/);
      expect(printed([watched.failure, harness.events])).not.toContain(accessToken);
    },
  );

  it.each(UNHOLDABLE)(
    'X3 T12 from the reader of the initial tokens, it counts as none: %j',
    async (accessToken) => {
      const harness = new Harness({ tokens: (): Tokens => ({ accessToken }) });
      harness.run();
      await harness.settle();
      expect(harness.refreshes).toHaveLength(1);
      const told = harness.events.find(({ type }) => type === 'tokens_unreadable');
      expect(told).toMatchObject({ message: expect.stringMatching(/header/) });
      expect(printed(harness.events)).not.toContain(accessToken);
    },
  );

  it.each(UNHOLDABLE)(
    'X3 a header of the application’s own that holds it is not sent: %j',
    (value) => {
      const harness = new Harness({
        tokens: { accessToken: 't1' },
        headers: () => ({ authorization: value }),
      });
      const watched = harness.run();
      expect(harness.sent).toEqual([]);
      expect(watched.failure).toMatchObject({ executed: false, stopped: 'callback_failed' });
      expect(printed(watched.failure)).not.toContain(value);
    },
  );

  it('X3 what a header can hold is sent', () => {
    const accessToken = 'a-._~+/=\u00e9 \t"';
    const harness = new Harness({ tokens: { accessToken } });
    harness.run();
    expect(harness.sent[0]!.headers).toEqual({ authorization: `Bearer ${accessToken}` });
  });
});
