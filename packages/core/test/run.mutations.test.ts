import { describe, expect, it } from 'vitest';
import type { OperationInfo, ResilienceOptions, RetryOptions, Signal } from '../src/index.ts';
import { endpointError, GOOD, Harness, rejection } from './harness.fixture.ts';
import type { Watched } from './harness.fixture.ts';

const MUTATION = { kind: 'mutation' } as const;
const PARTIAL: Signal = { ...rejection(), data: { first: { id: 1 }, second: null } };

interface Plan {
  readonly info?: Partial<OperationInfo>;
  readonly retry?: RetryOptions;
}

/** What becomes of a mutation that fails in a way, and then would succeed. */
async function failed(
  failure: Signal | Error,
  { info = {}, retry = {} }: Plan = {},
): Promise<{ harness: Harness; watched: Watched }> {
  const harness = new Harness(undefined, { retry });
  harness.serve = (sent) => {
    if (sent.number > 1) sent.answer(GOOD);
    else if (failure instanceof Error) sent.error(failure);
    else sent.answer(failure);
  };
  const watched = harness.run({ ...MUTATION, ...info });
  await harness.clock.advanceAsync(50_000);
  return { harness, watched };
}

function network(code: string): Error {
  return Object.assign(new TypeError('fetch failed'), { cause: { code } });
}

function status(code: number): Error {
  return Object.assign(new Error(`status ${code}`), { status: code });
}

const UNKNOWN: [string, Signal | Error][] = [
  ['500', status(500)],
  ['502', status(502)],
  ['503', status(503)],
  ['a lost connection', network('ECONNRESET')],
  ['a browser’s lost connection', new TypeError('Failed to fetch')],
  [
    'an INTERNAL_SERVER_ERROR',
    { data: null, errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] },
  ],
];

const NOT_EXECUTED: [string, Signal | Error][] = [
  ['ECONNREFUSED', network('ECONNREFUSED')],
  ['ENOTFOUND', network('ENOTFOUND')],
  ['429', status(429)],
  ['423', status(423)],
];

