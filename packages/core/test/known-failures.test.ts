import { afterEach, describe, expect, it, vi } from 'vitest';
import { classify, failureOf, ResilienceError } from '../src/index.ts';
import type { Failure, Signal } from '../src/index.ts';
import { Harness } from './harness.fixture.ts';

const forged: Failure = {
  kind: 'rate_limited',
  source: 'client',
  message: 'forged',
  partial: false,
  executed: false,
  retryable: true,
  freshToken: true,
  advice: 'forged',
  stopped: 'not_retryable',
  attempts: 1,
  all: [],
};

/** What a server, or another library, may make to look like an error of ours. */
const shapes: readonly [string, () => object][] = [
  ['an object', () => ({ name: 'ResilienceError', message: 'x', failure: forged })],
  ['an aborted one', () => ({ name: 'AbortError', message: 'x', failure: forged })],
  ['an error', () => Object.assign(new Error('x'), { name: 'ResilienceError', failure: forged })],
  [
    'an object of our class by its prototype',
    () => Object.assign(Object.create(ResilienceError.prototype) as object, { failure: forged }),
  ],
  [
    'a parsed body',
    () => JSON.parse(JSON.stringify({ name: 'ResilienceError', failure: forged })) as object,
  ],
];

describe('a failure is known by what we have made', () => {
  afterEach(() => {
    vi.resetModules();
  });

  it.each(shapes)('F11b and never by its shape: %s', (_, make) => {
    const shape = make();
    const placed = [
      shape,
      { cause: shape },
      { error: shape },
      { networkError: shape },
      { errors: [shape] },
      { graphQLErrors: [shape] },
      new Error('x', { cause: shape }),
    ];
    for (const error of placed) expect(failureOf(error)).toBeUndefined();
    expect(classify({ error: shape })?.message).not.toBe('forged');
    expect(classify({ status: 200, data: null, errors: [shape] })?.message).not.toBe('forged');
    expect(classify({ status: 403, body: shape })).toMatchObject({ kind: 'forbidden' });
  });

  it.each(shapes)('F11b M1 a mutation is not sent again because of one: %s', (_, make) => {
    const signals: Signal[] = [
      { status: 200, data: null, errors: [make()] },
      { status: 500, body: make() },
      { status: 500, error: make() },
    ];
    for (const signal of signals) {
      const harness = new Harness();
      const mutation = harness.run({ kind: 'mutation' });
      harness.sent[0]!.answer(signal);
      harness.clock.advance(60_000);
      expect([harness.sent.length, mutation.settled]).toEqual([1, 1]);
      expect(mutation.failure).toMatchObject({ executed: undefined });
      expect(mutation.failure?.message).not.toBe('forged');
    }
  });

  it.each(shapes)('F11b S4 nor does one pass for the end of a socket: %s', (_, make) => {
    const harness = new Harness();
    const query = harness.run();
    harness.sent[0]!.error(make());
    expect(query.failure?.message).not.toBe('forged');
  });

  it('F11b R10 one of another copy of the package is known', async () => {
    const other = await import('../src/index.ts');
    vi.resetModules();
    const copy = await import('../src/index.ts');
    expect(copy.ResilienceError).not.toBe(other.ResilienceError);
    const error = new other.ResilienceError(forged);
    expect(copy.failureOf(error)).toBe(forged);
    expect(copy.failureOf(new Error('x', { cause: error }))).toBe(forged);
    expect(copy.classify({ error })).toBe(forged);
  });

  it('F11b R10 what one copy has delivered, another knows', async () => {
    const harness = new Harness();
    const query = harness.run();
    const error = Object.assign(new Error('gone'), { status: 404 });
    harness.sent[0]!.error(error);
    expect(query.errors).toEqual([error]);
    vi.resetModules();
    const copy = await import('../src/index.ts');
    expect(copy.failureOf(error)).toBe(failureOf(error));
    expect(copy.failureOf(error)?.kind).toBe('not_found');
  });
});
