import { describe, expect, it, vi } from 'vitest';
import { bench, good, limited, nodeError, status } from './pacing/bench.fixture.ts';
import type { Bench } from './pacing/bench.fixture.ts';

const HOUR = 3_600_000;

describe('limits', () => {
  const shown = (self: Bench): unknown => self.resilience.limits.get();

  it('W10 are empty, and always the same object, while nothing is closed', () => {
    const self = bench();
    const before = shown(self);
    expect(before).toEqual([]);
    self.run([status(500), good()]);
    self.clock.advance(1_000);
    expect(shown(self)).toBe(before);
  });

  it('W10 show each closed scope with its instant and those that wait', () => {
    const self = bench();
    const start = self.clock.wall();
    const met = self.run([limited(10), good()]);
    const waiting = [self.run(good()), self.run(good())];
    self.run(limited(50), { options: { scope: 'other' } });
    expect(shown(self)).toEqual([
      { scope: 'default', until: start + 10_000, waiting: 3 },
      { scope: 'other', until: start + 50_000, waiting: 0 },
    ]);
    waiting[0]?.cancel();
    expect(shown(self)).toMatchObject([{ waiting: 2 }, {}]);
    self.clock.advance(10_000);
    expect(shown(self)).toEqual([{ scope: 'other', until: start + 50_000, waiting: 0 }]);
    self.clock.advance(40_000);
    expect([shown(self), met.settled]).toEqual([[], 1]);
  });

  it('W10 are the same object until something shown changes', () => {
    const self = bench();
    self.run(limited(10));
    const closed = shown(self);
    self.run(good(), { options: { scope: 'elsewhere' } });
    self.clock.advance(1_000);
    expect(shown(self)).toBe(closed);
    const trial = self.run(good());
    const waiting = shown(self);
    expect(waiting).not.toBe(closed);
    trial.cancel();
    trial.cancel();
    const alone = shown(self);
    expect(shown(self)).toBe(alone);
  });

  it('V1 W10 a recovery that shows nothing changes nothing', () => {
    const self = bench({ timeout: { total: 1e6 } });
    self.run(limited(10), { options: { retry: false } });
    const trials = [1, 2, 3].map(() => self.run('silence'));
    self.clock.advance(10_000);
    const open = shown(self);
    const more = self.run('silence');
    trials[0]?.receivers[0]?.next(good());
    more.cancel();
    expect([open, shown(self) === open]).toEqual([[], true]);
  });

  it.each([10_000, -HOUR])('W10 V1 stay one object though the wall clock jumps by %i', (jump) => {
    const self = bench();
    self.run(limited(20), { options: { retry: false } });
    self.clock.setWall(self.clock.wall() + jump);
    const closed = shown(self);
    expect(closed).toHaveLength(1);
    expect(shown(self)).toBe(closed);
    self.clock.advance(20_000);
    expect(shown(self)).toEqual([]);
  });

  it('W10 E3 are empty once the instance has ended, and say so', () => {
    const self = bench();
    self.run(limited(10), { options: { retry: false } });
    expect(shown(self)).toHaveLength(1);
    const heard = vi.fn<() => void>();
    self.resilience.limits.subscribe(heard);
    self.resilience.dispose();
    expect([shown(self), heard.mock.calls.length]).toEqual([[], 1]);
  });

  it('W10 tell of a closing and an opening, also one that nobody waits for', () => {
    const self = bench();
    const heard = vi.fn<() => void>();
    const stop = self.resilience.limits.subscribe(heard);
    self.run(limited(10), { options: { retry: false } });
    expect(heard).toHaveBeenCalled();
    heard.mockClear();
    self.clock.advance(10_000);
    expect([heard.mock.calls.length > 0, shown(self)]).toEqual([true, []]);
    stop();
    heard.mockClear();
    self.run(limited(10), { options: { retry: false } });
    expect(heard).not.toHaveBeenCalled();
    expect(self.of('scope_closed')).toMatchObject([
      { scope: 'default', failure: 'rate_limited' },
      { scope: 'default', until: self.clock.wall() + 10_000 },
    ]);
    expect(self.of('scope_opened')).toMatchObject([{ scope: 'default' }]);
  });

  it('W5 W10 a watched scope that is closed for a hundred days asks no timer too much of', () => {
    const self = bench();
    self.resilience.limits.subscribe(() => {});
    const trial = self.run(limited(9_999_999));
    expect([trial.settled, self.clock.pending]).toEqual([1, 1]);
  });
});

