import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Readable, Signal } from '../src/index.ts';
import { bench, good, limited, nodeError, status } from './bench.fixture.ts';
import type { Bench, Step, Trial } from './bench.fixture.ts';
import { endpointError, Harness } from './harness.fixture.ts';

const ALMOST_ONE = 1 - Number.EPSILON;

/** A server that takes so many requests a second, and tells the others to come back in one. */
function busy(self: Bench, perSecond: number): Step {
  let window = 0;
  let taken = 0;
  return (receiver) => {
    const second = Math.floor(self.clock.monotonic() / 1_000);
    if (second > window) [window, taken] = [second, 0];
    const answer = ++taken > perSecond ? limited(1) : good();
    self.clock.after(20, () => {
      receiver.next(answer);
      receiver.complete();
    });
  };
}

describe('many operations on a server that takes few', () => {
  it.each([
    [undefined, 2.2],
    [20, 1.3],
  ])(
    'W7 R4 300 queries at once are all answered: concurrency %s, %d requests each at most',
    (concurrency, most) => {
      const self = bench({ rateLimit: concurrency === undefined ? {} : { concurrency } });
      self.chance = 0.5;
      const step = busy(self, 50);
      const trials = Array.from({ length: 300 }, (_, index) =>
        self.run(step, { name: `q${index}` }),
      );
      self.clock.advance(60_000);
      expect(trials.filter(({ errors, settled }) => errors.length > 0 || settled !== 1)).toEqual(
        [],
      );
      expect(trials.every(({ failure }) => failure === undefined)).toBe(true);
      expect(self.sent.length / 300).toBeLessThanOrEqual(most);
      expect(self.of('budget_empty')).toEqual([]);
    },
  );

  it('W7 R4 a wait that the server named is no attempt: again and again, up to the deadline', () => {
    const self = bench({ retry: { attempts: 1, budget: { capacity: 0 } } });
    const trial = self.run(limited(5));
    self.clock.advance(60_000);
    expect(trial.sent).toHaveLength(12);
    expect(trial.failure).toMatchObject({ kind: 'rate_limited', stopped: 'wait_too_long' });
    expect(self.of('budget_empty')).toEqual([]);
  });

  it('R4 R1 one that it did not name is one, and costs', () => {
    const self = bench({ retry: { attempts: 3, budget: { capacity: 5 } } });
    const trial = self.run(limited());
    self.clock.advance(60_000);
    expect([trial.sent.length, trial.failure?.stopped]).toEqual([2, 'budget']);
  });

  it('W7 W4 each wait is within maxWait all the same', () => {
    const self = bench({ rateLimit: { maxWait: 10_000 } });
    const trial = self.run([limited(9), limited(11)]);
    self.clock.advance(60_000);
    expect(trial.times).toEqual([0, 9_000]);
    expect(trial.failure).toMatchObject({ stopped: 'wait_too_long' });
  });
});

