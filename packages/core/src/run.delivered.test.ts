import { describe, expect, it } from 'vitest';
import { failureOf, ResilienceError } from './index.ts';
import { bench, nodeError, status } from './pacing/bench.fixture.ts';

describe('what is delivered', () => {
  it('R10 is the last attempt’s own object, unwrapped and unchanged', () => {
    const self = bench();
    const errors = [1, 2, 3].map(() => Object.freeze(nodeError('ECONNRESET')));
    const results = [1, 2, 3].map(() => Object.freeze(status(500)));
    const failing = self.run(errors.map((fails) => ({ fails })));
    const refused = self.run(results);
    self.clock.advance(60_000);
    expect(failing.errors).toHaveLength(1);
    expect(failing.errors[0]).toBe(errors[2]);
    expect(refused.results).toHaveLength(1);
    expect(refused.results[0]).toBe(results[2]);
    expect(failureOf(errors[2])).toMatchObject({ attempts: 3, stopped: 'attempts' });
    expect([failureOf(errors[0]), failureOf(results[0])]).toEqual([undefined, undefined]);
  });

  it('R10 of an error that several operations share, the failure is the last one’s', () => {
    const self = bench();
    const shared = nodeError('ECONNRESET');
    const first = self.run({ fails: shared }, { kind: 'mutation' });
    expect(failureOf(shared)).toMatchObject({ stopped: 'unsafe_mutation', attempts: 1 });
    const second = self.run({ fails: shared });
    self.clock.advance(60_000);
    expect([first.errors[0], second.errors[0]]).toEqual([shared, shared]);
    expect(failureOf(shared)).toMatchObject({ stopped: 'attempts', attempts: 3 });
  });

  it.each([undefined, null, 'a string', 7, Symbol('s')])('R10 F1 even where it is %s', (thrown) => {
    const self = bench();
    const trial = self.run({ fails: thrown });
    self.clock.advance(60_000);
    expect([trial.errors, trial.settled]).toEqual([[thrown], 1]);
  });

  it('R10 is a ResilienceError only where there is nothing else', () => {
    const self = bench();
    const trial = self.run('silence');
    self.clock.advance(60_000);
    expect(trial.errors[0]).toBeInstanceOf(ResilienceError);
    expect(trial.failure).toMatchObject({ kind: 'timeout', attempts: 3, stopped: 'attempts' });
  });
});
