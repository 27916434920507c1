import { createTestClock } from '@holdfast/testing/clock';
import { describe, expect, it, vi } from 'vitest';
import { ResilienceError } from '../../src/index.ts';
import { breeze } from '../../../profiles/src/breeze.ts';
import type { AuthOptions, Profile } from '../../src/index.ts';
import { endpointError, GOOD, Harness, NOW, rejection } from '../harness.fixture.ts';
import { MemoryShare } from './memory-share.fixture.ts';
import { settle, tabs } from './tabs.fixture.ts';

const EXPIRED = { tokens: { accessToken: 't1', expiresAt: 1 } };

describe('a session that has failed, and one that is unavailable', () => {
  it('T7 `failed` means that only a sign-in helps; `unavailable` has an instant', async () => {
    const failed = new Harness(EXPIRED);
    failed.run();
    await failed.settle();
    await failed.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    const { status, until, failure } = failed.resilience.session.get();
    expect([status, until, failure?.code]).toEqual(['failed', undefined, 'invalid_grant']);

    const unavailable = new Harness(EXPIRED);
    unavailable.run();
    await unavailable.settle();
    await unavailable.refreshes[0]!.fail(endpointError(503));
    expect(unavailable.resilience.session.get()).toMatchObject({
      status: 'unavailable',
      until: unavailable.clock.wall() + 200,
      failure: { status: 503, retryAt: unavailable.clock.wall() + 200 },
    });
  });

  it.each([
    ['a 400 with an unknown word', endpointError(400, 'no_such_word')],
    ['a bug', new TypeError('undefined is not a function')],
    ['403', endpointError(403)],
  ])('T6 T7 %s is neither: unavailable, and whoever waits fails at once', async (_, error) => {
    const harness = new Harness(EXPIRED);
    const waiting = harness.run();
    await harness.settle();
    await harness.refreshes[0]!.fail(error);
    expect(waiting.failure).toMatchObject({ stopped: 'session_failed', retryable: true });
    expect(harness.resilience.session.get()).toMatchObject({
      status: 'unavailable',
      until: harness.clock.wall() + 5_000,
    });
  });

  const words: [string, unknown][] = [
    ['Firebase', { error: { code: 400, message: 'TOKEN_EXPIRED' } }],
    ['Firebase, a user who is gone', { error: { code: 400, message: 'USER_NOT_FOUND' } }],
    ['Firebase, a user who may not', { error: { code: 400, message: 'USER_DISABLED' } }],
    ['Firebase, no such token', { error: { code: 400, message: 'INVALID_REFRESH_TOKEN' } }],
    ['Cognito', { __type: 'NotAuthorizedException', message: 'Refresh Token has expired' }],
    ['Supabase', { code: 400, error_code: 'refresh_token_not_found', msg: 'Invalid' }],
    ['Supabase, used already', { code: 400, error_code: 'refresh_token_already_used', msg: 'x' }],
    ['Auth0', { error: 'login_required', error_description: 'Login required' }],
  ];

  it.each(words)('T7 %s says it for good, and advice is to sign in', async (_, body) => {
    const harness = new Harness(EXPIRED);
    const waiting = harness.run();
    await harness.settle();
    await harness.refreshes[0]!.fail(Object.assign(new Error('refused'), { status: 400, body }));
    expect(harness.status).toBe('failed');
    expect(waiting.failure?.advice).toMatch(/sign in/i);
    expect(waiting.failure?.advice).not.toMatch(/variables/i);
    await harness.clock.advanceAsync(3_600_000);
    harness.run();
    await harness.settle();
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T7 a profile names more of them', async () => {
    const profile: Profile = { name: 'own', auth: { finalErrors: ['session_gone'] } };
    const harness = new Harness(EXPIRED, { profile });
    harness.run();
    await harness.settle();
    await harness.refreshes[0]!.fail(endpointError(400, 'session_gone'));
    expect(harness.status).toBe('failed');
  });

  it('T7 T14 on invalid_grant a sibling may have been faster: its tokens are taken', async () => {
    const share = new MemoryShare({ lease: false });
    const [a, b] = tabs(2, share) as [Harness, Harness];
    a.run();
    b.run();
    await settle([a]);
    await b.refreshes[0]!.succeed('t2');
    await a.refreshes[0]?.fail(endpointError(400, 'invalid_grant'));
    await settle([a]);
    expect([a.status, a.tokens, b.tokens]).toEqual(['active', ['t2'], ['t2']]);
  });

  it.each(['failed', 'unavailable', 'held'])(
    'T19 session.refresh asks anew while it is %s, and what it brings revives the session',
    async (status) => {
      const errors = {
        failed: endpointError(400, 'invalid_grant'),
        unavailable: endpointError(403),
        held: endpointError(503),
      } as const;
      const harness = new Harness(EXPIRED);
      harness.serve = (sent) => sent.answer(GOOD);
      const waiting = harness.run();
      await harness.settle();
      await harness.refreshes[0]!.fail(errors[status as keyof typeof errors]);
      const asked = harness.resilience.session.refresh();
      await harness.settle();
      expect(harness.refreshes.map(({ request }) => request.reason)).toEqual([
        'expiring',
        'requested',
      ]);
      await harness.refreshes[1]!.succeed('t2');
      await expect(asked).resolves.toBeUndefined();
      expect(harness.run().results).toEqual([GOOD]);
      expect([harness.status, waiting.settled]).toEqual(['active', 1]);
    },
  );

  it('T19 one that fails again tells why, and changes nothing', async () => {
    const harness = new Harness(EXPIRED);
    harness.run();
    await harness.settle();
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    const asked = harness.resilience.session.refresh();
    await harness.settle();
    await harness.refreshes[1]!.fail(endpointError(400, 'invalid_grant'));
    await expect(asked).rejects.toBeInstanceOf(ResilienceError);
    expect(harness.status).toBe('failed');
  });
});