describe('rateLimit.concurrency', () => {
  const flying = (trials: readonly Trial[]): number =>
    trials.filter(({ sent, settled }) => sent.length > 0 && settled === 0).length;

  it('W7 bounds how many are in flight in a scope, and lets the next go in order', () => {
    const self = bench({ rateLimit: { concurrency: 3 } });
    const trials = Array.from({ length: 10 }, (_, index) =>
      self.run('silence', { name: `q${index}` }),
    );
    const elsewhere = self.run('silence', { options: { scope: 'other' } });
    expect([flying(trials), elsewhere.sent.length]).toEqual([3, 1]);
    for (let index = 0; index < 7; index++) {
      trials[index]?.receivers[0]?.next(good());
      trials[index]?.receivers[0]?.complete();
      expect(flying(trials)).toBe(Math.min(3, 9 - index));
    }
    expect(self.sent.map(({ name }) => name).filter((name) => name.startsWith('q'))).toEqual(
      trials.map((_, index) => `q${index}`),
    );
  });

  it.each([
    ['is cancelled', (trial: Trial) => trial.cancel()],
    ['fails', (trial: Trial) => trial.receivers[0]?.next(status(404))],
    ['is lost', (trial: Trial) => trial.receivers[0]?.error(nodeError('ECONNRESET'))],
  ])('W7 a place is given back by one that %s', (_, end) => {
    const self = bench({ rateLimit: { concurrency: 1 } });
    const [first, second] = [
      self.run('silence', { name: 'A' }),
      self.run('silence', { name: 'B' }),
    ];
    expect(second.sent).toHaveLength(0);
    end(first);
    expect(second.sent).toHaveLength(1);
  });

  it('W7 M1 a mutation that hangs gives its place back after 30 s, and is answered all the same', () => {
    const self = bench({ rateLimit: { concurrency: 1 } });
    const mutation = self.run('silence', { kind: 'mutation' });
    const query = self.run(good());
    self.clock.advance(29_999);
    expect(query.sent).toHaveLength(0);
    self.clock.advance(1);
    expect([query.settled, mutation.settled, mutation.ended]).toEqual([1, 0, 0]);
    mutation.receivers[0]?.next(good());
    mutation.receivers[0]?.complete();
    expect(mutation.settled).toBe(1);
  });

  it('W7 S2 a subscription that stands, quiet or not, takes no place for ever', () => {
    const self = bench({ rateLimit: { concurrency: 1 } });
    const quiet = self.run('silence', { kind: 'subscription', name: 'S' });
    const query = self.run(good());
    self.clock.advance(30_000);
    expect([query.settled, quiet.settled]).toEqual([1, 0]);
    const lively = self.run('silence', { kind: 'subscription', name: 'T' });
    lively.receivers[0]?.next(good());
    expect(self.run(good()).settled).toBe(1);
  });

  it('W7 whoever waits for a place alone is not refused for want of one in the queue', () => {
    const self = bench({ rateLimit: { concurrency: 1, queue: 2 } });
    const trials = Array.from({ length: 10 }, () => self.run('silence'));
    expect(trials.map(({ settled }) => settled)).toEqual(trials.map(() => 0));
    expect(self.resilience.activity.get()).toHaveLength(9);
    expect(self.resilience.limits.get()).toEqual([]);
  });

  it('W7 nor does one that was sent before take a place in it', () => {
    const self = bench({ rateLimit: { queue: 2 }, outage: false });
    self.chance = 0.5;
    const sentBefore = Array.from({ length: 5 }, () => self.run([status(500), good()]));
    self.run([limited(10), good()]);
    self.clock.advance(100);
    const fresh = Array.from({ length: 3 }, () => self.run(good()));
    expect(fresh.map(({ failure }) => failure?.stopped)).toEqual([
      undefined,
      undefined,
      'queue_full',
    ]);
    self.clock.advance(60_000);
    expect(sentBefore.every(({ settled, errors }) => settled === 1 && errors.length === 0)).toBe(
      true,
    );
  });
});

describe('rateLimit.spread', () => {
  /** When an operation goes that met a limit of so many seconds. */
  function goes(seconds: number, spread: number | undefined, chance: number): number {
    const self = bench({
      rateLimit: spread === undefined ? {} : { spread },
      timeout: { total: 600_000 },
    });
    self.chance = chance;
    const trial = self.run([limited(seconds), good()]);
    self.clock.advance(600_000);
    return Math.round(trial.times[1] ?? Number.NaN);
  }

  it('W13 W3 is half of the hint by default, at least 1 s and at most 10 s', () => {
    for (const [seconds, most] of [
      [1, 1_000],
      [2, 1_000],
      [8, 4_000],
      [20, 10_000],
      [30, 10_000],
    ] as const) {
      expect(goes(seconds, undefined, 0)).toBe(seconds * 1_000);
      expect(goes(seconds, undefined, ALMOST_ONE)).toBe(seconds * 1_000 + most);
    }
  });

  it('W13 a tool with one user sets 0: exactly at the hint', () => {
    expect(goes(8, 0, ALMOST_ONE)).toBe(8_000);
  });

  it('W13 1 is twice as far', () => {
    expect(goes(8, 1, ALMOST_ONE)).toBe(16_000);
    expect(goes(1, 1, ALMOST_ONE)).toBe(3_000);
    expect(goes(30, 1, ALMOST_ONE)).toBe(50_000);
  });

  it.each([
    [undefined, 10_500],
    [0, 7_000],
  ])('W13 T6 holds for the token endpoint’s hints too: %s', async (spread, instant) => {
    const harness = new Harness(
      { tokens: { accessToken: 't1', expiresAt: 1 } },
      { random: () => ALMOST_ONE, rateLimit: spread === undefined ? {} : { spread } },
    );
    harness.run();
    await harness.settle();
    await harness.refreshes[0]!.fail(endpointError(429, undefined, { 'retry-after': '7' }));
    await harness.clock.advanceAsync(instant - 1);
    expect(harness.refreshes).toHaveLength(1);
    await harness.clock.advanceAsync(1);
    expect(harness.refreshes).toHaveLength(2);
  });
});

