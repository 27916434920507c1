import { afterEach, describe, expect, it, vi } from 'vitest';
import { ResilienceError } from '../src/index.ts';
import type { Readable } from '../src/index.ts';
import { bench, good, limited, nodeError, status } from './bench.fixture.ts';
import type { Bench, Trial } from './bench.fixture.ts';

describe('time', () => {
  it('R2 F8 a query’s attempt has 30 s, and is ended then; its timeout is tried again', () => {
    const { run, clock } = bench();
    const trial = run(['silence', good()]);
    clock.advance(29_999);
    expect([trial.sent.length, trial.ended]).toEqual([1, 0]);
    clock.advance(1);
    expect(trial.ended).toBe(1);
    clock.advance(1);
    expect([trial.times, trial.settled, trial.errors]).toEqual([[0, 30_001], 1, []]);
  });

  it('R2 the whole has 60 s over attempts and waits', () => {
    const { run, clock } = bench({ retry: { attempts: 10 } });
    const trial = run('silence');
    clock.advance(59_999);
    expect(trial.settled).toBe(0);
    clock.advance(1);
    expect(trial.failure).toMatchObject({ kind: 'timeout', attempts: 2, stopped: 'deadline' });
    expect(trial.errors[0]).toBeInstanceOf(ResilienceError);
    expect([trial.ended, clock.pending]).toEqual([2, 0]);
  });

  it('R2 a wait that would pass the deadline is not begun', () => {
    const { run, clock } = bench({ timeout: { total: 1_000 } });
    const answer = status(423);
    const trial = run(answer, { options: { timeout: 250 } });
    expect([trial.results[0] === answer, trial.failure?.stopped]).toEqual([true, 'deadline']);
    expect(run(limited()).failure?.stopped).toBe('deadline');
    const fits = run([status(423), good()], { options: { timeout: 251, scope: 's' } });
    clock.advance(250);
    expect(fits.times).toEqual([0, 250]);
  });

  it('R2 both are options, and an operation’s own timeout takes the place of both', () => {
    const { run, clock } = bench({
      outage: false,
      timeout: { attempt: 10, total: 25 },
      retry: { attempts: 9 },
    });
    const usual = run('silence');
    const longer = run('silence', { options: { timeout: 40 } });
    const shorter = run('silence', { options: { timeout: 5 } });
    clock.advance(100);
    expect([usual.times, longer.times, shorter.times]).toEqual([[0, 11, 22], [0], [0]]);
    expect(longer.ended).toBe(1);
    expect(shorter.failure).toMatchObject({ kind: 'timeout', stopped: 'deadline' });
  });

  it('R8 a deadline of 0 ms is one', () => {
    const { run, clock } = bench();
    const trial = run('silence', { options: { timeout: 0 } });
    clock.advance(0);
    expect(trial.failure).toMatchObject({ kind: 'timeout', stopped: 'deadline' });
  });

  const nonsense = [Number.NaN, -1, -Infinity, '5', null];

  it.each(nonsense)('W5 X5 a deadline of %s is none in production', (timeout) => {
    vi.stubEnv('NODE_ENV', 'production');
    const { run, clock } = bench({ timeout: { attempt: 60_000 } });
    const trial = run('silence', { options: { timeout: timeout as number } });
    clock.advance(59_999);
    expect(trial.settled).toBe(0);
    clock.advance(1);
    expect(trial.settled).toBe(1);
    vi.unstubAllEnvs();
  });

  it.each(nonsense)('X5 a deadline of %s is a bad option in a development build', (timeout) => {
    const { run } = bench();
    const { sent, failure } = run('silence', { options: { timeout: timeout as number } });
    expect([sent.length, failure?.kind, failure?.executed]).toEqual([0, 'bad_input', false]);
    expect(failure?.message).toContain('timeout');
  });

  it.each([2 ** 31, 2 ** 40, Infinity])('W5 R2 limits of %d ms reach no timer', (ms) => {
    const { run, clock } = bench({ timeout: { attempt: ms, total: ms } });
    const trial = run(['silence', good()]);
    clock.advance(2 ** 31 - 1);
    expect([trial.settled, trial.ended]).toEqual([0, 0]);
    trial.cancel();
    expect(clock.pending).toBe(0);
  });

  it('R2 subscriptions have neither once an event has come', () => {
    const { run, clock } = bench();
    const trial = run('silence', { kind: 'subscription', options: { timeout: 1_000 } });
    trial.receivers[0]?.next(good());
    clock.advance(1e7);
    expect([trial.settled, trial.ended, clock.pending]).toEqual([0, 0, 0]);
    trial.receivers[0]?.error(nodeError('ECONNRESET'));
    clock.advance(1e7);
    expect([trial.sent.length, trial.settled]).toEqual([2, 0]);
  });

  it('R2 before that, one’s own deadline holds', () => {
    const { run, clock } = bench();
    const trial = run('silence', { kind: 'subscription', options: { timeout: 1_000 } });
    clock.advance(1_000);
    expect(trial.failure).toMatchObject({ kind: 'timeout', stopped: 'deadline' });
  });

  it('R2 W7 a place in the queue is given up at the deadline', () => {
    const { run, clock } = bench({ timeout: { attempt: 1e6 } });
    run(limited(10), { options: { retry: false, timeout: 1e6 } });
    const probe = run('silence', { options: { timeout: 1e6 } });
    const second = run('silence', { options: { timeout: 30_000 } });
    clock.advance(30_000);
    expect([probe.settled, second.sent.length]).toEqual([0, 0]);
    expect(second.failure).toMatchObject({
      kind: 'rate_limited',
      stopped: 'deadline',
      executed: false,
    });
  });
});

