import { describe, expect, it } from 'vitest';
import { ResilienceError } from '../src/index.ts';
import type { OperationInfo, ResilienceOptions } from '../src/index.ts';
import { bench, good, limited, nodeError, status } from './bench.fixture.ts';
import type { Bench, Step, Trial } from './bench.fixture.ts';
import { connectionPolicy } from '../src/socket.ts';

const lost: Step = { fails: nodeError('ECONNRESET') };
const refused: Step = { fails: nodeError('ECONNREFUSED') };
const ALMOST_ONE = 1 - Number.EPSILON;

/** An error as Hot Chocolate has it where one resolver nulls the data: the server has executed. */
const executed: Step = {
  status: 500,
  data: null,
  errors: [{ message: 'no', path: ['order'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
};

const shown = (self: Bench): unknown => self.resilience.limits.get();
const isDown = (self: Bench): boolean =>
  self.resilience.limits.get().some(({ reason }) => reason === 'outage');

/** An instance whose scope is down since now: operations A and B have failed, and do so for ever. */
function down(
  step: Step = status(503),
  options: ResilienceOptions = {},
): { self: Bench; a: Trial; b: Trial } {
  const self = bench(options);
  const a = self.run(step, { name: 'A' });
  const b = self.run(step, { name: 'B' });
  expect(isDown(self)).toBe(true);
  return { self, a, b };
}

describe('what makes a scope count as down', () => {
  const signs: readonly [string, Step][] = [
    ['a lost connection', lost],
    ['a refused one', refused],
    ['a browser’s network error', { fails: new TypeError('Failed to fetch') }],
    ...[500, 502, 503, 504, 520, 521, 522, 523, 524].map((code): [string, Step] => [
      String(code),
      status(code),
    ]),
  ];

  it.each(signs)('H1 two in a row do, of whatever operations: %s', (_, step) => {
    const { self, a, b } = down(step);
    expect(self.of('scope_closed')).toMatchObject([{ scope: 'default', reason: 'outage' }]);
    self.clock.advance(400);
    // The first, whose backoff is over, waits in line with the second.
    expect([a.times, b.times]).toEqual([[0], [0]]);
    expect(self.resilience.activity.get().map(({ reason }) => reason)).toEqual([
      'outage',
      'outage',
    ]);
  });

  it('H1 our own attempt’s timeout is a sign', () => {
    const self = bench({ timeout: { attempt: 1_000 } });
    self.run('silence', { name: 'A' });
    self.run('silence', { name: 'B' });
    self.clock.advance(1_000);
    expect(isDown(self)).toBe(true);
  });

  const none: readonly [string, Step, Partial<OperationInfo>?][] = [
    [
      'an error in a 200',
      { status: 200, errors: [{ extensions: { code: 'SERVICE_UNAVAILABLE' } }] },
    ],
    ['an error with a path, under a 500', executed],
    ['a 408', status(408)],
    ['a 501', status(501)],
    ['a 404', status(404)],
    ['a 503 with a hint', status(503, { 'retry-after': '1' })],
    ['a limit', limited()],
    ['a login page', { status: 200, body: '<html>' }],
    ['the operation’s own timeout', 'silence', { options: { timeout: 10 } }],
  ];

  it.each(none)('H1 %s is no sign of an outage', (_, step, info = {}) => {
    const self = bench({ retry: false });
    for (const name of ['A', 'B', 'C', 'D']) {
      self.run(step, { ...info, name });
      self.clock.advance(2_000);
    }
    expect(self.of('scope_closed').filter(({ reason }) => reason === 'outage')).toEqual([]);
  });

  it.each([
    ['an error 400', status(400)],
    ['UNAUTHENTICATED', status(401)],
    ['a good answer', good()],
    ['an error with a path', executed],
  ] as const)('H1 %s in between begins the count anew', (_, answer) => {
    const self = bench({ retry: false });
    for (const step of [status(500), answer, status(500), answer, status(500)]) self.run(step);
    expect(shown(self)).toEqual([]);
    self.run(status(500), { name: 'Other' });
    expect(isDown(self)).toBe(true);
  });

  it('H1 of one operation alone a third is needed, while others were answered of late', () => {
    const self = bench({ retry: false });
    self.run(good(), { name: 'Healthy' });
    self.clock.advance(30_000);
    self.run(status(500), { name: 'Broken' });
    self.run(status(500), { name: 'Broken' });
    expect(isDown(self)).toBe(false);
    self.run(status(500), { name: 'Broken' });
    expect(isDown(self)).toBe(true);
  });

  it('H1 two of one operation do, where no other was answered for 30 s', () => {
    const self = bench({ retry: false });
    self.run(good(), { name: 'Healthy' });
    self.clock.advance(30_001);
    self.run(status(500), { name: 'Broken' });
    self.run(status(500), { name: 'Broken' });
    expect(isDown(self)).toBe(true);
  });

  it('H1 an operation is its kind and its name', () => {
    const self = bench({ retry: false });
    self.run(good(), { name: 'Healthy' });
    self.run(status(500), { kind: 'query', name: 'Same' });
    self.run(status(500), { kind: 'mutation', name: 'Same' });
    expect(isDown(self)).toBe(true);
  });

  it('H1 a broken resolver takes nobody along, however often it is asked for', () => {
    const self = bench();
    const others: Trial[] = [];
    for (let round = 0; round < 20; round++) {
      self.run(status(500), { name: 'Broken', options: { timeout: 50 } });
      others.push(self.run(good(), { name: 'Healthy' }));
      self.clock.advance(100);
    }
    expect(others.every(({ settled, errors }) => settled === 1 && errors.length === 0)).toBe(true);
    expect(others.map(({ times }) => times)).toEqual(others.map((_, round) => [round * 100]));
  });

  it('H1 a scope by itself: others go on', () => {
    const { self } = down();
    const other = self.run(good(), { options: { scope: 'other' } });
    expect(other.settled).toBe(1);
  });

  it('H1 S4 a connection’s failures are none, and it keeps its own schedule', () => {
    const self = bench();
    const connection = connectionPolicy({ idle: () => true });
    self.chance = ALMOST_ONE;
    const closed: Step = { fails: { type: 'close', code: 1006, reason: '' } };
    const sockets = [1, 2, 3].map(() => self.run(closed, { kind: 'subscription', connection }));
    expect(shown(self)).toEqual([]);
    self.run(status(503), { name: 'A' });
    self.run(status(503), { name: 'B' });
    expect(isDown(self)).toBe(true);
    self.clock.advance(8_000);
    expect(sockets.map(({ times }) => times.map(Math.round))).toEqual(
      sockets.map(() => [0, 1_000, 3_000, 7_000]),
    );
  });
});

describe('while a scope is down', () => {
  it('H2 H7 what comes waits unsent, and is shown with the reason and the next probe’s instant', () => {
    const { self } = down();
    const start = self.clock.wall();
    const mutation = self.run(good(), { kind: 'mutation', name: 'M' });
    const again = self.run(good(), { name: 'A' });
    const stream = self.run(good(), { kind: 'subscription', name: 'S' });
    expect([mutation, again, stream].map(({ sent }) => sent.length)).toEqual([0, 0, 0]);
    expect(shown(self)).toEqual([
      { scope: 'default', reason: 'outage', until: start + 500, waiting: 4 },
    ]);
    expect(self.resilience.activity.get()).toContainEqual({
      kind: 'mutation',
      name: 'M',
      reason: 'outage',
      attempt: 1,
      until: start + 500,
    });
    expect(self.of('wait')).toContainEqual(
      expect.objectContaining({ name: 'M', reason: 'outage', until: start + 500 }),
    );
  });

  it('H2 M1 a mutation in flight when the trouble began is delivered as outcome unknown', () => {
    const self = bench();
    const mutation = self.run('silence', { kind: 'mutation', name: 'M' });
    self.run(status(503), { name: 'A' });
    self.run(status(503), { name: 'B' });
    const answer = status(503);
    mutation.receivers[0]?.next(answer);
    expect(mutation.results[0]).toBe(answer);
    expect(mutation.failure).toMatchObject({ executed: undefined, stopped: 'unsafe_mutation' });
    expect(mutation.failure?.advice).toMatch(/look up/i);
  });

  it('H2 M1 one that comes later waits, and runs once', () => {
    const self = bench();
    self.run([status(503), good()], { name: 'A' });
    self.run([status(503), good()], { name: 'B' });
    const mutation = self.run(good(), { kind: 'mutation', name: 'M' });
    expect(mutation.sent).toHaveLength(0);
    self.clock.advance(60_000);
    expect([mutation.sent.length, mutation.settled, mutation.errors]).toEqual([1, 1, []]);
  });

  it.each([
    ['was refused at the door', refused],
    ['is marked idempotent', lost],
  ])('H2 M1 a mutation that %s is held, and repeated', (_, step) => {
    const self = bench();
    const idempotent = step === lost;
    const steps = [step, step, good()];
    const options = { idempotent };
    const mutation = self.run(steps, { kind: 'mutation', name: 'M', options });
    self.clock.advance(60_000);
    expect([mutation.sent.length, mutation.settled, mutation.errors]).toEqual([3, 1, []]);
  });

  it('H2 R4b `attempts: 1` is held and repeated like any other, `retry: false` only while unsent', () => {
    const one = bench({ retry: { attempts: 1 } });
    one.run(status(503), { name: 'A' });
    const held = one.run([status(503), good()], { name: 'B' });
    one.clock.advance(60_000);
    expect([held.sent.length, held.errors, held.settled]).toEqual([2, [], 1]);

    const none = bench({ retry: false });
    none.run(status(503), { name: 'A' });
    const sent = none.run([status(503), good()], { name: 'B' });
    expect(sent.failure).toMatchObject({ stopped: 'declined', attempts: 1 });
    const unsent = none.run(good(), { name: 'B' });
    expect([unsent.sent.length, unsent.settled]).toEqual([0, 0]);
    none.clock.advance(60_000);
    expect([unsent.sent.length, unsent.settled, unsent.errors]).toEqual([1, 1, []]);
  });

  it('H2 R4 what is held costs no budget, and no attempt', () => {
    const self = bench({ retry: { attempts: 2, budget: { capacity: 14 } } });
    const steps = [...Array.from({ length: 6 }, () => status(503)), good()];
    const a = self.run(steps, { name: 'A' });
    self.run(good(), { name: 'unneeded', options: { scope: 'other' } });
    self.clock.advance(15_000);
    expect([a.sent.length > 5, a.settled, a.errors]).toEqual([true, 1, []]);
    expect(self.of('budget_empty')).toEqual([]);
  });

  it('H2 E1 E2 E3 who leaves, aborts or is disposed of waits no more', () => {
    const { self } = down();
    const controller = new AbortController();
    const left = self.run(good(), { kind: 'mutation' });
    const aborted = self.run(good(), { kind: 'mutation', signal: controller.signal });
    const disposed = self.run(good(), { kind: 'mutation' });
    left.cancel();
    controller.abort();
    expect([left.settled, aborted.failure?.stopped]).toEqual([0, 'aborted']);
    self.resilience.dispose();
    expect(disposed.failure).toMatchObject({ kind: 'aborted', executed: false });
    expect([self.clock.pending, shown(self), self.resilience.activity.get()]).toEqual([0, [], []]);
  });

  it('H2 `outage: false` holds nothing', () => {
    const self = bench({ outage: false });
    for (const name of ['A', 'B', 'C']) self.run(status(503), { name });
    expect(self.run(good()).settled).toBe(1);
    expect(shown(self)).toEqual([]);
  });
});

describe('probes', () => {
  it.each([
    [0, 0.5],
    [0.5, 0.75],
    [ALMOST_ONE, 1],
  ])('H3 go one at a time after 1 s x2 up to 5 s, half to whole: random %d', (chance, part) => {
    const self = bench({ outage: { patience: 120_000 }, timeout: { total: 120_000 } });
    self.chance = chance;
    self.run(status(503), { name: 'A' });
    self.run(status(503), { name: 'B' });
    self.clock.advance(30_000);
    const probes = self.sent.map(({ at }) => at).filter((at) => at > 0);
    const waits = probes.map((at, index) => Math.round(at - (probes[index - 1] ?? 0)));
    expect(waits.slice(0, 6)).toEqual([1, 2, 4, 5, 5, 5].map((s) => s * 1_000 * part));
  });

  it('H3 base, factor and cap are options', () => {
    const probe = { base: 10, factor: 3, cap: 50 };
    const self = bench({ outage: { probe } });
    self.chance = ALMOST_ONE;
    self.run(status(503), { name: 'A' });
    self.run(status(503), { name: 'B' });
    self.clock.advance(200);
    const probes = self.sent.map(({ at }) => Math.round(at)).filter((at) => at > 0);
    expect(probes).toEqual([10, 40, 90, 140, 190]);
  });

  it('H3 a query whose operation has not failed goes first', () => {
    const { self } = down();
    // Each name that comes may be a probe at once, if none is in flight.
    const first = self.run('silence', { name: 'C' });
    const second = self.run('silence', { name: 'D' });
    expect([first.sent.length, second.sent.length]).toEqual([1, 0]);
    first.receivers[0]?.error(nodeError('ECONNRESET'));
    self.clock.advance(1_000);
    expect([first.sent.length, second.sent.length]).toEqual([1, 1]);
  });

  it('H3 then the failed query that has waited longest since its last try', () => {
    const { self } = down();
    self.clock.advance(14_000);
    const probes = self.sent.filter(({ at }) => at > 0).map(({ name }) => name);
    expect(probes.length).toBeGreaterThan(3);
    expect(probes).toEqual(probes.map((_, index) => (index % 2 === 0 ? 'B' : 'A')));
  });

  it('H3 M1 a mutation only where no query waits', () => {
    const { self, a, b } = down();
    const mutation = self.run(good(), { kind: 'mutation', name: 'M' });
    self.clock.advance(2_000);
    expect([a.sent.length + b.sent.length > 2, mutation.sent.length]).toEqual([true, 0]);
    a.cancel();
    b.cancel();
    self.clock.advance(5_000);
    expect([mutation.sent.length, mutation.settled]).toEqual([1, 1]);
  });

  it('H3 or after five probes in vain where one operation alone fails', () => {
    const self = bench({ outage: { patience: 60_000 } });
    const broken = self.run(status(500), { name: 'Broken' });
    self.clock.advance(1);
    expect(isDown(self)).toBe(true);
    const mutation = self.run(good(), { kind: 'mutation', name: 'M' });
    self.clock.advance(40_000);
    // Two that made the outage, and five in vain.
    const before = broken.times.filter((at) => at < (mutation.times[0] ?? Infinity));
    expect([before.length, mutation.settled, mutation.errors]).toEqual([7, 1, []]);
  });

  it('H3 one that gets no answer holds the next one up for the cap at most', () => {
    const { self } = down();
    const silent = self.run('silence', { name: 'C' });
    const next = self.run(good(), { name: 'D' });
    self.clock.advance(4_999);
    expect([silent.sent.length, next.sent.length]).toEqual([1, 0]);
    self.clock.advance(1);
    expect(next.settled).toBe(1);
    expect(self.of('scope_opened')).toHaveLength(1);
  });

  it('H3 E1 one that is cancelled, or fails to be sent, leaves the next to its schedule', () => {
    const { self } = down();
    const gone = self.run('silence', { name: 'C' });
    const next = self.run(good(), { name: 'D' });
    gone.cancel();
    expect(next.sent).toHaveLength(0);
    self.clock.advance(500);
    expect(next.settled).toBe(1);
  });
});

describe('an outage that ends', () => {
  it.each([
    ['a good answer', good()],
    ['an error 400', status(400)],
    ['UNAUTHENTICATED', status(401)],
    ['an error that has executed', executed],
    ['a conflict', status(409)],
  ] as const)('H4 %s ends it', (_, answer) => {
    const { self } = down();
    const waiting = self.run(good(), { kind: 'mutation', name: 'M' });
    self.run(answer, { name: 'C', options: { retry: false } });
    expect(isDown(self)).toBe(false);
    expect(self.of('scope_opened')).toMatchObject([{ scope: 'default', reason: 'outage' }]);
    self.clock.advance(1_000);
    expect(waiting.settled).toBe(1);
  });

  it('H4 so does the answer to one that was sent before it began', () => {
    const self = bench();
    const slow = self.run('silence', { name: 'Slow' });
    self.run(status(503), { name: 'A' });
    self.run(status(503), { name: 'B' });
    expect(isDown(self)).toBe(true);
    slow.receivers[0]?.next(good());
    expect(isDown(self)).toBe(false);
  });

  it('H4 a rate limit takes its place, with the server’s instant', () => {
    const { self } = down();
    self.run(limited(5), { name: 'C' });
    expect(shown(self)).toMatchObject([{ reason: 'rate_limit', until: self.clock.wall() + 5_000 }]);
    expect(self.of('scope_opened')).toMatchObject([{ reason: 'outage' }]);
  });

  it('H4 W7 the line is let go as the gate lets go: one more with each success', () => {
    const { self } = down();
    const mutations = Array.from({ length: 10 }, (_, index) =>
      self.run('silence', { kind: 'mutation', name: `M${index}` }),
    );
    const sent = (): number => mutations.filter((one) => one.sent.length > 0).length;
    const probe = self.run('silence', { name: 'C' });
    probe.receivers[0]?.next(good());
    // A and B go first, since they have waited longest, and fail without an outage of their own.
    const flights = [sent()];
    for (const { receivers } of mutations.slice(0, 4)) {
      receivers[0]?.next(good());
      flights.push(sent());
    }
    expect(flights[0]).toBeLessThanOrEqual(2);
    expect(flights.every((now, index) => index === 0 || now > flights[index - 1]!)).toBe(true);
    expect(flights.at(-1)).toBeLessThan(10);
  });

  it('H5 whoever is still in the line when it ends waits for it no more', () => {
    const self = bench();
    const slow = self.run('silence', { name: 'Slow' });
    const steps = [status(503), 'silence'] as const;
    self.run(steps, { name: 'A' });
    self.run(steps, { name: 'B' });
    self.run('silence', { kind: 'mutation', name: 'M' });
    const mutation = self.run(good(), { kind: 'mutation', name: 'N' });
    self.clock.advance(400);
    slow.receivers[0]?.next(good());
    expect(self.resilience.activity.get().map(({ reason }) => reason)).not.toContain('outage');
    // Those before it are silent, and patience would have ended.
    self.clock.advance(29_999);
    expect(mutation.settled).toBe(0);
    self.clock.advance(1);
    expect([mutation.settled, mutation.errors]).toEqual([1, []]);
  });
});

describe('patience', () => {
  it('H5 ends after 15 s with the last error of its own', () => {
    const self = bench();
    const answers = Array.from({ length: 20 }, () => status(503));
    const a = self.run(answers, { name: 'A' });
    self.run(status(503), { name: 'B' });
    const begun = self.clock.monotonic();
    self.clock.advance(14_999);
    expect(a.settled).toBe(0);
    self.clock.advance(5_000);
    expect(a.results).toHaveLength(1);
    expect(answers).toContain(a.results[0]);
    expect(a.failure).toMatchObject({ kind: 'unavailable', status: 503, stopped: 'outage' });
    expect(begun).toBe(0);
  });

  it('H5 or, never sent, with a ResilienceError whose cause is the last probe’s failure', () => {
    const { self } = down(lost);
    const unsent = self.run(good(), { kind: 'mutation', name: 'M' });
    self.clock.advance(14_999);
    expect(unsent.settled).toBe(0);
    self.clock.advance(1);
    expect(unsent.errors[0]).toBeInstanceOf(ResilienceError);
    expect(unsent.failure).toMatchObject({
      kind: 'unavailable',
      executed: false,
      stopped: 'outage',
      attempts: 0,
      retryable: true,
      cause: { kind: 'network', code: 'ECONNRESET' },
    });
  });

  it('H5 is an option, and `Infinity` leaves the deadline alone', () => {
    for (const [patience, ends] of [
      [3_000, 3_000],
      [Infinity, 60_000],
    ] as const) {
      const { self } = down(lost, { outage: { patience } });
      const unsent = self.run(good(), { kind: 'mutation', name: 'M' });
      self.clock.advance(ends - 1);
      expect(unsent.settled).toBe(0);
      self.clock.advance(1);
      expect(unsent.failure?.stopped).toBe(patience === Infinity ? 'deadline' : 'outage');
    }
  });

  it('H5 R1 without any an outage is not waited for: each operation has its attempts, and no more', () => {
    const self = bench({ outage: { patience: 0 }, retry: { attempts: 2 } });
    for (let turn = 0; turn < 3; turn++) {
      const one = self.run(
        Array.from({ length: 9 }, () => status(503)),
        { name: 'A' },
      );
      self.clock.advance(1_000);
      expect(one.failure).toMatchObject({ status: 503, attempts: 2 });
      expect(one.times).toHaveLength(2);
      self.clock.advance(turn);
    }
    expect(self.resilience.activity.get()).toEqual([]);
  });

  it('H5 R2 a deadline that comes before it wins', () => {
    const { self } = down(lost);
    const unsent = self.run(good(), { kind: 'mutation', options: { timeout: 2_000 } });
    self.clock.advance(2_000);
    expect(unsent.failure).toMatchObject({
      kind: 'unavailable',
      executed: false,
      stopped: 'deadline',
    });
  });

  it('H5 counts from the first such wait, over all outages', async () => {
    let serves = false;
    const self = bench({
      auth: {
        tokens: { accessToken: 't1' },
        refresh: () => Promise.reject(Object.assign(new Error('down'), { status: 503 })),
      },
    });
    const serve: Step = (receiver) => {
      if (!serves) return receiver.next(status(503));
      receiver.next(status(401));
      receiver.complete();
    };
    self.run(serve, { name: 'A' });
    const trial = self.run(serve, { name: 'B' });
    await self.clock.advanceAsync(10_000);
    serves = true;
    await self.clock.advanceAsync(4_999);
    expect([trial.settled, self.resilience.session.get().status]).toEqual([0, 'unavailable']);
    await self.clock.advanceAsync(1);
    expect(trial.failure).toMatchObject({ stopped: 'session_failed' });
  });

  it('H6 in an outage older than it, whoever comes waits for half, and for one more probe', () => {
    const { self } = down(lost, { timeout: { total: 600_000 } });
    const steady = (): Trial => self.run(lost, { name: 'A' });
    // Somebody keeps asking.
    for (let round = 0; round < 4; round++) {
      steady();
      self.clock.advance(10_000);
    }
    for (let query = 0; query < 10; query++) steady();
    const unsent = self.run(good(), { kind: 'mutation', name: 'M' });
    const came = self.clock.monotonic();
    self.clock.advance(7_499);
    expect(unsent.settled).toBe(0);
    const probesBefore = self.sent.length;
    while (unsent.settled === 0 && self.clock.runNext());
    expect(unsent.failure).toMatchObject({ stopped: 'outage', executed: false });
    // It ended with the outcome of a probe, at most one after its half.
    expect(self.clock.monotonic()).toBeGreaterThanOrEqual(came + 7_500);
    expect(self.clock.monotonic()).toBeLessThanOrEqual(came + 7_500 + 5_000);
    expect(self.sent.length - probesBefore).toBeLessThanOrEqual(2);
  });

  it('H6 an outage that nobody asked about for longer than it is forgotten', () => {
    const { self, a, b } = down();
    a.cancel();
    b.cancel();
    const heard: unknown[] = [];
    self.resilience.limits.subscribe(() => heard.push(shown(self)));
    self.clock.advance(14_999);
    expect(isDown(self)).toBe(true);
    self.clock.advance(2);
    expect([shown(self), heard.at(-1)]).toEqual([[], []]);
    const next = self.run(good(), { kind: 'mutation', name: 'M' });
    expect([next.sent.length, next.settled]).toEqual([1, 1]);
  });

  it('H6 one that is forgotten needs two failures to come again', () => {
    const { self, a, b } = down();
    a.cancel();
    b.cancel();
    self.clock.advance(20_000);
    self.run(status(503), { name: 'A', options: { retry: false } });
    expect(isDown(self)).toBe(false);
    self.run(status(503), { name: 'B', options: { retry: false } });
    expect(isDown(self)).toBe(true);
  });
});

describe('how an outage is told', () => {
  it('H7 once when it begins, once when it ends, with the reason', () => {
    const self = bench();
    const steps = [...Array.from({ length: 3 }, () => status(503)), good()];
    self.run(steps, { name: 'A' });
    self.run(steps, { name: 'B' });
    self.clock.advance(14_000);
    const told = self.events.filter(({ type }) => type.startsWith('scope_'));
    expect(told).toMatchObject([
      { type: 'scope_closed', reason: 'outage', failure: 'unavailable' },
      { type: 'scope_opened', reason: 'outage' },
    ]);
  });

  it('H7 W9 siblings hear of it, with the reason and the next probe’s instant', () => {
    const told: [string, number, string][] = [];
    const share = {
      read: () => undefined,
      replace: () => true,
      closeUntil: (...given: [string, number, string]) => void told.push(given),
    };
    const self = bench({ share });
    const start = self.clock.wall();
    self.run(status(503), { name: 'A' });
    self.run(status(503), { name: 'B' });
    expect(told).toEqual([['default', start + 500, 'outage']]);
    self.clock.advance(500);
    // The probe was in vain: the next is twice as far off.
    expect(told.at(-1)).toEqual(['default', start + 1_500, 'outage']);
  });

  it('H7 W9 what a sibling says of it holds here: operations wait, and the first one is a probe of its own', () => {
    let tell: (until: number, reason: 'outage' | 'rate_limit') => void = () => {};
    const self = bench({
      share: {
        read: () => undefined,
        replace: () => true,
        subscribe: (listener) => {
          tell = (until, reason) => listener({ type: 'closed', scope: 'default', until, reason });
          return () => {};
        },
      },
    });
    self.resilience.limits.subscribe(() => {});
    const start = self.clock.wall();
    tell(start + 2_000, 'outage');
    expect(shown(self)).toEqual([
      { scope: 'default', reason: 'outage', until: start + 2_000, waiting: 0 },
    ]);
    const mutation = self.run(good(), { kind: 'mutation', name: 'M' });
    expect(mutation.sent).toHaveLength(0);
    self.clock.advance(2_000);
    expect([mutation.settled, shown(self)]).toEqual([1, []]);
    expect([...self.of('scope_closed'), ...self.of('scope_opened')]).toMatchObject([
      { type: 'scope_closed', reason: 'outage', failure: 'unavailable', until: start + 2_000 },
      { type: 'scope_opened', reason: 'outage' },
    ]);
  });

  it('H8 one line for all that closes: what waits for an outage waits on for the limit that follows', () => {
    const self = bench();
    self.run([status(503), good()], { name: 'A' });
    self.run([status(503), good()], { name: 'B' });
    self.clock.advance(1);
    const waiting = [0, 1].map((n) => self.run(good(), { kind: 'mutation', name: `M${n}` }));
    self.run([limited(5), good()], { name: 'C' });
    const { activity } = self.resilience;
    expect(activity.get().map(({ reason }) => reason)).toEqual(
      activity.get().map(() => 'rate_limit'),
    );
    self.clock.advance(4_999);
    expect(waiting.map(({ sent }) => sent.length)).toEqual([0, 0]);
    self.clock.advance(20_000);
    expect(waiting.map(({ times, settled }) => [times.length, settled])).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  it('H8 W11 offline goes before it: nothing is probed without a network', () => {
    let up = true;
    let heard: () => void = () => {};
    const self = bench({
      online: {
        get: () => up,
        subscribe: (listener) => {
          heard = listener;
          return () => {};
        },
      },
    });
    self.run(status(503), { name: 'A' });
    self.run([status(503), good()], { name: 'B' });
    up = false;
    self.clock.advance(10_000);
    expect(self.sent).toHaveLength(2);
    up = true;
    heard();
    self.clock.advance(5_000);
    expect(self.sent.length).toBeGreaterThan(2);
  });
});
