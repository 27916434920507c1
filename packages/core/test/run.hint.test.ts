import * as fc from '../../../tests/properties.ts';
import { describe, expect, it } from 'vitest';
import { defineProfile } from '../src/index.ts';
import { START, bench, good, limited, status } from './bench.fixture.ts';
import type { Step } from './bench.fixture.ts';

const ALMOST_ONE = 1 - Number.EPSILON;
const chances = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

function date(epochMs: number): string {
  return new Date(epochMs).toUTCString();
}

/** When the second attempt goes, in milliseconds after the first. */
function second(step: Step, chance = 0, wallOff = 0): number | undefined {
  const self = bench();
  self.chance = chance;
  if (wallOff !== 0) self.clock.setWall(self.clock.wall() + wallOff);
  const trial = self.run([step, good()]);
  self.clock.advance(60_000);
  expect(trial.settled).toBe(1);
  return trial.times[1] === undefined ? undefined : Math.round(trial.times[1]);
}

describe('a wait that the server names', () => {
  it.each([
    ['429', limited(7)],
    ['503', status(503, { 'retry-after': '7' })],
    ['500', status(500, { 'retry-after': '7' })],
    ['423', status(423, { 'retry-after': '7' })],
    ['RateLimit', status(429, { ratelimit: '"hour";r=0;t=7' })],
    ['RateLimit-Reset', status(429, { 'ratelimit-reset': '7' })],
    ['X-RateLimit-Reset', status(429, { 'x-ratelimit-reset': '7' })],
  ])('W3 nothing is sent before it, after %s', (_, step) => {
    expect(second(step, 0)).toBe(7_000);
    expect(second(step, 0.5)).toBe(8_750);
    expect(second(step, ALMOST_ONE)).toBe(10_500);
  });

  it('W3 the spread is U(0, clamp(hint/2, 1 s, 10 s))', () => {
    expect(second(limited(1), ALMOST_ONE)).toBe(2_000);
    expect(second(limited(20), ALMOST_ONE)).toBe(30_000);
    expect(second(limited(30), ALMOST_ONE)).toBe(40_000);
  });

  it('W1 of several, Retry-After counts, then RateLimit, then the resets', () => {
    const headers: Record<string, string> = {
      'retry-after': '1',
      ratelimit: '"hour";r=0;t=2',
      'ratelimit-reset': '3',
      'x-ratelimit-reset': '4',
      'x-rate-limit-reset': '5',
    };
    const waits = Object.keys(headers).map((name) => {
      const wait = second(status(429, { ...headers }));
      delete headers[name];
      return wait;
    });
    expect(waits).toEqual([1_000, 2_000, 3_000, 4_000, 5_000]);
  });

  it('W2 `2` is two seconds', () => {
    expect(second(limited(2))).toBe(2_000);
    expect(second(limited('2.0'))).toBe(2_000);
  });

  it('R8 W3 `0` is a hint: at once, and spread over a second', () => {
    expect(second(limited(0), 0)).toBe(0);
    expect(second(limited(0), 0.5)).toBe(500);
  });

  it.each(['-5', '0x10', '1e3', '2, 7', 'NaN', 'Infinity', 'soon', '', '2030-01-01T00:00:00Z'])(
    'W2 W5 `%s` is none: own backoff',
    (value) => {
      expect(second(limited(value))).toBe(1_000);
    },
  );

  it.each([2 ** 31 - 1, 2 ** 31, 2 ** 40].map((ms) => Math.ceil(ms / 1_000)))(
    'W5 one of %i s neither fires at once nor hangs',
    (seconds) => {
      const { run, clock } = bench({ timeout: { total: Infinity } });
      const trial = run([limited(seconds), good()]);
      clock.advance(60_000);
      expect([trial.sent.length, trial.failure?.stopped]).toEqual([1, 'wait_too_long']);
      expect(trial.failure?.retryAt).toBe(clock.wall() - 60_000 + seconds * 1_000);
    },
  );

  it('W5 one beyond what a timer holds is waited for where that is allowed', () => {
    const { run, clock } = bench({
      rateLimit: { maxWait: Infinity },
      timeout: { total: Infinity },
    });
    const trial = run([limited(9_999_999), good()]);
    const alone = run([status(500, { 'retry-after': '9999999' }), good()], {
      options: { scope: 'other' },
    });
    clock.advance(9_999_999_000 - 1);
    expect([trial.sent.length, alone.sent.length]).toEqual([1, 1]);
    clock.advance(1);
    expect([trial.sent.length, alone.sent.length]).toEqual([2, 2]);
  });

  it.each([Number.NaN, -1, -Infinity, Infinity, '5', null])(
    'W5 a profile’s reader that answers %s has found none',
    (value) => {
      const profile = defineProfile({ name: 'own', hints: [() => value as number] });
      const { run, clock } = bench({ profile });
      const trial = run([limited(), good()]);
      clock.advance(60_000);
      expect(trial.times).toEqual([0, 1_000]);
    },
  );

  it.each([
    [2 ** 31, [0]],
    [5e15, [0]],
    [0, [0, 0]],
    [0.25, [0, 1]],
    [2_500, [0, 2_500]],
  ])('W3 W5 one that answers %d ms is obeyed', (value, times) => {
    const profile = defineProfile({ name: 'own', hints: [() => value] });
    const { run, clock } = bench({ profile });
    const trial = run([limited(), good()]);
    clock.advance(60_000);
    expect(trial.times.map(Math.ceil)).toEqual(times);
    expect(trial.settled).toBe(1);
  });

  it.each([Number.NaN, -1, 1, 2 ** 31, Infinity])(
    'W5 a random source that answers %d harms no wait',
    (value) => {
      const { run, clock } = bench({ random: () => value });
      const trials = [
        run([limited(2), good()]),
        run([status(500), good()], { options: { scope: 'other' } }),
      ];
      clock.advance(60_000);
      expect(trials.map(({ times }) => times)).toEqual([
        [0, 2_500],
        [0, 50],
      ]);
    },
  );

  it('W3 W4 no query goes before its hint or past its deadline, whatever hint and chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), chances, (seconds, chance) => {
        const self = bench();
        self.chance = chance;
        const trial = self.run([limited(seconds), good()]);
        self.clock.advance(60_000);
        expect(trial.settled).toBe(1);
        if (seconds > 30) expect(trial.failure?.stopped).toBe('wait_too_long');
        else expect(trial.times[1]).toBeGreaterThanOrEqual(seconds * 1_000);
      }),
    );
  });
});