describe('time that bounds an attempt', () => {
  it('R2 M1 a mutation’s attempt is not cut, by its own limit or by the total', () => {
    const self = bench();
    const mutation = self.run('silence', { kind: 'mutation' });
    self.clock.advance(3_600_000);
    expect([mutation.settled, mutation.ended, self.clock.pending]).toEqual([0, 0, 0]);
    mutation.receivers[0]?.next(good());
    mutation.receivers[0]?.complete();
    expect([mutation.results.length, mutation.settled]).toEqual([1, 1]);
  });

  it('R2 M1 unless the application says so: `timeout.attempt`', () => {
    const self = bench({ timeout: { attempt: 5_000 } });
    const mutation = self.run('silence', { kind: 'mutation' });
    self.clock.advance(4_999);
    expect(mutation.settled).toBe(0);
    self.clock.advance(1);
    expect(mutation.failure).toMatchObject({
      kind: 'timeout',
      executed: undefined,
      stopped: 'unsafe_mutation',
    });
    expect([mutation.ended, mutation.failure?.advice]).toEqual([
      1,
      expect.stringMatching(/look up/i),
    ]);
  });

  it('R2 an operation’s own timeout bounds the whole and takes the place of the attempt’s limit', () => {
    const self = bench({ timeout: { attempt: 1_000 } });
    const upload = self.run('silence', { kind: 'mutation', options: { timeout: 120_000 } });
    const report = self.run('silence', { options: { timeout: 120_000 } });
    self.clock.advance(119_999);
    expect([upload.ended, report.ended, upload.settled, report.settled]).toEqual([0, 0, 0, 0]);
    self.clock.advance(1);
    for (const { failure } of [upload, report]) {
      expect(failure).toMatchObject({ kind: 'timeout', stopped: 'deadline', attempts: 1 });
    }
  });

  it('R2 the total counts from the start, over waits and attempts, for a mutation too', () => {
    const self = bench({ retry: { attempts: 100, budget: false } });
    const slow: Step = (receiver) =>
      void self.clock.after(25_000, () => receiver.next(status(423)));
    const mutation = self.run(slow, { kind: 'mutation' });
    self.clock.advance(600_000);
    expect(mutation.times.every((at) => at < 60_000)).toBe(true);
    expect(mutation.failure).toMatchObject({ kind: 'locked', stopped: 'deadline' });
  });

  it('R2 subscriptions have neither; their own timeout counts until the first event', () => {
    const self = bench();
    const quiet = self.run('silence', { kind: 'subscription' });
    self.clock.advance(86_400_000);
    expect([quiet.settled, quiet.ended]).toEqual([0, 0]);
    const own = self.run('silence', { kind: 'subscription', options: { timeout: 1_000 } });
    const heard = self.run('silence', { kind: 'subscription', options: { timeout: 1_000 } });
    heard.receivers[0]?.next(good());
    self.clock.advance(1_000);
    expect([own.failure?.kind, heard.settled]).toEqual(['timeout', 0]);
  });
});

describe('offline', () => {
  const never: Readable<boolean> = { get: () => false, subscribe: () => () => {} };

  it('W11 a stream, which has no deadline, is tried after a while although a browser says so for ever', () => {
    const self = bench({ online: never });
    const stream = self.run('silence', { kind: 'subscription' });
    self.clock.advance(59_999);
    expect(stream.sent).toHaveLength(0);
    self.clock.advance(1);
    expect(stream.sent).toHaveLength(1);
    stream.receivers[0]?.next(good());
    expect(stream.results).toHaveLength(1);
  });

  it('W11 S2 it is so for each attempt anew, and one’s own timeout bounds it', () => {
    const self = bench({ online: never });
    const stream = self.run([{ fails: nodeError('ECONNRESET') }, 'silence'], {
      kind: 'subscription',
    });
    const own = self.run('silence', { kind: 'subscription', options: { timeout: 5_000 } });
    self.clock.advance(5_000);
    expect(own.failure).toMatchObject({ kind: 'network', executed: false, stopped: 'deadline' });
    self.clock.advance(115_100);
    expect(stream.times.map(Math.round)).toEqual([60_000, 120_001]);
  });

  it('W11 a total without an end is one of a minute for this', () => {
    const self = bench({ online: never, timeout: { total: Infinity } });
    const query = self.run(good());
    const stream = self.run('silence', { kind: 'subscription' });
    self.clock.advance(600_000);
    expect([query.sent.length, stream.sent.length]).toEqual([1, 1]);
  });
});