describe('mutations', () => {
  it.each(UNKNOWN)(
    'M1 %s leaves the outcome unknown: delivered, with advice to look it up',
    async (_name, failure) => {
      const { harness, watched } = await failed(failure);
      expect([harness.sent.length, watched.settled]).toEqual([1, 1]);
      expect(watched.errors[0] ?? watched.results[0]).toBe(failure);
      expect(watched.failure).toMatchObject({
        stopped: 'unsafe_mutation',
        advice: expect.stringMatching(/look up|find out/i),
      });
      expect(watched.failure?.executed).toBeUndefined();
    },
  );

  it.each([
    [500, {}, true, 'unsafe_mutation'],
    [500, { retry: false }, true, 'declined'],
    [500, { retry: false, idempotent: true }, undefined, 'declined'],
    [423, { retry: false }, undefined, 'declined'],
    [403, {}, undefined, 'not_retryable'],
  ] as const)(
    'M1 %i with %j: whether it may have run is told, whatever it stopped for',
    async (code, options, outcomeUnknown, stopped) => {
      const { watched } = await failed(status(code), { info: { options } });
      expect(watched.failure).toMatchObject({ stopped });
      expect(watched.failure?.outcomeUnknown).toBe(outcomeUnknown);
    },
  );

  it('M1 a timeout leaves the outcome unknown', async () => {
    const harness = new Harness(undefined, { timeout: { attempt: 15_000 } });
    const watched = harness.run(MUTATION);
    await harness.clock.advanceAsync(15_000);
    expect(harness.sent).toHaveLength(1);
    expect(watched.failure).toMatchObject({
      kind: 'timeout',
      stopped: 'unsafe_mutation',
      advice: expect.stringMatching(/look up/i),
    });
  });

  it.each(NOT_EXECUTED)(
    'M1 is sent again after %s: it provably was not executed',
    async (_name, failure) => {
      const { harness, watched } = await failed(failure);
      expect([harness.sent.length, watched.results]).toEqual([2, [GOOD]]);
    },
  );

  it.each(UNKNOWN)(
    'M1 one that is marked idempotent is sent again after %s',
    async (_name, failure) => {
      const { harness, watched } = await failed(failure, {
        info: { options: { idempotent: true } },
      });
      expect([harness.sent.length, watched.results]).toEqual([2, [GOOD]]);
    },
  );

  it.each(UNKNOWN)(
    'M1 one with an idempotency key is sent again after %s',
    async (_name, failure) => {
      const { harness, watched } = await failed(failure, {
        retry: { idempotencyKey: 'Idempotency-Key' },
      });
      expect([harness.sent.length, watched.results]).toEqual([2, [GOOD]]);
    },
  );

  it.each(UNKNOWN)(
    'M1 what the application answers makes it no safer: %s',
    async (_name, failure) => {
      const { harness } = await failed(failure, { retry: { when: () => true } });
      expect(harness.sent).toHaveLength(1);
    },
  );

  it('M1 T8 one that was rejected without data is replayed with a new token', async () => {
    const harness = new Harness();
    const watched = harness.run(MUTATION);
    harness.sent[0]!.answer(rejection());
    await harness.refreshes[0]!.succeed('t2');
    harness.sent[1]!.answer(GOOD);
    expect([harness.tokens, watched.results]).toEqual([['t1', 't2'], [GOOD]]);
  });

  it.each([
    ['by default', {}],
    ['with an idempotency key', { retry: { idempotencyKey: 'Idempotency-Key' } }],
    ['where mutations are always repeated', { retry: { mutations: 'always' } }],
    ['whatever `when` answers', { retry: { when: () => true } }],
  ] satisfies [string, ResilienceOptions][])(
    'M2 errors with data are never re-sent, UNAUTHENTICATED included: %s',
    async (_name, options) => {
      for (const code of ['UNAUTHENTICATED', 'INTERNAL_SERVER_ERROR', 'RATE_LIMITED']) {
        const answer: Signal = { ...PARTIAL, errors: [{ extensions: { code } }] };
        const harness = new Harness(undefined, options);
        const watched = harness.run({ ...MUTATION, options: { idempotent: true } });
        harness.sent[0]!.answer(answer);
        await harness.clock.advanceAsync(59_000);
        expect([code, harness.sent.length, watched.completions]).toEqual([code, 1, 1]);
        expect(watched.results[0]).toBe(answer);
        expect(watched.failure).toMatchObject({ partial: true, stopped: 'unsafe_mutation' });
      }
    },
  );

  it('M2 T2 a late rejection with data is not replayed with the newer token either', () => {
    const harness = new Harness();
    const watched = harness.run(MUTATION);
    harness.resilience.session.signIn({ accessToken: 't2' });
    harness.sent[0]!.answer(PARTIAL);
    expect([harness.sent.length, watched.results]).toEqual([1, [PARTIAL]]);
  });

  it('M3 the idempotency key is one per run, the same for every attempt and for the replay after a refresh', async () => {
    const harness = new Harness(undefined, { retry: { idempotencyKey: 'Idempotency-Key' } });
    const watched = harness.run(MUTATION);
    harness.sent[0]!.error(status(503));
    await harness.clock.advanceAsync(100);
    harness.sent[1]!.answer(rejection());
    await harness.refreshes[0]!.succeed('t2');
    harness.sent[2]!.error(network('ECONNRESET'));
    await harness.clock.advanceAsync(400);
    harness.sent[3]!.answer(GOOD);
    expect(watched.results).toEqual([GOOD]);
    const keys = harness.sent.map(({ headers }) => headers['Idempotency-Key']);
    expect(keys[0]).toMatch(/^.{16,}$/);
    expect(new Set(keys).size).toBe(1);
    expect(harness.tokens).toEqual(['t1', 't1', 't2', 't2']);
  });

  it('M3 each run has its own key, and queries have none', () => {
    let drawn = 0;
    const harness = new Harness(undefined, {
      retry: { idempotencyKey: 'Idempotency-Key' },
      random: () => (drawn++ % 97) / 97,
    });
    harness.run(MUTATION);
    harness.run(MUTATION);
    harness.run();
    const [first, second, query] = harness.sent.map(({ headers }) => headers['Idempotency-Key']);
    expect(first).not.toBe(second);
    expect(query).toBeUndefined();
  });

  it('M4 two identical mutations in flight are two operations: each gets its own answer', async () => {
    const harness = new Harness();
    const info = { ...MUTATION, name: 'CreateOrder', endpoint: 'https://api.example/graphql' };
    const watched = [harness.run(info), harness.run(info)];
    harness.sent[0]!.answer(rejection());
    harness.sent[1]!.answer(rejection());
    await harness.refreshes[0]!.succeed('t2');
    expect(harness.sent).toHaveLength(4);
    const answers = [{ data: { id: 1 } }, { data: { id: 2 } }];
    harness.sent[3]!.answer(answers[1]!);
    harness.sent[2]!.answer(answers[0]!);
    expect(watched.map(({ results }) => results)).toEqual([[answers[0]], [answers[1]]]);
    expect(watched.map(({ completions }) => completions)).toEqual([1, 1]);
  });

  it('M4 cancelling one leaves the other', async () => {
    const harness = new Harness({ tokens: { accessToken: 't1', expiresAt: 1 } });
    const [first, second] = [harness.run(MUTATION), harness.run(MUTATION)];
    await harness.settle();
    first.cancel();
    await harness.refreshes[0]!.succeed('t2');
    harness.sent[0]!.answer(GOOD);
    expect([harness.sent.length, first.settled, second.results]).toEqual([1, 0, [GOOD]]);
  });

  it('M1 T7 one that was never sent says so', async () => {
    const harness = new Harness({});
    const watched = harness.run(MUTATION);
    await harness.refreshes[0]!.fail(endpointError(400, 'invalid_grant'));
    expect(watched.failure).toMatchObject({ executed: false, attempts: 0 });
    expect(watched.failure?.advice).not.toMatch(/look up/i);
  });
});
