import { describe, expect, it } from 'vitest';
import { GOOD, Harness } from './harness.fixture.ts';
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
    expect(trial.failure).toMatchObject({ kind: 'timeout', attempts: 2, stopped: 'deadline' });
  });
});

describe('an answer in parts', () => {
  it('S1 whose later parts repeat an error has failed once', () => {
    const h = new Harness();
    const watched = h.run();
    const [sent] = h.sent;
    const error = { message: 'no', path: ['a'], extensions: { code: 'FORBIDDEN' } };
    sent?.next({ ...GOOD, errors: [error] });
    sent?.next({ ...GOOD, errors: [error] });
    sent?.next({ ...GOOD, errors: [error, { ...error, path: ['b'] }] });
    sent?.complete();
    expect(watched.results).toHaveLength(3);
    expect(h.types().filter((type) => type === 'gave_up')).toHaveLength(2);
    expect(h.events.at(-1)).toMatchObject({ type: 'operation_ended', outcome: 'failure' });
  });

  it('R1 the same error object in a second attempt is a second failure', () => {
    const h = new Harness();
    const watched = h.run();
    const down = {
      status: 503,
      errors: [{ message: 'x', extensions: { code: 'SERVICE_UNAVAILABLE' } }],
    };
    h.serve = (sent) => sent.answer(down);
    h.sent[0]?.answer(down);
    h.clock.advance(60_000);
    expect(h.sent).toHaveLength(3);
    expect(watched.failure).toMatchObject({ stopped: 'attempts' });
  });
});