describe('clocks that are wrong', () => {
  const HOUR = 3_600_000;
  const real = START;

  it.each([-HOUR, HOUR, 24 * 365 * HOUR])('W6 by %i ms: a date is read beside `Date`', (off) => {
    const headers = { date: date(real), 'retry-after': date(real + 10_000) };
    expect(second(status(429, headers), 0, off)).toBe(10_000);
    const epoch = { date: date(real), 'x-ratelimit-reset': String(real / 1_000 + 10) };
    expect(second(status(429, epoch), 0, off)).toBe(10_000);
  });

  it('W6 without `Date`, ours is all there is', () => {
    expect(second(status(429, { 'retry-after': date(real + 10_000) }))).toBe(10_000);
    expect(second(status(429, { 'retry-after': date(real + 10_000) }), 0, -10_000)).toBe(20_000);
  });

  it('W6 T10 a wall clock that jumps during a wait moves nothing', () => {
    for (const jump of [-HOUR, HOUR]) {
      const { run, clock } = bench();
      const trials = [run([limited(10), good()]), run(good())];
      clock.advance(5_000);
      clock.setWall(clock.wall() + jump);
      clock.advance(4_999);
      expect(trials.map(({ sent }) => sent.length)).toEqual([1, 0]);
      clock.advance(1);
      expect(trials.map(({ times }) => times.at(-1))).toEqual([10_000, 10_000]);
    }
  });

  it.each(['UTC', 'America/Los_Angeles', 'Asia/Kolkata'])('W2 W6 dates are UTC in %s', (zone) => {
    const before = process.env['TZ'];
    process.env['TZ'] = zone;
    try {
      // asctime has no zone; 2026-01-01 was a Thursday.
      const asctime = 'Thu Jan  1 00:00:10 2026';
      expect(second(limited(asctime))).toBe(10_000);
      expect(second(limited(date(real + 10_000)))).toBe(10_000);
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });
});
