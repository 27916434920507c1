import { createTestClock } from '@holdfast/testing/clock';
import { describe, expect, it } from 'vitest';
import { ResilienceError } from '../src/index.ts';
import { bench, good, limited, status } from './bench.fixture.ts';

const HOUR = 3_600_000;

describe('a wait that is too long', () => {
  it('W4 is not slept: the server’s answer comes now, with the instant', () => {
    const { run, clock } = bench();
    const answer = limited(31);
    const trial = run(answer);
    expect(trial.results[0]).toBe(answer);
    expect(trial.failure).toMatchObject({
      kind: 'rate_limited',
      stopped: 'wait_too_long',
      attempts: 1,
      retryAt: clock.wall() + 31_000,
    });
    expect(clock.pending).toBe(0);
  });

  it('W4 30 s are not too long, and maxWait says what is', () => {
    const { run, clock } = bench();
    const trial = run([limited(30), good()]);
    clock.advance(30_000);
    expect(trial.times).toEqual([0, 30_000]);
    const short = bench({ rateLimit: { maxWait: 2_000 } });
    expect(short.run(limited(3)).failure?.stopped).toBe('wait_too_long');
  });

  it('W4 the scope stays closed: what comes meanwhile fails at once in the same way', () => {
    const { run, clock } = bench();
    run(limited(60));
    for (const passed of [0, 1_000, 28_000]) {
      clock.advance(passed);
      const trial = run(good());
      expect([trial.sent.length, trial.settled]).toEqual([0, 1]);
      expect(trial.errors[0]).toBeInstanceOf(ResilienceError);
      expect(trial.failure).toMatchObject({
        kind: 'rate_limited',
        stopped: 'wait_too_long',
        executed: false,
        retryable: true,
        retryAt: clock.wall() - clock.monotonic() + 60_000,
      });
    }
    clock.advance(31_000);
    expect(run(good()).sent).toHaveLength(1);
  });

  it('W4 all are told the same instant, by clocks that count parts of milliseconds, too', () => {
    const clock = createTestClock({ wall: 1_767_225_600_000, monotonic: 0.1 });
    const passing = { ...clock, monotonic: () => (clock.advance(0.3), clock.monotonic()) };
    const { run } = bench({ clock: passing });
    const { retryAt } = run(limited(60)).failure ?? {};
    expect(retryAt).toBeGreaterThan(0);
    expect(run(good()).failure?.retryAt).toBe(retryAt);
  });

  it('W4 one that waits for a shorter hint of its own is told the later instant', () => {
    const { run, clock } = bench();
    const slow = run('silence', { name: 'slow' });
    const answer = limited(10);
    const trial = run(answer);
    slow.receivers[0]?.next(limited(3_600));
    expect(trial.results).toEqual([answer]);
    expect(trial.failure).toMatchObject({
      stopped: 'wait_too_long',
      retryAt: clock.wall() + HOUR,
    });
  });

  it('W4 W7 so do those that wait already when the closing is extended', () => {
    const { run, clock } = bench();
    const slow = run('silence', { name: 'slow' });
    run([limited(10), good()]);
    const queued = run(good());
    slow.receivers[0]?.next(limited(3_600));
    slow.receivers[0]?.complete();
    expect(queued.failure).toMatchObject({ stopped: 'wait_too_long', attempts: 0 });
    expect(queued.failure?.retryAt).toBe(clock.wall() + HOUR);
    clock.advance(60_000);
    expect(queued.sent).toHaveLength(0);
  });

  it('W4 T8 one that met a limit before keeps the server’s own answer', () => {
    const { run } = bench();
    const slow = run('silence');
    const answer = limited(10);
    const met = run([answer, good()]);
    slow.receivers[0]?.next(limited(3_600));
    expect(met.results).toEqual([answer]);
    expect(met.failure?.stopped).toBe('wait_too_long');
  });

  it('W4 R2 nor is one beyond the deadline', () => {
    const { run } = bench();
    const trial = run(limited(10), { options: { timeout: 9_000 } });
    expect(trial.failure?.stopped).toBe('wait_too_long');
    const patient = run('silence', { options: { timeout: 11_000 } });
    const hasty = run('silence', { options: { timeout: 9_000 } });
    expect([patient.settled, hasty.failure?.stopped]).toEqual([0, 'wait_too_long']);
  });

  it('R8 W4 maxWait: 0 waits for no hint, and backs off without one', () => {
    const { run, clock } = bench({ rateLimit: { maxWait: 0 } });
    const scopes = ['hint', 'none', 'zero'].map((scope) => ({ options: { scope } }));
    const hinted = run(limited(1), scopes[0]);
    const own = run([limited(), good()], scopes[1]);
    const zero = run([limited(0), good()], scopes[2]);
    clock.advance(1_000);
    expect(hinted.failure?.stopped).toBe('wait_too_long');
    expect([own.times, zero.times]).toEqual([
      [0, 1_000],
      [0, 0],
    ]);
  });

  it('W4 T6 the token endpoint’s long wait becomes the session’s cool-down', async () => {
    let calls = 0;
    const refused = { status: 429, headers: { 'retry-after': '420' }, body: '' };
    const self = bench({
      auth: {
        tokens: { accessToken: 'old' },
        refresh: () => {
          calls++;
          return Promise.reject(refused as unknown as Error);
        },
      },
    });
    const first = self.run(status(401));
    await self.clock.advanceAsync(0);
    expect(first.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'session_failed' });
    await self.clock.advanceAsync(419_999);
    const next = self.run(good());
    expect([next.sent.length, calls]).toEqual([0, 1]);
    expect(next.failure).toMatchObject({
      stopped: 'session_failed',
      executed: false,
      retryAt: self.clock.wall() + 1,
    });
    await self.clock.advanceAsync(1);
    self.run(good());
    await self.clock.advanceAsync(0);
    expect(calls).toBe(2);
  });
});
