import { describe, expect, it } from 'vitest';
import type { AuthOptions } from '../index.ts';
import { endpointError, Harness } from '../harness.fixture.ts';

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
    expect(harness.status).toBe('unavailable');
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
      refresh: nonsense[name] as NonNullable<AuthOptions['refresh']>,
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
    expect([harness.status, harness.sent.length]).toEqual(['unavailable', 0]);
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
