import { describe, expect, it } from 'vitest';
import { ResilienceError } from '../index.ts';
import type { AuthOptions } from '../index.ts';
import { endpointError, GOOD, Harness, rejection } from '../harness.fixture.ts';

const EXPIRED = { tokens: { accessToken: 't1', expiresAt: 1 } };
const UNAVAILABLE = endpointError(503);

/** A refresh that fails each time in the same way; counts its calls. */
function failing(error: unknown): { auth: Partial<AuthOptions>; calls: () => number } {
  let calls = 0;
  const refresh = (): Promise<never> => {
    calls++;
    return Promise.reject(error);
  };
  return { auth: { ...EXPIRED, refresh }, calls: () => calls };
}

describe('a refresh that never settles', () => {
  it('T5 is ended after 10 s with its signal aborted, and counts as a transient failure', async () => {
    const harness = new Harness(EXPIRED);
    const watched = harness.run();
    await harness.clock.advanceAsync(9_999);
    expect(harness.refreshes.map(({ request }) => request.signal.aborted)).toEqual([false]);
    await harness.clock.advanceAsync(1);
    expect(harness.refreshes[0]!.request.signal.aborted).toBe(true);
    expect(watched.settled).toBe(0);
    await harness.clock.advanceAsync(1);
    expect(harness.refreshes).toHaveLength(2);
    await harness.refreshes[1]!.succeed('t2');
    expect(harness.tokens).toEqual(['t2']);
  });

  it('T5 its limit is refreshTimeout', async () => {
    const harness = new Harness({ ...EXPIRED, refreshTimeout: 250 });
    harness.run();
    await harness.clock.advanceAsync(249);
    expect(harness.refreshes[0]!.request.signal.aborted).toBe(false);
    await harness.clock.advanceAsync(1);
    expect(harness.refreshes[0]!.request.signal.aborted).toBe(true);
  });

  it('T5 T6 nothing waits for it longer than 30 s, and what it answers afterwards is discarded', async () => {
    const harness = new Harness(EXPIRED);
    const watched = harness.run();
    await harness.clock.advanceAsync(30_000);
    expect(watched.settled).toBe(1);
    expect(watched.failure).toMatchObject({
      kind: 'unauthenticated',
      executed: false,
      stopped: 'session_failed',
      cause: { kind: 'timeout', source: 'token-endpoint' },
    });
    for (const call of harness.refreshes) await call.succeed('too late');
    expect(harness.sent).toEqual([]);
    expect(harness.status).toBe('failed');
    expect(harness.clock.pending).toBe(0);
  });

  it('T5 E4 a rejection that comes after its time harms nobody', async () => {
    const harness = new Harness({ ...EXPIRED, refreshTimeout: 100 });
    harness.run();
    await harness.clock.advanceAsync(101);
    await harness.refreshes[0]!.fail(new Error('late'));
    await harness.refreshes[1]!.succeed('t2');
    expect(harness.tokens).toEqual(['t2']);
  });
});

describe('a refresh that answers nonsense', () => {
  const nonsense: Record<string, () => unknown> = {
    'throws synchronously': () => {
      throw new Error('synchronous');
    },
    'returns no promise': () => ({ accessToken: 't2' }),
    'returns undefined, not a promise of it': () => undefined,
    'resolves without an accessToken': () => Promise.resolve({ token: 't2' }),
    'resolves to an empty accessToken': () => Promise.resolve({ accessToken: '' }),
    'resolves to an accessToken that is no string': () => Promise.resolve({ accessToken: 2 }),
    'resolves to null': () => Promise.resolve(null),
    'resolves to a string': () => Promise.resolve('t2'),
    'rejects with undefined': () => Promise.reject(),
    'answers a promise whose then answers nothing': () => ({ then: () => undefined }),
  };

  it.each(Object.keys(nonsense))('T5 it %s: that is a failed refresh', async (name) => {
    const harness = new Harness({
      ...EXPIRED,
      refresh: nonsense[name] as AuthOptions['refresh'],
      refreshTimeout: 100,
    });
    const watched = harness.run();
    await harness.clock.advanceAsync(1_000);
    expect(watched.settled).toBe(1);
    expect(watched.failure).toMatchObject({
      kind: 'unauthenticated',
      executed: false,
      stopped: 'session_failed',
    });
    expect(watched.failure?.cause).toMatchObject({ source: expect.any(String) });
    expect([harness.status, harness.sent.length]).toEqual(['failed', 0]);
    expect(harness.types()).toContain('refresh_failed');
  });
});

