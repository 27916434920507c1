import { afterEach, describe, expect, it, vi } from 'vitest';
import { bench, good, limited, status } from './bench.fixture.ts';

describe('tokens', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('X1 X2 F11 go into the request’s own headers and nowhere else', async () => {
    const stored: unknown[] = [];
    const keep = (...given: unknown[]): null => {
      stored.push(given);
      return null;
    };
    vi.stubGlobal('window', {});
    vi.stubGlobal('document', {});
    for (const name of ['sessionStorage', 'localStorage']) {
      vi.stubGlobal(name, { getItem: keep, setItem: keep });
    }
    const self = bench({
      auth: {
        tokens: { accessToken: 'secret-1', refreshToken: 'secret-r' },
        refresh: () => Promise.resolve({ accessToken: 'secret-2' }),
      },
    });
    const shown: unknown[] = [];
    const { activity, limits, session } = self.resilience;
    for (const board of [activity, limits, session]) {
      board.subscribe(() => void shown.push(board.get()));
    }
    const trial = self.run([status(401), status(500), limited(1), status(404)]);
    const unsigned = self.run(good(), { options: { auth: false } });
    await self.clock.advanceAsync(60_000);
    expect(trial.sent.map(({ attempt }) => attempt.headers)).toEqual([
      { authorization: 'Bearer secret-1' },
      { authorization: 'Bearer secret-2' },
      { authorization: 'Bearer secret-2' },
      { authorization: 'Bearer secret-2' },
    ]);
    expect(unsigned.sent[0]?.attempt.headers).toEqual({});
    expect(stored.length).toBeGreaterThan(0);
    expect(JSON.stringify([stored, shown, self.events, trial.failure])).not.toContain('secret');
  });
});

describe('bounds', () => {
  it('E1 E2 an attempt that is ended before its sending has returned is ended all the same', () => {
    const self = bench();
    const controller = new AbortController();
    const first = self.run('silence', { signal: controller.signal });
    // A transport that answers at once with what makes the application abort.
    const trial = self.run(() => controller.abort(), { signal: controller.signal });
    // One that refuses at once, and does not close the line by itself.
    const refused = self.run([(receiver) => receiver.next(limited(1)), 'silence']);
    expect([refused.sent.length, refused.ended]).toEqual([1, 1]);
    self.clock.advance(60_000);
    expect([first, trial].map(({ ended, settled }) => [ended, settled])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(trial.failure).toMatchObject({ kind: 'aborted', stopped: 'aborted' });
  });

  it('X4 of 10,000 operations at a closed scope 1,000 wait, and one timer serves them', () => {
    const self = bench({ timeout: { total: Infinity } });
    self.run(limited(10), { options: { retry: false } });
    const before = self.clock.pending;
    const trials = Array.from({ length: 10_000 }, () => self.run(good()));
    expect(trials.filter(({ settled }) => settled === 0)).toHaveLength(1_000);
    expect(self.resilience.activity.get()).toHaveLength(1_000);
    expect(self.clock.pending - before).toBe(1);
    self.clock.advance(10_000);
    expect(trials.every(({ settled }) => settled === 1)).toBe(true);
    expect(self.clock.pending).toBe(0);
  });

  it('X4 E4 waits leave nothing behind: no timer, no activity, no limit', () => {
    const self = bench();
    for (let index = 0; index < 50; index++) {
      const scope = { options: { scope: `s${index}` } };
      self.run([status(500), limited(1), status(423), good()], scope);
      self.run([limited(), good()], scope).cancel();
    }
    self.clock.advance(60_000);
    const { activity, limits } = self.resilience;
    expect([activity.get(), limits.get(), self.clock.pending]).toEqual([[], [], 0]);
  });

  it('X4 scopes that have opened again are forgotten, however many there were', () => {
    const self = bench({ retry: false });
    for (let index = 0; index < 5_000; index++) {
      self.run(limited(1), { options: { scope: `s${index}` } });
      self.clock.advance(1_000);
    }
    expect(self.resilience.limits.get()).toEqual([]);
    const trials = Array.from({ length: 5_000 }, (_, index) =>
      self.run(good(), { options: { scope: `s${index}` } }),
    );
    expect(trials.every(({ settled }) => settled === 1)).toBe(true);
  });

  it('X4 R8 a server that says `Retry-After: 0` without end is asked four times', () => {
    const self = bench();
    const trial = self.run(limited(0));
    self.clock.advance(60_000);
    expect([trial.sent.length, trial.failure?.stopped]).toEqual([4, 'attempts']);
  });
});
