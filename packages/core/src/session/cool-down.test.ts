import { describe, expect, it } from 'vitest';
import type { AuthOptions } from '../index.ts';
import { endpointError, GOOD, Harness, rejection } from '../harness.fixture.ts';

const EXPIRED = { tokens: { accessToken: 't1', expiresAt: 1 } };

/** A refresh that fails each time in the same way; counts its calls. */
function failing(error: unknown): { auth: Partial<AuthOptions>; calls: () => number } {
  let calls = 0;
  const refresh = (): Promise<never> => {
    calls++;
    return Promise.reject(error);
  };
  return { auth: { ...EXPIRED, refresh }, calls: () => calls };
}

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

  it('T6 the session shows when it ends', async () => {
    const { auth } = failing(endpointError(403));
    const harness = new Harness(auth);
    harness.run();
    await harness.settle();
    const { status, failure, until } = harness.resilience.session.get();
    expect([status, until]).toEqual(['unavailable', harness.clock.wall() + 5_000]);
    expect(failure).toMatchObject({ status: 403, retryAt: harness.clock.wall() + 5_000 });
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
