import { describe, expect, it } from 'vitest';
import type { OperationInfo } from './index.ts';
import { bench, good, limited, nodeError, status } from './pacing/bench.fixture.ts';
import type { Step } from './pacing/bench.fixture.ts';

const ALMOST_ONE = 1 - Number.EPSILON;
const reset = { fails: nodeError('ECONNRESET') };

function coded(code: string, data: unknown = null): Step {
  return { status: 200, data, errors: [{ message: 'no', extensions: { code } }] };
}

/** When a query is sent that always fails in one way. */
function schedule(step: Step, chance: number): number[] {
  const self = bench();
  self.chance = chance;
  const trial = self.run(step);
  self.clock.advance(60_000);
  expect(trial.settled).toBe(1);
  return trial.times.map(Math.round);
}

describe('a query that fails in passing', () => {
  const transient: readonly [string, Step][] = [
    ['network', reset],
    ['network in a browser', { fails: new TypeError('Failed to fetch') }],
    ['server_error', status(500)],
    ['server_error in errors', coded('INTERNAL_SERVER_ERROR')],
    ['unavailable', status(503)],
    ['timeout', status(408)],
  ];

  it.each(transient)('R1 %s: three attempts from 100 ms, full jitter, at least 1 ms', (_, step) => {
    expect(schedule(step, 0)).toEqual([0, 1, 2]);
    expect(schedule(step, ALMOST_ONE)).toEqual([0, 100, 300]);
  });

  it.each([
    ['rate_limited', limited(), 1_000],
    ['rate_limited in errors', coded('RATE_LIMITED'), 1_000],
    ['locked', status(423), 250],
  ] as const)('R1 %s without a hint: never below its base, up to half of it more', (_, step, b) => {
    expect(schedule(step, 0)).toEqual([0, b, 3 * b]);
    expect(schedule(step, ALMOST_ONE)).toEqual([0, 1.5 * b, 4.5 * b]);
  });

  it('R1 factor 2, and at most 20 s before jitter', () => {
    const { run, clock } = bench({ retry: { attempts: 7 }, timeout: { total: 1e6 } });
    const trial = run({ status: 423 });
    clock.advance(1e6);
    expect(trial.times.map((time, index) => time - (trial.times[index - 1] ?? 0))).toEqual([
      0, 250, 500, 1_000, 2_000, 4_000, 8_000,
    ]);
    const slow = bench({ rateLimit: false, retry: { attempts: 8 }, timeout: { total: 1e6 } });
    slow.chance = 0.5;
    const late = slow.run(limited());
    slow.clock.advance(1e6);
    expect(late.times.map((time, index) => time - (late.times[index - 1] ?? 0)).slice(5)).toEqual([
      20_000, 25_000, 25_000,
    ]);
  });

  it('R1 the delivered failure tells how often it was tried and why no more', () => {
    const { run, clock } = bench();
    const trial = run(status(500));
    clock.advance(60_000);
    expect(trial.failure).toMatchObject({ kind: 'server_error', attempts: 3, stopped: 'attempts' });
  });

  it('R1 A4 nothing of a failure is seen where a later attempt serves', () => {
    const { run, clock } = bench();
    const answer = good();
    const trial = run([status(500), reset, answer]);
    clock.advance(60_000);
    expect([trial.results, trial.errors, trial.settled]).toEqual([[answer], [], 1]);
    expect(trial.sent.map(({ attempt }) => attempt.number)).toEqual([1, 2, 3]);
  });

  it('R1 every base, factor, cap and number is an option', () => {
    const { run, clock } = bench({
      retry: { attempts: 4, backoff: { locked: 10, factor: 3, cap: 50 } },
    });
    const trial = run(status(423));
    clock.advance(60_000);
    expect(trial.times).toEqual([0, 10, 40, 90]);
  });

  it('R8 a backoff of 0 is one: the next attempt goes after 1 ms', () => {
    const { run, clock } = bench({
      rateLimit: false,
      retry: { attempts: 5, backoff: { transient: 0, throttled: 0, locked: 0 } },
    });
    const trial = run([status(500), limited(), status(423), good()]);
    clock.advance(10);
    expect(trial.times).toEqual([0, 1, 2, 3]);
  });

  it('R8 W5 a backoff of 0 stays one however often it is used', () => {
    const { run, clock } = bench({
      retry: { attempts: 1_100, budget: false, backoff: { transient: 0 } },
    });
    const trial = run(reset);
    clock.advance(2_000);
    expect(trial.failure).toMatchObject({ attempts: 1_100, stopped: 'attempts' });
  });
});