describe('activity', () => {
  it('W10 R5 R6 in a backoff it shows how many attempts there will be, replays included', () => {
    const self = bench({
      auth: { tokens: { accessToken: 't1' }, refresh: () => Promise.reject(new Error('unused')) },
      retry: { attempts: 4 },
    });
    const shown = (): unknown =>
      self.resilience.activity.get().map(({ attempt, attempts }) => [attempt, attempts]);
    self.run([{ fails: nodeError('ECONNREFUSED') }, status(500)]);
    expect(shown()).toEqual([[2, 4]]);
    self.clock.runNext();
    expect(shown()).toEqual([[3, 4]]);
    self.clock.runNext();
    expect(shown()).toEqual([[4, 4]]);
  });

  it('W10 shows who waits, why, for which attempt and until when', () => {
    const self = bench();
    self.chance = 0.5;
    const { activity } = self.resilience;
    const start = self.clock.wall();
    const one = self.run([status(500), status(500), good()], { name: 'One' });
    expect(activity.get()).toEqual([
      { kind: 'query', name: 'One', reason: 'backoff', attempt: 2, attempts: 3, until: start + 50 },
    ]);
    self.run([limited(5), good()], { kind: 'mutation', name: 'Two' });
    self.run(good(), { kind: 'subscription', name: undefined });
    self.clock.advance(50);
    const spread = 0.5 * 2_500;
    expect(activity.get()).toEqual([
      expect.objectContaining({ name: 'Two', reason: 'rate_limit', attempt: 2 }),
      {
        kind: 'subscription',
        reason: 'rate_limit',
        attempt: 1,
        until: start + 5_000 + spread,
      },
      expect.objectContaining({ name: 'One', reason: 'rate_limit', attempt: 2 }),
    ]);
    self.clock.advance(60_000);
    expect([activity.get(), one.settled]).toEqual([[], 1]);
  });

  it('W10 shows the new instant when a closing is extended or renewed', () => {
    const self = bench();
    const { activity } = self.resilience;
    const start = self.clock.wall();
    const slow = self.run('silence');
    self.run(limited(5), { options: { retry: false } });
    self.run('silence');
    slow.receivers[0]?.next(limited(10));
    expect(activity.get().map(({ until }) => until)).toEqual([start + 10_000, start + 10_000]);
  });

  it('W10 is the same object until somebody comes or goes', () => {
    const self = bench();
    const { activity } = self.resilience;
    const none = activity.get();
    const heard = vi.fn<() => void>();
    activity.subscribe(heard);
    self.run(good());
    expect([activity.get() === none, heard.mock.calls.length]).toEqual([true, 0]);
    const trial = self.run([status(500), good()]);
    const waiting = activity.get();
    expect([waiting.length, activity.get() === waiting, heard.mock.calls.length]).toEqual([
      1,
      true,
      1,
    ]);
    trial.cancel();
    expect([activity.get(), heard.mock.calls.length]).toEqual([[], 2]);
  });

  it('W10 T1 shows a wait for tokens, and for a refresh', async () => {
    const self = bench({
      auth: {
        tokens: () => Promise.resolve(undefined),
        refresh: () => new Promise(() => {}),
      },
    });
    self.run(good());
    expect(self.resilience.activity.get()).toMatchObject([{ reason: 'tokens', attempt: 1 }]);
    await self.clock.advanceAsync(0);
    expect(self.resilience.activity.get()).toMatchObject([{ reason: 'refresh', attempt: 1 }]);
  });
});