describe('a transient failure of the refresh', () => {
  const transient: [string, unknown][] = [
    ['network', new TypeError('fetch failed', { cause: { code: 'ECONNRESET' } })],
    ['500', endpointError(500)],
    ['503', UNAVAILABLE],
    ['429', endpointError(429)],
    ['a Response with 502', { response: new Response('', { status: 502 }) }],
  ];

  it.each(transient)('T6 %s is tried three times', async (_name, error) => {
    const { auth, calls } = failing(error);
    const harness = new Harness(auth);
    const watched = harness.run();
    await harness.clock.advanceAsync(29_000);
    expect([calls(), watched.settled]).toEqual([3, 1]);
    expect(harness.events.find(({ type }) => type === 'refresh_failed')).toMatchObject({
      tries: 3,
      retryable: true,
    });
  });

  it.each([
    ['400', endpointError(400)],
    ['403', endpointError(403)],
    ['404', endpointError(404)],
    ['a bug', new TypeError('undefined is not a function')],
  ])('T6 %s is no transient reason, and tried once', async (_name, error) => {
    const { auth, calls } = failing(error);
    const harness = new Harness(auth);
    const watched = harness.run();
    await harness.settle();
    expect([calls(), watched.settled]).toEqual([1, 1]);
  });

  it.each([
    [0, 1, 1],
    [0.5, 100, 200],
    [0.999, 199.8, 399.6],
  ])('T6 waits 200 ms x2 with full jitter: random %d', async (chance, first, second) => {
    const harness = new Harness(EXPIRED, { random: () => chance });
    harness.run();
    await harness.settle();
    await harness.refreshes[0]!.fail(UNAVAILABLE);
    // The operation's own deadline is a timer too.
    expect(harness.clock.timers[0]).toBeCloseTo(first);
    await harness.clock.advanceAsync(first);
    await harness.refreshes[1]!.fail(UNAVAILABLE);
    expect(harness.clock.timers[0]).toBeCloseTo(first + second);
    await harness.clock.advanceAsync(second);
    expect(harness.refreshes).toHaveLength(3);
    await harness.refreshes[2]!.succeed('t2');
    expect(harness.tokens).toEqual(['t2']);
    expect(harness.events.find(({ type }) => type === 'refresh_succeeded')).toMatchObject({
      tries: 3,
    });
  });

  it('T6 a 429 is tried again after the wait it names, and not before', async () => {
    const harness = new Harness(EXPIRED);
    harness.run();
    await harness.settle();
    await harness.refreshes[0]!.fail(endpointError(429, undefined, { 'retry-after': '7' }));
    await harness.clock.advanceAsync(6_999);
    expect(harness.refreshes).toHaveLength(1);
    await harness.clock.advanceAsync(1);
    expect(harness.refreshes).toHaveLength(2);
  });

  it('T6 takes 30 s in all: the last try gets what is left', async () => {
    const harness = new Harness(EXPIRED, { random: () => 0.5 });
    const watched = harness.run();
    await harness.clock.advanceAsync(29_999);
    expect([harness.refreshes.length, watched.settled]).toEqual([3, 0]);
    await harness.clock.advanceAsync(1);
    expect([harness.refreshes.length, watched.settled]).toEqual([3, 1]);
  });

  it('T6 W4 a wait beyond the 30 s is not slept: it becomes the cool-down', async () => {
    const harness = new Harness(EXPIRED);
    const first = harness.run();
    await harness.settle();
    await harness.refreshes[0]!.fail(endpointError(429, undefined, { 'retry-after': '600' }));
    expect(first.failure?.cause).toMatchObject({ kind: 'rate_limited' });
    await harness.clock.advanceAsync(599_999);
    expect(harness.run().failure).toMatchObject({ stopped: 'session_failed' });
    await harness.clock.advanceAsync(1);
    harness.run();
    await harness.settle();
    expect(harness.refreshes).toHaveLength(2);
  });
});