describe('bounds', () => {
  it('X4 no more than 1,000 closed scopes are remembered, the oldest of them first to go', () => {
    const self = bench({ retry: false });
    for (let index = 0; index < 3_000; index++) {
      self.run(limited(20), { options: { scope: `s${index}` } });
    }
    const closed = self.resilience.limits.get();
    expect(closed).toHaveLength(1_000);
    expect([closed[0]?.scope, closed.at(-1)?.scope]).toEqual(['s2000', 's2999']);
    expect(self.run(good(), { options: { scope: 's0' } }).settled).toBe(1);
    expect(self.run(good(), { options: { scope: 's2500' } }).settled).toBe(0);
    self.clock.advance(60_000);
    expect([self.resilience.limits.get(), self.clock.pending]).toEqual([[], 0]);
  });

  it('X4 H1 nor of scopes that are down, and none that somebody waits for is forgotten', () => {
    const self = bench({ timeout: { total: 600_000 }, outage: { patience: 600_000 } });
    const waiting = self.run(status(503), { options: { scope: 'waited for' }, name: 'A' });
    self.run(status(503), { options: { scope: 'waited for' }, name: 'B' });
    for (let index = 0; index < 2_000; index++) {
      const options = { scope: `s${index}`, retry: false };
      self.run(status(503), { options, name: 'A' });
      self.run(status(503), { options, name: 'B' });
    }
    const closed = self.resilience.limits.get();
    expect(closed.length).toBeLessThanOrEqual(1_000);
    expect(closed.map(({ scope }) => scope)).toContain('waited for');
    expect(waiting.settled).toBe(0);
  });
});

describe('a production build', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  it('X5 checks no options, and says nothing', () => {
    vi.stubEnv('NODE_ENV', 'production');
    const warned = vi.spyOn(console, 'warn');
    expect(() =>
      bench({ retry: { attempts: '3' as never }, rateLimit: { max: 1 } as never }),
    ).not.toThrow();
    const self = bench();
    const options = { idempotant: true, retry: 'yes', timeout: -5 } as never;
    expect(self.run(good(), { options }).settled).toBe(1);
    expect(warned).not.toHaveBeenCalled();
  });

  it.each([
    [{ idempotant: true }, 'idempotant'],
    [{ retry: 'yes' }, 'retry'],
    [{ timeout: -5 }, 'timeout'],
    [{ scope: 7 }, 'scope'],
  ])('X5 a development build refuses %j before anything is sent', (options, name) => {
    const self = bench();
    const trial = self.run(good(), { options: options as never });
    expect([trial.sent.length, trial.settled]).toEqual([0, 1]);
    expect(trial.failure).toMatchObject({ kind: 'bad_input', executed: false });
    expect(trial.failure?.message).toContain(name);
  });

  it('X3 X5 refuses tokens that a header cannot hold all the same', () => {
    vi.stubEnv('NODE_ENV', 'production');
    const auth = { tokens: { accessToken: 'secret\r\nx: 1' } };
    expect(() => bench({ auth })).toThrow(TypeError);
    expect(() => bench({ auth })).not.toThrow(/secret/);
  });

  it('F10 X5 has the profile’s advice, and a server’s message, alone', () => {
    vi.stubEnv('NODE_ENV', 'production');
    const self = bench({ retry: false });
    const answer: Signal = { status: 200, errors: [{ message: 'of the server' }] };
    expect(self.run(answer).failure).toMatchObject({ message: 'of the server' });
    const unsent = self.run(good(), { options: { scope: 'closed' } });
    expect(unsent.settled).toBe(1);
  });
});