describe('the instant of the deadline', () => {
  it('R2 M1 lets nothing be sent that would be ended at once', () => {
    const { run, clock } = bench({ timeout: { attempt: 10_000 } });
    run(limited(10), { options: { retry: false } });
    const probe = run('silence', { kind: 'mutation', options: { timeout: 20_000 } });
    const second = run('silence', { kind: 'mutation', options: { timeout: 20_000 } });
    clock.advance(20_000);
    expect(probe.failure).toMatchObject({ kind: 'timeout', executed: undefined });
    expect(second.sent).toHaveLength(0);
    expect(second.failure).toMatchObject({ stopped: 'deadline', executed: false });
  });
});

describe('offline', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  class Network implements Readable<boolean> {
    on = false;
    readonly listeners = new Set<() => void>();
    get = (): boolean => this.on;
    subscribe = (listener: () => void): (() => void) => {
      this.listeners.add(listener);
      return () => void this.listeners.delete(listener);
    };
    set(on: boolean): void {
      this.on = on;
      for (const listener of Array.from(this.listeners)) listener();
    }
  }

  function offline(): { self: Bench; online: Network } {
    const online = new Network();
    return { online, self: bench({ online }) };
  }

  it('W11 an attempt waits for `online`, and burns no try', () => {
    const { self, online } = offline();
    const trial = self.run(good());
    expect(self.resilience.activity.get()).toMatchObject([{ reason: 'offline', attempt: 1 }]);
    self.clock.advance(59_999);
    expect(trial.sent).toHaveLength(0);
    online.set(true);
    expect([trial.times, trial.settled]).toEqual([[59_999], 1]);
    expect([online.listeners.size, self.clock.pending]).toEqual([0, 0]);
    expect(trial.sent[0]?.attempt.number).toBe(1);
  });

  it('W11 so does the next one, when its backoff is over', () => {
    const { self, online } = offline();
    online.on = true;
    const trial = self.run([{ fails: nodeError('ECONNRESET') }, good()]);
    online.set(false);
    self.clock.advance(30_000);
    expect(trial.sent).toHaveLength(1);
    online.set(true);
    expect(trial.times).toEqual([0, 30_000]);
  });

  it('W11 a signal that was none changes nothing', () => {
    const { self, online } = offline();
    const trial = self.run(good());
    for (let time = 0; time < 5; time++) online.set(false);
    expect([trial.sent.length, online.listeners.size]).toEqual([0, 1]);
    trial.cancel();
    expect(online.listeners.size).toBe(0);
  });

  it('W11 a browser that is wrong never blocks for longer than the deadline', () => {
    const { self, online } = offline();
    const trial = self.run(good());
    self.clock.advance(60_000);
    expect([trial.sent.length, trial.settled, online.listeners.size]).toEqual([0, 1, 0]);
    expect(trial.failure).toMatchObject({
      kind: 'network',
      executed: false,
      attempts: 0,
      stopped: 'deadline',
    });
  });

  it('W5 W11 nor does a deadline beyond what a timer holds fire at once', () => {
    const online = new Network();
    const self = bench({ online, timeout: { total: 2 ** 31 } });
    const trial = self.run(good());
    self.clock.advance(2 ** 31 - 1);
    expect(trial.settled).toBe(0);
    self.clock.advance(1);
    expect(trial.settled).toBe(1);
  });

  it('W11 W7 whoever waits for the network holds up nobody at the gate', () => {
    const { self, online } = offline();
    online.on = true;
    self.run(limited(10), { options: { retry: false } });
    const trials: Trial[] = [self.run(good()), self.run(good())];
    online.set(false);
    self.clock.advance(10_000);
    expect(self.resilience.activity.get().map(({ reason }) => reason)).toEqual([
      'offline',
      'offline',
    ]);
    online.set(true);
    expect(trials.map(({ settled }) => settled)).toEqual([1, 1]);
  });

  it('W11 E5 by default it is the browser that is asked', () => {
    const target = new EventTarget();
    const heard = vi.fn<EventTarget['addEventListener']>(target.addEventListener.bind(target));
    const navigator = { onLine: false };
    vi.stubGlobal('navigator', navigator);
    vi.stubGlobal('addEventListener', heard);
    vi.stubGlobal('removeEventListener', target.removeEventListener.bind(target));
    const { run } = bench();
    expect(heard).not.toHaveBeenCalled();
    const trial = run(good());
    expect(trial.sent).toHaveLength(0);
    navigator.onLine = true;
    target.dispatchEvent(new Event('online'));
    expect(trial.settled).toBe(1);
  });
});
