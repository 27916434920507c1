import { describe, expect, it } from 'vitest';
import type { AuthOptions } from '../../src/index.ts';
import { endpointError, GOOD, Harness } from '../harness.fixture.ts';

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
    await harness.clock.advanceAsync(199);
    expect(harness.refreshes).toHaveLength(1);
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

  it('T5 H5 nothing waits for it longer than its patience, and what it answers afterwards is discarded', async () => {
    const harness = new Harness(EXPIRED);
    const watched = harness.run();
    await harness.clock.advanceAsync(24_999);
    expect(watched.settled).toBe(0);
    await harness.clock.advanceAsync(1);
    expect(watched.settled).toBe(1);
    expect(watched.failure).toMatchObject({
      kind: 'unauthenticated',
      executed: false,
      stopped: 'session_failed',
      cause: { kind: 'timeout', source: 'token-endpoint' },
    });
    await harness.clock.advanceAsync(10_000);
    for (const call of harness.refreshes) await call.succeed('too late');
    expect([harness.sent, harness.refreshes.length]).toEqual([[], 3]);
    expect(harness.status).toBe('unavailable');
    expect(harness.clock.pending).toBe(0);
  });

  it('T5 E4 a rejection that comes after its time harms nobody', async () => {
    const harness = new Harness({ ...EXPIRED, refreshTimeout: 100 });
    harness.run();
    await harness.clock.advanceAsync(300);
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

  it.each(transient)(
    'T6 H5 %s is held, and asked about until patience ends',
    async (_name, error) => {
      const { auth, calls } = failing(error);
      const harness = new Harness(auth);
      const watched = harness.run();
      await harness.clock.advanceAsync(14_999);
      expect([calls() > 5, watched.settled, harness.status]).toEqual([true, 0, 'unavailable']);
      await harness.clock.advanceAsync(1);
      expect(watched.failure).toMatchObject({
        kind: 'unauthenticated',
        executed: false,
        stopped: 'session_failed',
        cause: { source: 'token-endpoint' },
      });
      const failed = harness.events.filter((event) => event.type === 'refresh_failed');
      expect(failed.map(({ tries, retryable }) => [tries, retryable])).toEqual(
        failed.map((_, index) => [index + 1, true]),
      );
      // Nobody waits any more, so nobody asks.
      const asked = calls();
      await harness.clock.advanceAsync(600_000);
      expect([calls(), harness.clock.pending]).toEqual([asked, 0]);
    },
  );

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
    [0, 0.5],
    [0.5, 0.75],
    [0.999_999, 1],
  ])(
    'T6 asks again after 200, 500 ms, then 1 s x2 up to 5 s, these half to whole: random %d',
    async (chance, part) => {
      const harness = new Harness(EXPIRED, { random: () => chance, outage: { patience: 60_000 } });
      const watched = harness.run();
      await harness.settle();
      const waits: number[] = [];
      for (let index = 0; index < 7; index++) {
        await harness.refreshes[index]!.fail(UNAVAILABLE);
        const { nextDelay = 0 } = harness.clock;
        waits.push(nextDelay);
        await harness.clock.advanceAsync(nextDelay);
      }
      const probes = [1_000, 2_000, 4_000, 5_000, 5_000].map((ms) => ms * part);
      expect(waits.map(Math.round)).toEqual([200, 500, ...probes]);
      await harness.refreshes[7]!.succeed('t2');
      expect([harness.tokens, watched.settled]).toEqual([['t2'], 0]);
      expect(harness.events.find(({ type }) => type === 'refresh_succeeded')).toMatchObject({
        tries: 8,
      });
    },
  );

  it('T6 one outage leaves nothing behind for the next: it is asked again after 200 ms', async () => {
    const harness = new Harness(EXPIRED, { random: () => 0.5 });
    harness.serve = (sent) => sent.answer(GOOD);
    harness.run();
    for (let index = 0; index < 3; index++) {
      await harness.refreshes[index]!.fail(UNAVAILABLE);
      await harness.clock.advanceAsync(harness.clock.nextDelay ?? 0);
    }
    await harness.refreshes[3]!.succeed('t2');
    void harness.resilience.session.refresh();
    await harness.refreshes[4]!.fail(UNAVAILABLE);
    expect(harness.events.filter(({ type }) => type === 'refresh_failed').at(-1)).toMatchObject({
      tries: 1,
      retryAt: harness.clock.wall() + 200,
    });
  });

  it('T6 a 5 s outage of the token endpoint costs 5 s and a few calls, never an error', async () => {
    const harness = new Harness(EXPIRED, { random: () => 0.5 });
    harness.serve = (sent) => sent.answer(GOOD);
    const watched = Array.from({ length: 20 }, () => harness.run());
    let answered = 0;
    while (watched.some(({ settled }) => settled === 0)) {
      await harness.settle();
      const call = harness.refreshes[answered];
      if (call === undefined) {
        await harness.clock.advanceAsync(harness.clock.nextDelay ?? 0);
        continue;
      }
      answered++;
      if (harness.clock.monotonic() < 5_000) await call.fail(UNAVAILABLE);
      else await call.succeed('t2');
    }
    expect(watched.flatMap(({ errors }) => errors)).toEqual([]);
    expect(new Set(harness.tokens)).toEqual(new Set(['t2']));
    expect(answered).toBeLessThan(8);
    expect(harness.clock.monotonic()).toBeLessThan(9_000);
  });

  it('T6 R1 a 429 without a hint is never asked about again within a second', async () => {
    const harness = new Harness(EXPIRED);
    harness.run();
    await harness.settle();
    await harness.refreshes[0]!.fail(endpointError(429));
    await harness.clock.advanceAsync(999);
    expect(harness.refreshes).toHaveLength(1);
    await harness.clock.advanceAsync(1);
    expect(harness.refreshes).toHaveLength(2);
  });

  it('T6 `outage: false` holds nothing: whoever waits fails', async () => {
    const harness = new Harness(EXPIRED, { outage: false });
    const watched = harness.run();
    await harness.settle();
    await harness.refreshes[0]!.fail(UNAVAILABLE);
    expect(watched.failure).toMatchObject({ stopped: 'session_failed', executed: false });
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
