import { describe, expect, it } from 'vitest';
import { createResilience, ResilienceError } from '../index.ts';
import type { AuthOptions, SharedTokens } from '../index.ts';
import { endpointError, GOOD, Harness, rejection } from '../harness.fixture.ts';
import { MemoryShare } from './memory-share.fixture.ts';
import { calls, settle, tabs } from './tabs.fixture.ts';

const KEY = { accessToken: 'key' };

/** An instance without `refresh`. */
function keyed(auth: AuthOptions, share?: MemoryShare): Harness {
  return new Harness(
    { refresh: undefined as never, ...auth },
    share === undefined ? {} : { share },
  );
}

describe('an API key: tokens without a refresh', () => {
  it('T19 is an option by itself', () => {
    expect(() => createResilience({ auth: { tokens: KEY } })).not.toThrow();
    const auth: AuthOptions = { tokens: KEY };
    expect(keyed(auth).status).toBe('active');
  });

  it('T19 that is rejected: delivered, nothing is refreshed, and it is sent again with the next operation', async () => {
    const harness = keyed({ tokens: KEY });
    const watched = [harness.run(), harness.run()];
    const refused = rejection();
    for (const sent of harness.sent.slice()) sent.answer(refused);
    watched.push(harness.run());
    await harness.clock.advanceAsync(10_000);
    expect(harness.tokens).toEqual(['key', 'key', 'key']);
    expect(watched.map(({ results }) => results[0])).toEqual([refused, refused, undefined]);
    expect(watched[0]!.failure).toMatchObject({
      kind: 'unauthenticated',
      stopped: 'not_retryable',
      attempts: 1,
    });
    expect(harness.status).toBe('active');
  });

  it.each([1, Date.UTC(2026, 0, 1) + 3_000])(
    'T19 that has expired is sent all the same: %d',
    (expiresAt) => {
      const harness = keyed({ tokens: { ...KEY, expiresAt } });
      harness.run();
      expect(harness.tokens).toEqual(['key']);
    },
  );

  it('T19 is replaced by a sign-in, and what was rejected before is replayed with it', () => {
    const harness = keyed({ tokens: KEY });
    const watched = harness.run();
    harness.resilience.session.signIn({ accessToken: 'new key' });
    harness.sent[0]!.answer(rejection());
    harness.sent[1]!.answer(GOOD);
    expect([harness.tokens, watched.results]).toEqual([['key', 'new key'], [GOOD]]);
  });

  it('T19 session.refresh says that there is nothing to refresh with, and the key stays', async () => {
    const harness = keyed({ tokens: KEY });
    await expect(harness.resilience.session.refresh()).rejects.toBeInstanceOf(ResilienceError);
    harness.run();
    expect([harness.tokens, harness.status]).toEqual([['key'], 'active']);
  });

  it.each([
    ['nothing', {}],
    ['a reader that finds nothing', { tokens: async () => undefined }],
  ])(
    'T19 T11 without any key, of %s, operations go unsigned until a sign-in',
    async (_name, auth) => {
      const harness = keyed(auth);
      const watched = harness.run();
      await harness.settle();
      harness.sent[0]!.answer(rejection());
      expect([harness.tokens, watched.settled, harness.status]).toEqual([
        [undefined],
        1,
        'signed-out',
      ]);
      harness.resilience.session.signIn(KEY);
      harness.run();
      expect([harness.tokens.at(-1), harness.status]).toEqual(['key', 'active']);
    },
  );

  it('T19 T14 that a sibling has replaced is the new one', async () => {
    const share = new MemoryShare();
    const [a, b] = [keyed({ tokens: KEY }, share), keyed({ tokens: KEY }, share)] as const;
    a.run();
    b.run();
    await settle([a, b]);
    a.resilience.session.signIn({ accessToken: 'new key' });
    await settle([a, b]);
    b.sent[0]!.answer(rejection());
    expect(b.tokens).toEqual(['key', 'new key']);
  });
});