describe('what is not tried again', () => {
  const final: readonly [string, Step][] = [
    ['400', status(400)],
    ['403', status(403)],
    ['404', status(404)],
    ['bad_input', coded('BAD_USER_INPUT')],
    ['conflict', status(409)],
    ['bad_response', { status: 200, body: '<html>Sign in</html>' }],
    ['unknown', coded('NEVER_HEARD_OF')],
    ['unknown transport error', { fails: new Error('no idea') }],
    ['501', status(501)],
    ['505', status(505)],
    ['unauthenticated without auth', status(401)],
    ['PERSISTED_QUERY_NOT_FOUND', coded('PERSISTED_QUERY_NOT_FOUND')],
  ];

  it.each(final)('R3 F4 F5 F7 %s', (_, step) => {
    const { run, clock } = bench();
    const trial = run(step);
    clock.advance(60_000);
    expect([trial.sent.length, trial.settled]).toEqual([1, 1]);
    expect(trial.failure).toMatchObject({ attempts: 1, stopped: 'not_retryable' });
  });

  it('F5 of the conflicts, 425 is', () => {
    const { run, clock } = bench();
    const trial = run([status(425), good()]);
    clock.advance(100);
    expect(trial.sent).toHaveLength(2);
  });

  it('F8 an abort, wherever it comes from', () => {
    const { run, clock } = bench({ retry: { when: () => true } });
    const trial = run({ fails: new DOMException('stop', 'AbortError') });
    clock.advance(60_000);
    expect(trial.sent).toHaveLength(1);
    expect(trial.failure).toMatchObject({ kind: 'aborted', stopped: 'aborted' });
  });

  it('F6 partial data is not thrown away to try again', () => {
    const { run, clock } = bench();
    const partial = coded('INTERNAL_SERVER_ERROR', { a: 1 });
    const trial = run([partial, good()]);
    clock.advance(60_000);
    expect(trial.results).toEqual([partial]);
    expect(trial.failure).toMatchObject({ partial: true, stopped: 'delivered_data' });
  });

  it('R3 `when` may ask for an attempt, or decline one; undefined is the default answer', () => {
    const answers: Record<string, boolean | undefined> = { bad_input: true, server_error: false };
    const { run, clock } = bench({ retry: { when: ({ kind }) => answers[kind] } });
    const asked = run([status(400), good()]);
    const declined = run([status(500), good()]);
    const usual = run([status(503), good()]);
    const usualEnd = run([status(404), good()]);
    clock.advance(60_000);
    expect([asked, declined, usual, usualEnd].map(({ sent }) => sent.length)).toEqual([2, 1, 2, 1]);
    expect(declined.failure?.stopped).toBe('declined');
  });
});

describe('a request that was never sent', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'])(
    'R6 F9 %s is retried whatever the kind, and costs and counts like any other',
    (code) => {
      for (const kind of ['query', 'mutation', 'subscription'] as const) {
        const { run, clock } = bench({ retry: { attempts: 2 } });
        const trial = run({ fails: nodeError(code) }, { kind });
        clock.advance(60_000);
        expect([kind, trial.sent.length]).toEqual([kind, 2]);
        expect(trial.failure).toMatchObject({ executed: false, stopped: 'attempts' });
        const poor = bench({ retry: { budget: { capacity: 0 } } });
        const declined = poor.run({ fails: nodeError(code) }, { kind });
        expect([declined.sent.length, declined.failure?.stopped]).toEqual([1, 'budget']);
      }
    },
  );

  it.each(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_SOCKET'])(
    'R6 F8 F9 %s may have been sent: no mutation is sent again',
    (code) => {
      const { run, clock } = bench();
      const trial = run({ fails: nodeError(code) }, { kind: 'mutation' });
      clock.advance(60_000);
      expect(trial.sent).toHaveLength(1);
      expect(trial.failure).toMatchObject({ kind: 'network', executed: undefined });
    },
  );

  it('R6 R4b not with retry: false, for the instance or the operation', () => {
    const refused = { fails: nodeError('ECONNREFUSED') };
    const [all, one] = [bench({ retry: false }), bench()];
    const trials = [all.run(refused), one.run(refused, { options: { retry: false } })];
    all.clock.advance(60_000);
    one.clock.advance(60_000);
    expect(trials.map(({ sent, failure }) => [sent.length, failure?.stopped])).toEqual([
      [1, 'declined'],
      [1, 'declined'],
    ]);
  });
});

describe('counters', () => {
  it('R7 belong to one run: the same operation starts afresh, beside itself and after itself', () => {
    const info: OperationInfo = Object.freeze({ kind: 'query', name: 'Q', options: {} });
    const { run, clock } = bench();
    const beside = [run(status(500), info), run(status(500), info)];
    clock.advance(60_000);
    const after = run(status(500), info);
    clock.advance(60_000);
    expect([...beside, after].map(({ sent }) => sent.length)).toEqual([3, 3, 3]);
    expect(after.sent.map(({ attempt }) => attempt.number)).toEqual([1, 2, 3]);
  });
});
