import { describe, expect, it } from 'vitest';
import { ResilienceError } from '../src/index.ts';
import { bench, good, limited, nodeError, status } from './bench.fixture.ts';
import type { Bench, Step, Trial } from './bench.fixture.ts';
import { GOOD, Harness } from './harness.fixture.ts';

const names = (self: Bench): string[] => self.sent.map(({ name }) => name);

/** Operations that begin while the scope is closed. */
function queue(self: Bench, count: number, step: Step = good()): Trial[] {
  return Array.from({ length: count }, (_, index) => self.run(step, { name: `q${index}` }));
}

describe('the gate', () => {
  it('W7 R4 what one operation is told holds for every operation of the scope', () => {
    const self = bench();
    const met = self.run([limited(10), good()], { name: 'met' });
    const others = [
      self.run(good(), { name: 'query' }),
      self.run(good(), { kind: 'mutation', name: 'mutation' }),
      self.run(good(), { kind: 'subscription', name: 'subscription' }),
    ];
    self.clock.advance(9_999);
    expect(names(self)).toEqual(['met']);
    self.clock.advance(1);
    expect(names(self)).toEqual(['met', 'met', 'query', 'mutation', 'subscription']);
    expect([met, ...others].map(({ errors }) => errors.length)).toEqual([0, 0, 0, 0]);
  });

  it('W7 E4 of any number that wait all are answered, also where answers come at once', () => {
    const self = bench({ rateLimit: { queue: Infinity } });
    self.run([limited(10), good()]);
    const waiting = queue(self, 5_000);
    self.clock.advance(60_000);
    expect(waiting.filter(({ settled, errors }) => settled !== 1 || errors.length > 0)).toEqual([]);
    expect(self.resilience.activity.get()).toEqual([]);
  });

  it('X4 not more than a thousand scopes are remembered, closed or not', () => {
    const self = bench();
    for (let nth = 0; nth < 1_010; nth++) {
      self.run(limited(600), { name: 'q', options: { scope: `s${nth}`, retry: false } });
    }
    expect(self.resilience.limits.get()).toHaveLength(1_000);
  });

  it('W7 after a burst of which some were answered it opens as slowly as those were few', async () => {
    const harness = new Harness();
    const burst = Array.from({ length: 48 }, () => harness.run());
    const limit = { status: 429, headers: { 'retry-after': '1' }, body: '' };
    for (const [nth, sent] of harness.sent.entries()) sent.answer(nth < 8 ? GOOD : limit);
    await harness.clock.advanceAsync(11_000);
    const rounds: number[] = [];
    for (let from = 48; from < harness.sent.length;) {
      const round = harness.sent.slice(from);
      rounds.push(round.length);
      from += round.length;
      for (const sent of round) sent.answer(GOOD);
      await harness.settle();
    }
    expect(rounds.slice(0, 5)).toEqual([1, 2, 2, 3, 4]);
    expect(burst.every(({ results }) => results.length === 1)).toBe(true);
  });

  it('W7 what was answered before the burst says nothing of how many it takes at once', async () => {
    const harness = new Harness();
    const before = harness.run();
    harness.sent[0]?.answer(GOOD);
    const burst = Array.from({ length: 40 }, () => harness.run());
    const limit = { status: 429, headers: { 'retry-after': '1' }, body: '' };
    for (const sent of harness.sent.slice(1)) sent.answer(limit);
    await harness.clock.advanceAsync(11_000);
    const rounds: number[] = [];
    for (let from = 41; from < harness.sent.length;) {
      const round = harness.sent.slice(from);
      rounds.push(round.length);
      from += round.length;
      for (const sent of round) sent.answer(GOOD);
      await harness.settle();
    }
    expect(rounds).toEqual([1, 2, 4, 8, 16, 9]);
    expect([before, ...burst].every(({ results }) => results.length === 1)).toBe(true);
  });

  it('W7 R1 without a hint it closes for the operation’s own backoff', () => {
    const self = bench();
    self.run([limited(), good()]);
    const other = self.run(good());
    self.clock.advance(60_000);
    expect(other.times).toEqual([1_000]);
  });

  it('W7 the default scope is the endpoint; other endpoints go on', () => {
    const self = bench();
    const endpoint = 'https://a.example/graphql';
    self.run(limited(10), { endpoint: `${endpoint}?q=1` });
    expect(self.run(good(), { endpoint }).sent).toHaveLength(0);
    expect(self.run(good(), { endpoint: 'https://b.example/graphql' }).sent).toHaveLength(1);
    expect(self.run(good()).sent).toHaveLength(1);
  });

  it('W7 `scope` names it otherwise, and the operation’s own word wins', () => {
    const self = bench({ rateLimit: { scope: ({ name }) => name ?? '' } });
    self.run(limited(10), { name: 'A', endpoint: 'https://a.example' });
    expect(self.run(good(), { name: 'A', endpoint: 'https://b.example' }).sent).toHaveLength(0);
    expect(self.run(good(), { name: 'B', endpoint: 'https://a.example' }).sent).toHaveLength(1);
    expect(self.run(good(), { name: 'A', options: { scope: 'C' } }).sent).toHaveLength(1);
    expect(self.resilience.limits.get()).toMatchObject([{ scope: 'A' }]);
  });

  it('W7 one that backs off for another reason waits at the gate as well', () => {
    const self = bench();
    const backing = self.run([status(500), good()], { name: 'backing' });
    self.run([limited(10), good()], { name: 'met' });
    self.clock.advance(60_000);
    expect(backing.times).toEqual([0, 10_000]);
    expect(names(self)).toEqual(['backing', 'met', 'met', 'backing']);
  });

  it('W7 of 1,500 the first 1,000 wait in order, the others fail at once with queue_full', () => {
    const self = bench();
    self.run([limited(10), good()], { name: 'met' });
    const trials = queue(self, 1_500);
    const refused = trials.filter(({ settled }) => settled === 1);
    expect(refused).toEqual(trials.slice(1_000));
    expect(refused[0]?.errors[0]).toBeInstanceOf(ResilienceError);
    expect(refused[0]?.failure).toMatchObject({
      kind: 'rate_limited',
      stopped: 'queue_full',
      executed: false,
      attempts: 0,
      retryAt: self.clock.wall() + 10_000,
    });
    self.clock.advance(10_000);
    expect(names(self)).toEqual(['met', 'met', ...trials.slice(0, 1_000).map((_, i) => `q${i}`)]);
  });

  it('W7 the one that met the limit goes first and takes no place', () => {
    const self = bench({ rateLimit: { queue: 2 } });
    const [a, b] = [self.run('silence', { name: 'a' }), self.run('silence', { name: 'b' })];
    a.receivers[0]?.next(limited(10));
    const waiting = queue(self, 3, 'silence');
    b.receivers[0]?.next(limited(10));
    expect(waiting.map(({ settled }) => settled)).toEqual([0, 0, 1]);
    self.clock.advance(10_000);
    expect(names(self).slice(2)).toEqual(['a']);
    a.receivers[1]?.next(good());
    expect(names(self).slice(3)).toEqual(['b', 'q0']);
    b.receivers[1]?.next(good());
    expect(names(self).slice(5)).toEqual(['q1']);
  });

  it('W7 F6 RATE_LIMITED beside data closes the scope, and the result is delivered', () => {
    for (const kind of ['query', 'mutation'] as const) {
      const self = bench();
      const partial = {
        status: 200,
        data: { a: 1 },
        errors: [{ message: 'slow down', extensions: { code: 'RATE_LIMITED' } }],
        headers: { 'retry-after': '10' },
      };
      const trial = self.run(partial, { kind });
      expect([trial.results, trial.settled]).toEqual([[partial], 1]);
      const next = self.run(good());
      self.clock.advance(60_000);
      expect([trial.sent.length, next.times]).toEqual([1, [10_000]]);
    }
  });

  it('W7 `unavailable` closes it with a hint, and without one does not', () => {
    const self = bench();
    self.run([status(503), good()], { options: { scope: 'plain' } });
    self.run(status(503, { 'retry-after': '5' }), { options: { scope: 'hinted' } });
    self.run(status(500, { 'retry-after': '5' }), { options: { scope: 'error' } });
    self.run(status(423), { options: { scope: 'locked' } });
    expect(self.resilience.limits.get().map(({ scope }) => scope)).toEqual(['hinted']);
  });

  it('W7 M1 a mutation that may not be repeated closes it all the same', () => {
    const self = bench();
    const trial = self.run(status(503, { 'retry-after': '5' }), { kind: 'mutation' });
    expect(trial.failure?.stopped).toBe('unsafe_mutation');
    expect(self.run(good()).sent).toHaveLength(0);
  });

  it('W7 E1 leaving and coming back does not get round it', () => {
    const self = bench();
    const mounted = self.run([limited(10), good()]);
    for (let mount = 0; mount < 20; mount++) {
      mounted.cancel();
      const again = self.run(good());
      self.clock.advance(100);
      again.cancel();
    }
    const last = self.run(good());
    self.clock.advance(60_000);
    expect([self.sent.length, last.times]).toEqual([2, [10_000]]);
  });

  it('W7 `rateLimit: false` closes nothing: each backs off by itself', () => {
    const self = bench({ rateLimit: false });
    const trial = self.run([limited(10), good()]);
    const other = self.run(good());
    expect(self.resilience.limits.get()).toEqual([]);
    self.clock.advance(60_000);
    expect([trial.times, other.times]).toEqual([[0, 10_000], [0]]);
  });
});