/** A cookie session: `refresh` renews a cookie that no script sees. */
function cookies(
  answers: ('renewed' | undefined | Error)[],
  more: Partial<AuthOptions> = {},
): Harness {
  const refresh = async (): Promise<'renewed' | undefined> => {
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return new Harness({ refresh, ...more });
}

describe('a cookie session: no token in the page', () => {
  it('T19 refresh answers that it has renewed: the generation moves on, and no header is set', async () => {
    const harness = cookies(['renewed', 'renewed']);
    const { session } = harness.resilience;
    const watched = harness.run();
    await harness.settle();
    const first = session.get().generation;
    expect([harness.sent[0]!.headers, harness.status]).toEqual([{}, 'active']);
    harness.sent[0]!.answer(GOOD);
    const rejected = harness.run();
    harness.sent[1]!.answer(rejection());
    await harness.settle();
    expect(session.get().generation).toBeGreaterThan(first);
    expect(harness.sent[2]!.headers).toEqual({});
    harness.sent[2]!.answer(GOOD);
    expect([watched.results, rejected.results]).toEqual([[GOOD], [GOOD]]);
    expect(harness.types().filter((type) => type.startsWith('refresh'))).toEqual([
      'refresh_started',
      'refresh_succeeded',
      'refresh_started',
      'refresh_succeeded',
    ]);
  });

  it('T19 T1 T2 ten rejections are one renewal, and a late one is replayed at once', async () => {
    const harness = cookies(['renewed', 'renewed', 'renewed']);
    harness.run();
    await harness.settle();
    harness.sent[0]!.answer(GOOD);
    const watched = Array.from({ length: 10 }, () => harness.run());
    for (const sent of harness.sent.slice(1, 10)) sent.answer(rejection());
    await harness.settle();
    harness.sent[10]!.answer(rejection());
    for (const sent of harness.sent.slice(11)) sent.answer(GOOD);
    expect(watched.map(({ results }) => results)).toEqual(watched.map(() => [GOOD]));
    const started = harness.types().filter((type) => type === 'refresh_started');
    expect(started).toHaveLength(2);
  });

  it('T19 T4b a renewed cookie that is refused costs two calls at most', async () => {
    const answers = Array.from({ length: 20 }, () => 'renewed' as const);
    const harness = cookies(answers);
    harness.serve = (sent) => sent.answer(rejection());
    for (let turn = 0; turn < 10; turn++) {
      harness.run();
      await harness.settle();
    }
    expect(20 - answers.length).toBeLessThanOrEqual(2);
  });

  it('T19 T10 its lifetime is what the options say', async () => {
    const harness = cookies(['renewed', 'renewed'], { lifetime: 100_000 });
    harness.run();
    await harness.settle();
    expect(harness.resilience.session.get().expiresAt).toBe(harness.clock.wall() + 100_000);
    await harness.clock.advanceAsync(79_999);
    harness.run();
    await harness.settle();
    expect(harness.types().filter((type) => type === 'refresh_started')).toHaveLength(1);
    await harness.clock.advanceAsync(1);
    harness.run();
    await harness.settle();
    expect(harness.types().filter((type) => type === 'refresh_started')).toHaveLength(2);
  });

  it('T19 T11 nobody is signed in: operations go unsigned; session.refresh after a login revives it', async () => {
    const harness = cookies([undefined, undefined, 'renewed']);
    const { session } = harness.resilience;
    harness.run();
    await harness.settle();
    expect(harness.status).toBe('signed-out');
    await expect(session.refresh()).rejects.toBeInstanceOf(ResilienceError);
    expect(harness.status).toBe('signed-out');
    await session.refresh();
    expect(harness.status).toBe('active');
    expect(harness.types()).toContain('signed_in');
  });

  it('T19 T11b a sign-out of it ends what waits; after the next login session.refresh begins another', async () => {
    const harness = cookies(['renewed', 'renewed']);
    const { session } = harness.resilience;
    await session.refresh();
    const waiting = harness.run();
    harness.sent[0]!.answer({ status: 429, headers: { 'retry-after': '2' }, body: '' });
    session.signOut();
    expect(waiting.failure).toMatchObject({ stopped: 'signed_out' });
    await session.refresh();
    expect(harness.status).toBe('active');
    await harness.clock.advanceAsync(60_000);
    expect(harness.sent).toHaveLength(1);
  });

  it('T19 T14 tabs renew once between them; a share says so in place of tokens', async () => {
    const share = new MemoryShare();
    const instances = tabs(3, share, {});
    for (const instance of instances) instance.run();
    await settle(instances);
    expect(calls(instances)).toBe(1);
    const caller = instances.find(({ refreshes }) => refreshes.length === 1)!;
    await caller.refreshes[0]!.succeed('renewed');
    await settle(instances);
    const stored: SharedTokens = share.stored!;
    expect(stored).toMatchObject({ renewed: true });
    expect(stored).not.toHaveProperty('tokens');
    expect(instances.map(({ sent }) => sent.map(({ headers }) => headers))).toEqual([
      [{}],
      [{}],
      [{}],
    ]);
    expect(instances.map(({ status }) => status)).toEqual(['active', 'active', 'active']);
    instances[1]!.resilience.session.signOut();
    await settle(instances);
    expect(instances.map(({ status }) => status)).toEqual(Array(3).fill('signed-out'));
  });

  it('T19 T16 a session may change from tokens to cookies and back', async () => {
    const harness = new Harness();
    const { session } = harness.resilience;
    const asked = session.refresh();
    await harness.settle();
    await harness.refreshes[0]!.succeed('renewed');
    await asked;
    harness.run();
    session.signIn({ accessToken: 't2' });
    harness.run();
    expect(harness.tokens).toEqual([undefined, 't2']);
  });

  it('T5 another word is no answer', async () => {
    const harness = cookies(['done' as never]);
    const watched = harness.run();
    await harness.settle();
    expect(watched.failure).toMatchObject({ stopped: 'session_failed' });
  });
});

describe('session.refresh', () => {
  it.each([
    ['failed for good', endpointError(400, 'invalid_grant'), 'failed'],
    ['unavailable', endpointError(403), 'unavailable'],
  ])(
    'T19 asks anew while the session is %s, and what it brings revives it',
    async (_name, error, status) => {
      const harness = new Harness({});
      harness.run();
      await harness.refreshes[0]!.fail(error);
      expect(harness.status).toBe(status);
      const asked = harness.resilience.session.refresh();
      await harness.settle();
      expect(harness.refreshes.map(({ request }) => request.reason)).toEqual([
        'missing',
        'requested',
      ]);
      const waiting = harness.run();
      expect(waiting.settled).toBe(0);
      await harness.refreshes[1]!.succeed('t2');
      await expect(asked).resolves.toBeUndefined();
      expect([harness.status, harness.tokens]).toEqual(['active', ['t2']]);
      expect(harness.resilience.session.get()).not.toHaveProperty('failure');
    },
  );

  it('T19 T7 one that fails for a while leaves a failed session failed', async () => {
    const harness = new Harness({});
    harness.run();
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    const asked = harness.resilience.session.refresh();
    await harness.settle();
    await harness.refreshes[1]!.fail(endpointError(403));
    await expect(asked).rejects.toMatchObject({ failure: { status: 403 } });
    expect(harness.resilience.session.get()).toMatchObject({
      status: 'failed',
      failure: { code: 'invalid_grant' },
    });
    await harness.clock.advanceAsync(3_600_000);
    harness.run();
    await harness.settle();
    expect(harness.refreshes).toHaveLength(2);
  });

  it('T19 an SDK in which nobody was signed in: after its login session.refresh brings the tokens', async () => {
    const harness = new Harness({});
    harness.run();
    await harness.refreshes[0]!.succeed(undefined);
    expect(harness.status).toBe('signed-out');
    const asked = harness.resilience.session.refresh();
    await harness.settle();
    await harness.refreshes[1]!.succeed('t1');
    await asked;
    harness.run();
    expect([harness.status, harness.tokens.at(-1)]).toEqual(['active', 't1']);
  });

  it('T19 T11 after signOut it brings no token back to life: signIn does', async () => {
    const harness = new Harness();
    harness.resilience.session.signOut();
    await expect(harness.resilience.session.refresh()).rejects.toBeInstanceOf(ResilienceError);
    expect([harness.refreshes.length, harness.status]).toEqual([0, 'signed-out']);
  });
});