describe('sessions without a refresh, or without a token', () => {
  it('T19 an API key is sent as it is; a rejection is delivered, and nothing refreshed', async () => {
    const harness = new Harness(undefined, { auth: { tokens: { accessToken: 'key' } } });
    const refused = rejection();
    const watched = harness.run();
    harness.sent[0]!.answer(refused);
    await harness.clock.advanceAsync(60_000);
    expect(watched.results).toEqual([refused]);
    expect(watched.failure).toMatchObject({ kind: 'unauthenticated', attempts: 1 });
    harness.run();
    expect([harness.tokens, harness.status]).toEqual([['key', 'key'], 'active']);
    await expect(harness.resilience.session.refresh()).rejects.toBeInstanceOf(ResilienceError);
  });

  it('T19 one that has expired is sent all the same: there is no better one', () => {
    const tokens = { accessToken: 'key', expiresAt: 1 };
    const harness = new Harness(undefined, { auth: { tokens } });
    harness.run();
    expect(harness.tokens).toEqual(['key']);
  });

  /** A session in a cookie: no token in the page, and no header. */
  function cookies(answers: ('renewed' | undefined | Error)[]): {
    harness: Harness;
    calls: () => number;
  } {
    let calls = 0;
    const refresh: AuthOptions['refresh'] = async () => {
      const answer = answers[Math.min(calls++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      return answer;
    };
    return { harness: new Harness(undefined, { auth: { refresh } }), calls: () => calls };
  }

  it('T19 `renewed` moves the generation on, and no header is set', async () => {
    const { harness, calls } = cookies(['renewed']);
    harness.run();
    await harness.settle();
    expect([harness.tokens, calls(), harness.status]).toEqual([[undefined], 1, 'active']);
    harness.sent[0]!.answer(GOOD);
    const { generation } = harness.resilience.session.get();
    const watched = harness.run();
    harness.sent[1]!.answer(rejection());
    await harness.settle();
    expect([calls(), harness.sent.length]).toEqual([2, 3]);
    expect(harness.resilience.session.get().generation).toBe(generation + 1);
    harness.sent[2]!.answer(GOOD);
    expect(watched.results).toEqual([GOOD]);
    expect(harness.sent.map(({ headers }) => headers)).toEqual([{}, {}, {}]);
  });

  it('T19 T2 any number of rejections renew it once', async () => {
    const { harness, calls } = cookies(['renewed']);
    harness.run();
    await harness.settle();
    harness.sent[0]!.answer(GOOD);
    const watched = Array.from({ length: 10 }, () => harness.run());
    for (const sent of harness.sent.slice(1, 11)) sent.answer(rejection());
    await harness.settle();
    for (const sent of harness.sent.slice(11)) sent.answer(GOOD);
    expect([calls(), harness.sent.length]).toEqual([2, 21]);
    expect(watched.every(({ results }) => results[0] === GOOD)).toBe(true);
  });

  it('T19 T11 one that answers undefined is signed out, until refresh by name brings it back', async () => {
    const { harness, calls } = cookies(['renewed', undefined, 'renewed']);
    harness.run();
    await harness.settle();
    harness.sent[0]!.answer(GOOD);
    harness.run();
    harness.sent[1]!.answer(rejection());
    await harness.settle();
    expect([harness.status, calls()]).toEqual(['signed-out', 2]);
    await harness.resilience.session.refresh();
    expect([harness.status, calls()]).toEqual(['active', 3]);
  });

  it('T19 T14 a share carries `renewed` in place of tokens, and siblings need no call of their own', async () => {
    const share = new MemoryShare();
    let calls = 0;
    const refresh: AuthOptions['refresh'] = async () => {
      calls++;
      return 'renewed';
    };
    const clock = createTestClock();
    const [a, b] = [1, 2].map(
      () => new Harness(undefined, { auth: { refresh }, clock, share }),
    ) as [Harness, Harness];
    a.run();
    await settle([a]);
    expect(share.stored).toMatchObject({ renewed: true });
    expect(share.stored?.tokens).toBeUndefined();
    b.run();
    await settle([a]);
    expect([calls, a.sent.length, b.sent.length]).toEqual([1, 1, 1]);
    expect([a.status, b.status]).toEqual(['active', 'active']);
    for (const { sent } of [a, b]) sent[0]!.answer(GOOD);
    a.run();
    a.sent[1]!.answer(rejection());
    await settle([a]);
    b.run();
    expect(b.resilience.session.get().generation).toBe(a.resilience.session.get().generation);
    expect(calls).toBe(2);
  });
});

describe('tokens that an application starts with', () => {
  const restored = (left: number, auth: Partial<AuthOptions> = {}, profile?: Profile): Harness => {
    const harness = new Harness(
      { tokens: { accessToken: 't1', expiresAt: NOW + left }, ...auth },
      profile === undefined ? {} : { profile },
    );
    harness.serve = (sent) => sent.answer(GOOD);
    return harness;
  };
  /** What the first operation meets. */
  const met = async (harness: Harness): Promise<string> => {
    const { settled } = harness.run();
    await harness.settle();
    if (settled === 0) return 'waits';
    return harness.refreshes.length === 1 ? 'ahead' : 'serves';
  };

  it.each([
    [120_001, 'serves'],
    [120_000, 'ahead'],
    [60_000, 'ahead'],
    [5_001, 'ahead'],
    [5_000, 'waits'],
    [-1, 'waits'],
  ])(
    'T10 are of unknown age: with %d ms left the first operation meets one that %s',
    async (left, what) => {
      expect(await met(restored(left))).toBe(what);
    },
  );

  it.each([
    [300_000, 'ahead'],
    [300_001, 'serves'],
  ])('T10 the profile’s window is taken as it is: %d ms of Breeze’s hour', async (left, what) => {
    expect(await met(restored(left, {}, breeze))).toBe(what);
  });

  it('T10 so is refreshAhead, and a lifetime that is given says how old they are', async () => {
    expect(await met(restored(700_000, { refreshAhead: 700_000 }))).toBe('ahead');
    expect(await met(restored(20_000, { lifetime: 100_000 }))).toBe('ahead');
    expect(await met(restored(20_001, { lifetime: 100_000 }))).toBe('serves');
  });

  it('T10 T12 the same from a function', async () => {
    const tokens = (): { accessToken: string; expiresAt: number } => ({
      accessToken: 't1',
      expiresAt: NOW + 60_000,
    });
    const harness = new Harness({ tokens });
    harness.serve = (sent) => sent.answer(GOOD);
    expect(await met(harness)).toBe('ahead');
  });

  it('T10 T14 the same from a share', async () => {
    const share = new MemoryShare();
    share.stored = { generation: 3, tokens: { accessToken: 't3', expiresAt: NOW + 60_000 } };
    const [harness] = tabs(1, share, {}, createTestClock({ wall: NOW })) as [Harness];
    harness.serve = (sent) => sent.answer(GOOD);
    const watched = harness.run();
    await harness.settle();
    expect([watched.results, harness.refreshes.length]).toEqual([[GOOD], 1]);
  });

  it('T10 one that refresh has just brought, inside its own window, is renewed after half its life', async () => {
    const harness = restored(-1, { refreshAhead: 300_000 });
    harness.run();
    await harness.settle();
    await harness.refreshes[0]!.succeed({ accessToken: 't2', expiresAt: NOW + 100_000 });
    await harness.clock.advanceAsync(49_999);
    harness.run();
    expect(harness.refreshes).toHaveLength(1);
    await harness.clock.advanceAsync(1);
    harness.run();
    await harness.settle();
    expect(harness.refreshes).toHaveLength(2);
  });

  it('T10 one that lives for less than 10 s is used for half of it', async () => {
    const harness = restored(-1);
    harness.run();
    await harness.settle();
    await harness.refreshes[0]!.succeed({ accessToken: 't2', expiresAt: NOW + 4_000 });
    await harness.clock.advanceAsync(1_999);
    expect(harness.run().settled).toBe(1);
    await harness.clock.advanceAsync(1);
    expect(harness.run().settled).toBe(0);
  });

  it('T10 P4 their expiry is shown before anything runs, and looking reads no clock and no chance', () => {
    const clock = createTestClock({ wall: NOW });
    const asked = vi.fn<() => never>(() => {
      throw new Error('a clock was read');
    });
    const random = vi.fn<() => number>(() => 0);
    const harness = new Harness(
      { tokens: { accessToken: 't1', expiresAt: NOW + 60_000 } },
      { clock: { ...clock, monotonic: asked, wall: asked } as typeof clock, random },
    );
    const { session, limits, activity } = harness.resilience;
    expect(session.get()).toEqual({ status: 'active', generation: 1, expiresAt: NOW + 60_000 });
    expect([limits.get(), activity.get()]).toEqual([[], []]);
    expect([asked.mock.calls.length, random.mock.calls.length]).toEqual([0, 0]);
  });
});