describe('the cool-down', () => {
  it('T6 operations fail at once in it, without a token call', async () => {
    const { auth, calls } = failing(endpointError(403));
    const harness = new Harness(auth);
    harness.run();
    await harness.settle();
    const watched = Array.from({ length: 5 }, () => harness.run());
    // At once: nothing has been awaited.
    expect(watched.map(({ settled }) => settled)).toEqual([1, 1, 1, 1, 1]);
    await harness.settle();
    expect(calls()).toBe(1);
    const { failure } = watched[0]!;
    expect(failure).toMatchObject({ kind: 'unauthenticated', retryable: true, executed: false });
    expect(failure!.retryAt).toBe(harness.clock.wall() + 5_000);
  });

  it('T6 lasts 5 s, doubling to 60 s', async () => {
    const { auth, calls } = failing(endpointError(403));
    const harness = new Harness(auth);
    harness.run();
    await harness.settle();
    for (const [index, lasts] of [5, 10, 20, 40, 60, 60].map((s) => s * 1_000).entries()) {
      await harness.clock.advanceAsync(lasts - 1);
      expect(harness.run().settled).toBe(1);
      expect(calls()).toBe(index + 1);
      await harness.clock.advanceAsync(1);
      harness.run();
      await harness.settle();
      expect(calls()).toBe(index + 2);
    }
  });

  it('T6 a refresh that succeeds ends the doubling', async () => {
    const harness = new Harness(EXPIRED);
    const fail = async (index: number): Promise<void> => {
      harness.run();
      await harness.settle();
      await harness.refreshes[index]!.fail(endpointError(403));
    };
    await fail(0);
    await harness.clock.advanceAsync(5_000);
    await fail(1);
    await harness.clock.advanceAsync(10_000);
    harness.run();
    await harness.settle();
    await harness.refreshes[2]!.succeed({
      accessToken: 't2',
      expiresAt: harness.clock.wall() + 20_000,
    });
    expect(harness.status).toBe('active');
    await harness.clock.advanceAsync(20_000);
    await fail(3);
    await harness.clock.advanceAsync(5_000);
    harness.run();
    await harness.settle();
    expect(harness.refreshes).toHaveLength(5);
  });

  it('T6 T11 a sign-in ends it', async () => {
    const { auth } = failing(endpointError(403));
    const harness = new Harness(auth);
    harness.run();
    await harness.settle();
    harness.resilience.session.signIn({ accessToken: 't2' });
    harness.run();
    expect([harness.tokens, harness.status]).toEqual([['t2'], 'active']);
  });

  it('T6 session.refresh fails at once in it too', async () => {
    const { auth, calls } = failing(endpointError(403));
    const harness = new Harness(auth);
    harness.run();
    await harness.settle();
    await expect(harness.resilience.session.refresh()).rejects.toBeInstanceOf(ResilienceError);
    expect(calls()).toBe(1);
  });

  it('T6 T8 a token that is rejected in it fails at once, with the server’s answer', async () => {
    const harness = new Harness({ tokens: { accessToken: 't1' } });
    const first = harness.run();
    const second = harness.run();
    harness.sent[0]!.answer(rejection());
    await harness.refreshes[0]!.fail(endpointError(403));
    const late = rejection('late');
    harness.sent[1]!.answer(late);
    expect([first.settled, second.settled]).toEqual([1, 1]);
    expect(second.results[0]).toBe(late);
    expect(second.failure).toMatchObject({ stopped: 'session_failed' });
    expect(second.failure?.cause).toMatchObject({ kind: 'forbidden', status: 403 });
    expect(harness.refreshes).toHaveLength(1);
  });

  it('T6 T8 T4 fails at once whatever the callbacks answer', async () => {
    const harness = new Harness({ tokens: { accessToken: 't1' } }, { retry: { when: () => true } });
    harness.run();
    const second = harness.run();
    harness.sent[0]!.answer(rejection());
    await harness.refreshes[0]!.fail(endpointError(403));
    harness.sent[1]!.answer(rejection());
    expect(second.failure).toMatchObject({ stopped: 'session_failed' });
    expect(harness.sent).toHaveLength(2);
  });

  it('T8 operations that need no token go on in it', async () => {
    const { auth } = failing(endpointError(403));
    const harness = new Harness(auth);
    harness.run();
    await harness.settle();
    harness.serve = (sent) => sent.answer(GOOD);
    expect(harness.run({ options: { auth: false } }).results).toEqual([GOOD]);
  });
});
