import { describe, expect, it } from 'vitest';
import { bench, good, limited, nodeError, status } from './pacing/bench.fixture.ts';
import type { Bench, Step } from './pacing/bench.fixture.ts';
import type { OperationOptions, RetryOptions } from './index.ts';

const unclear: readonly [string, Step][] = [
  ['500', status(500)],
  ['502', status(502)],
  ['503', status(503)],
  ['504', status(504)],
  ['a lost connection', { fails: nodeError('ECONNRESET') }],
  ['a lost connection in a browser', { fails: new TypeError('Failed to fetch') }],
  ['an answer that does not come', 'silence'],
];

const unrun: readonly [string, Step][] = [
  ['429', limited()],
  ['429 with a hint', limited(1)],
  ['423', status(423)],
  ['ECONNREFUSED', { fails: nodeError('ECONNREFUSED') }],
];

function sends(self: Bench, step: Step, options?: OperationOptions): number {
  const trial = self.run([step, good()], { kind: 'mutation', options });
  self.clock.advance(60_000);
  expect(trial.settled).toBe(1);
  return trial.sent.length;
}

/** A mutation is not cut unless somebody says so (R2). */
const timeout = { attempt: 15_000 };

function withRetry(retry: RetryOptions): Bench {
  return bench({ retry, timeout });
}

describe('a mutation', () => {
  it.each(unclear)('M1 %s: outcome unknown, so it is delivered with advice to look', (_, step) => {
    const self = bench({ timeout });
    const trial = self.run(step, { kind: 'mutation' });
    self.clock.advance(60_000);
    expect([trial.sent.length, trial.settled]).toEqual([1, 1]);
    expect(trial.failure).toMatchObject({ executed: undefined, stopped: 'unsafe_mutation' });
    expect(trial.failure?.advice).toMatch(/look up/i);
  });

  it.each(unrun)('M1 F9 %s: provably not executed, so it is sent again', (_, step) => {
    expect(sends(bench(), step)).toBe(2);
  });

  it.each(unclear)('M1 %s: sent again where it is marked idempotent', (_, step) => {
    expect(sends(bench({ timeout }), step, { idempotent: true })).toBe(2);
  });

  it.each(unclear)('M1 %s: sent again where a key makes the server recognise it', (_, step) => {
    expect(sends(withRetry({ idempotencyKey: 'idempotency-key' }), step)).toBe(2);
  });

  it.each([...unclear, ...unrun])('M1 %s: `never` means never, `always` as a query', (_, step) => {
    expect(sends(withRetry({ mutations: 'never' }), step)).toBe(1);
    expect(sends(withRetry({ mutations: 'always' }), step)).toBe(2);
  });

  it('M1 `when` cannot make an unsafe repetition safe', () => {
    expect(sends(withRetry({ when: () => true }), status(500))).toBe(1);
  });

  it('M2 errors with data are never sent again, whatever says so', () => {
    for (const code of ['RATE_LIMITED', 'INTERNAL_SERVER_ERROR', 'UNAUTHENTICATED']) {
      const self = withRetry({ mutations: 'always', when: () => true, idempotencyKey: 'k' });
      const partial = { status: 200, data: { a: 1 }, errors: [{ extensions: { code } }] };
      const trial = self.run([partial, good()], { kind: 'mutation' });
      self.clock.advance(60_000);
      expect([trial.sent.length, trial.failure?.stopped]).toEqual([1, 'unsafe_mutation']);
    }
  });

  it('M2 UNAUTHENTICATED with data is not replayed with a new token either', async () => {
    const self = bench({
      auth: {
        tokens: { accessToken: 'one' },
        refresh: () => Promise.resolve({ accessToken: 'two' }),
      },
    });
    const errors = [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }];
    const trial = self.run([{ status: 200, data: { a: 1 }, errors }, good()], { kind: 'mutation' });
    await self.clock.advanceAsync(60_000);
    expect([trial.sent.length, trial.failure?.stopped]).toEqual([1, 'unsafe_mutation']);
  });

  it('M3 the key is one per run, the same for every attempt, and queries carry none', () => {
    const self = withRetry({ idempotencyKey: 'idempotency-key' });
    const steps = [status(500), limited(), good()];
    const trials = [self.run(steps, { kind: 'mutation' }), self.run(steps, { kind: 'mutation' })];
    const query = self.run(steps);
    self.clock.advance(60_000);
    const keys = trials.map(({ sent }) => [
      ...new Set(sent.map(({ attempt }) => attempt.headers['idempotency-key'])),
    ]);
    expect(keys.map((own) => own.length)).toEqual([1, 1]);
    expect(keys[0]?.[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
    expect(keys[0]).not.toEqual(keys[1]);
    expect(query.sent[0]?.attempt.headers).toEqual({});
  });
});