describe('a gate that opens', () => {
  function opened(count: number, step: Step = 'silence'): { self: Bench; trials: Trial[] } {
    const self = bench({ timeout: { total: 1e6 } });
    const first = self.run(limited(10), { options: { retry: false } });
    expect(first.settled).toBe(1);
    const trials = queue(self, count, step);
    self.clock.advance(10_000);
    return { self, trials };
  }
  const sent = (trials: readonly Trial[]): number => trials.filter((one) => one.sent.length).length;
  /** The second attempt of a trial, for one that counts first attempts. */
  const retried = (trial: Trial): Trial => ({
    ...trial,
    get sent() {
      return trial.sent.slice(1);
    },
    get receivers() {
      return trial.receivers.slice(1);
    },
  });

  /** How many are in flight after each of some successes. */
  function flights(trials: readonly Trial[], successes: number): number[] {
    const under: number[] = [sent(trials)];
    for (let index = 0; index < successes; index++) {
      trials[index]?.receivers[0]?.next(good());
      under.push(sent(trials) - index - 1);
    }
    return under;
  }

  it('W7 lets one go first; each success one more than before, up to half of what was in flight at the limit', () => {
    const self = bench({ timeout: { total: 1e6 } });
    const load = Array.from({ length: 16 }, () => self.run('silence'));
    for (const { receivers } of load) receivers[0]?.next(limited(10));
    const trials = queue(self, 100, 'silence');
    self.clock.advance(10_000);
    // Those that met the limit go before those that heard of it.
    const all = [...load.map(retried), ...trials];
    expect(flights(all, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 8]);
  });

  it('W7 from there on one more a round', () => {
    const { trials } = opened(100);
    // One was in flight at the limit: congestion avoidance from the first.
    expect(flights(trials, 10)).toEqual([1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4]);
  });

  it('W7 is closed again by a first one that is told to wait again', () => {
    const { self, trials } = opened(3);
    trials[0]?.receivers[0]?.next(limited(5));
    self.clock.advance(4_999);
    expect(sent(trials)).toBe(1);
    self.clock.advance(1);
    expect(trials.map(({ sent: all }) => all.length)).toEqual([2, 0, 0]);
  });

  it.each([
    ['is cancelled', (probe: Trial) => probe.cancel()],
    ['fails otherwise', (probe: Trial) => probe.receivers[0]?.next(status(404))],
    ['breaks', (probe: Trial) => probe.receivers[0]?.error(nodeError('ECONNRESET'))],
    ['ends without a word', (probe: Trial) => probe.receivers[0]?.complete()],
  ])('W7 a first one that %s does not hold up the others', (_, end) => {
    const { trials } = opened(3);
    if (trials[0] !== undefined) end(trials[0]);
    expect(trials[1]?.sent).toHaveLength(1);
  });

  it('W7 R2 nor does one that never gets an answer', () => {
    const { self, trials } = opened(2);
    self.clock.advance(29_999);
    expect(trials[1]?.sent).toHaveLength(0);
    self.clock.advance(1);
    expect(trials[1]?.sent).toHaveLength(1);
  });

  it('W7 M1 R2 nor does a mutation that hangs, which is answered all the same', () => {
    const self = bench({ timeout: { total: 1e6 } });
    self.run(limited(10), { options: { retry: false } });
    const mutation = self.run('silence', { kind: 'mutation' });
    const query = self.run(good());
    self.clock.advance(39_999);
    expect([mutation.sent.length, query.sent.length]).toEqual([1, 0]);
    self.clock.advance(1);
    expect([query.settled, mutation.settled, mutation.ended]).toEqual([1, 0, 0]);
    self.clock.advance(600_000);
    mutation.receivers[0]?.next(good());
    mutation.receivers[0]?.complete();
    expect([mutation.results.length, mutation.settled]).toEqual([1, 1]);
  });

  it('W7 S2 nor does a subscription on which nothing happens', () => {
    const self = bench({ timeout: { total: 1e6 } });
    self.run(limited(10), { options: { retry: false } });
    const quiet = self.run('silence', { kind: 'subscription' });
    const query = self.run(good());
    self.clock.advance(10_000);
    expect([quiet.sent.length, query.sent.length]).toEqual([1, 0]);
    self.clock.advance(30_000);
    expect([query.sent.length, quiet.settled]).toEqual([1, 0]);
  });

  it('W7 S2 nor does one that comes back, and whose next event comes', () => {
    const self = bench({ timeout: { total: 1e6 } });
    const stream = self.run('silence', { kind: 'subscription' });
    stream.receivers[0]?.next(good());
    stream.receivers[0]?.error({ statusCode: 429, response: { headers: { 'retry-after': '10' } } });
    const query = self.run(good());
    self.clock.advance(10_000);
    expect([stream.sent.length, query.sent.length]).toEqual([2, 0]);
    stream.receivers[1]?.next(good());
    expect(query.sent).toHaveLength(1);
  });

  it('W7 E1 those that leave the queue are not sent', () => {
    const self = bench();
    self.run(limited(10), { options: { retry: false } });
    const trials = queue(self, 3);
    trials[0]?.cancel();
    self.clock.advance(10_000);
    expect(trials.map(({ sent: all }) => all.length)).toEqual([0, 1, 1]);
  });
});
