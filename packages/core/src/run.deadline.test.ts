import { afterEach, describe, expect, it, vi } from 'vitest';
import { ResilienceError } from './index.ts';
import type { Readable } from './index.ts';
import { bench, good, limited, nodeError, status } from './pacing/bench.fixture.ts';
import type { Bench, Trial } from './pacing/bench.fixture.ts';

describe('time', () => {
  it('R2 F8 an attempt of a query has 30 s, and is ended then; its timeout is tried again', () => {
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

  it('R2 both are options, and an operation’s own limit takes the place of both', () => {
    const { run, clock } = bench({ timeout: { attempt: 10, total: 25 }, retry: { attempts: 9 } });
    const usual = run('silence');
    const longer = run('silence', { options: { timeout: 40 } });
    const shorter = run('silence', { options: { timeout: 5 } });
    clock.advance(39);
    expect([usual.times, longer.times, shorter.times]).toEqual([[0, 11, 22], [0], [0]]);
    expect([longer.settled, shorter.settled]).toEqual([0, 1]);
    clock.advance(1);
    for (const { failure } of [longer, shorter]) {
      expect(failure).toMatchObject({ kind: 'timeout', stopped: 'deadline' });
    }
  });

  it('R2 an operation’s own limit bounds its attempts and waits together', () => {
    const { run, clock } = bench();
    const trial = run([status(503), 'silence'], { options: { timeout: 45_000 } });
    clock.advance(44_999);
    expect([trial.times, trial.settled]).toEqual([[0, 1], 0]);
    clock.advance(1);
    expect([trial.settled, trial.ended, clock.pending]).toEqual([1, 2, 0]);
    expect(trial.failure?.stopped).toBe('deadline');
  });

  it('R8 a deadline of 0 ms is one', () => {
    const { run, clock } = bench();
    const trial = run('silence', { options: { timeout: 0 } });
    clock.advance(0);
    expect(trial.failure).toMatchObject({ kind: 'timeout', stopped: 'deadline' });
  });

  it.each([Number.NaN, -1, -Infinity, '5', null])('W5 a deadline of %s is none', (timeout) => {
    const { run, clock } = bench({ timeout: { attempt: 60_000 } });
    const trial = run('silence', { options: { timeout: timeout as number } });
    clock.advance(59_999);
    expect(trial.settled).toBe(0);
    clock.advance(1);
    expect(trial.settled).toBe(1);
  });

  it.each([2 ** 31, 2 ** 40, Infinity])('W5 R2 limits of %d ms reach no timer', (ms) => {
    const { run, clock } = bench({ timeout: { attempt: ms, total: ms } });
    const trial = run(['silence', good()]);
    clock.advance(2 ** 31 - 1);
    expect([trial.settled, trial.ended]).toEqual([0, 0]);
    trial.cancel();
    expect(clock.pending).toBe(0);
  });

  it('R2 a mutation in flight is cut by nothing of ours', () => {
    const { run, clock } = bench({ timeout: { total: 10_000 } });
    const trial = run('silence', { kind: 'mutation' });
    clock.advance(1e7);
    expect([trial.settled, trial.ended, clock.pending]).toEqual([0, 0, 0]);
    trial.receivers[0]?.next(good());
    trial.receivers[0]?.complete();
    expect([trial.settled, trial.failure]).toEqual([1, undefined]);
  });

  it.each([
    ['an attempt’s limit that is given', { timeout: { attempt: 20_000 } }, {}],
    ['a limit of its own', {}, { timeout: 20_000 }],
    [
      'a limit of its own, shorter than that of an attempt',
      { timeout: { attempt: 50_000 } },
      { timeout: 20_000 },
    ],
    [
      'a limit of its own, longer than that of an attempt',
      { timeout: { attempt: 5_000 } },
      { timeout: 20_000 },
    ],
  ])('R2 M1 a mutation is cut by %s: the outcome is unknown', (_, options, own) => {
    const { run, clock } = bench(options);
    const trial = run('silence', { kind: 'mutation', options: own });
    clock.advance(19_999);
    expect([trial.settled, trial.ended]).toEqual([0, 0]);
    clock.advance(1);
    expect([trial.settled, trial.ended]).toEqual([1, 1]);
    expect(trial.failure).toMatchObject({ kind: 'timeout', executed: undefined });
    expect(trial.failure?.advice).toMatch(/look up/i);
  });

  it('R2 the total bounds the waits of a mutation that was not sent', () => {
    const online: Readable<boolean> = { get: () => false, subscribe: () => () => {} };
    const { run, clock } = bench({ online });
    const trial = run(good(), { kind: 'mutation' });
    clock.advance(60_000);
    expect(trial.sent).toEqual([]);
    expect(trial.failure).toMatchObject({ stopped: 'deadline', executed: false });
  });

  it('R2 subscriptions have no limit, also before the first event', () => {
    const { run, clock } = bench({ timeout: { attempt: 10, total: 25 } });
    const trial = run('silence', { kind: 'subscription' });
    clock.advance(1e7);
    expect([trial.settled, trial.ended, clock.pending]).toEqual([0, 0, 0]);
    trial.receivers[0]?.error(nodeError('ECONNRESET'));
    clock.advance(1_000);
    expect([trial.sent.length, trial.settled]).toEqual([2, 0]);
  });

  it('R2 nor once an event has come, whatever they say themselves', () => {
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
    const second = run('silence');
    clock.advance(60_000);
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

  it.each([
    ['a subscription', { kind: 'subscription' }],
    ['a query whose own limit is infinite', { options: { timeout: Infinity } }],
  ] as const)('W11 %s, which has no deadline, is sent anyway after a while', (_, info) => {
    const { self, online } = offline();
    const trial = self.run([{ fails: nodeError('ECONNRESET') }, good()], info);
    self.clock.advance(59_999);
    expect(trial.sent).toHaveLength(0);
    self.clock.advance(1);
    // Each attempt waits anew.
    expect(trial.times).toEqual([60_000]);
    self.clock.advance(1);
    expect(self.resilience.activity.get()).toMatchObject([{ reason: 'offline' }]);
    self.clock.advance(60_000);
    expect([trial.times, online.listeners.size]).toEqual([[60_000, 120_001], 0]);
    trial.cancel();
    expect(self.clock.pending).toBe(0);
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
