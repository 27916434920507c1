import { afterEach, describe, expect, it, vi } from 'vitest';
import { bench, good, limited, nodeError, status } from './bench.fixture.ts';
import type { Bench, Step } from './bench.fixture.ts';

const UNAUTHENTICATED: Step = {
  status: 200,
  data: null,
  errors: [{ message: 'no', extensions: { code: 'UNAUTHENTICATED' } }],
};

/** How many retries in all, where everything fails in one way. */
function retriesUntilEmpty(self: Bench, step: Step): number {
  let retries = 0;
  for (let operation = 0; operation < 300; operation++) {
    const trial = self.run(step, { options: { scope: String(operation) } });
    self.clock.advance(60_000);
    retries += trial.sent.length - 1;
  }
  return retries;
}

describe('the budget of an instance', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('R4 has 500 tokens in a server process; a retry costs 14, after a limit 5', () => {
    const alone = (): Bench => bench({ outage: false });
    expect(retriesUntilEmpty(alone(), status(500))).toBe(Math.floor(500 / 14));
    expect(retriesUntilEmpty(alone(), status(423))).toBe(500 / 5);
    expect(retriesUntilEmpty(alone(), limited())).toBe(500 / 5);
  });

  it('R4 has 100 in a browser tab', () => {
    vi.stubGlobal('window', {});
    vi.stubGlobal('document', {});
    expect(retriesUntilEmpty(bench({ outage: false }), status(500))).toBe(Math.floor(100 / 14));
  });

  it('R4 breaks retries and never first attempts, and says so', () => {
    const { run, clock, of } = bench({ outage: false, retry: { budget: { capacity: 20 } } });
    const trial = run(status(500));
    clock.advance(60_000);
    expect(trial.sent).toHaveLength(2);
    expect(trial.failure).toMatchObject({ kind: 'server_error', attempts: 2, stopped: 'budget' });
    expect(of('budget_empty')).toMatchObject([{ tokens: 6, cost: 14 }]);
    for (let index = 0; index < 50; index++) expect(run(status(500)).sent).toHaveLength(1);
  });

  it('R4 is one bucket for all operations, whatever their kind, name and endpoint', () => {
    const { run, clock } = bench({ outage: false, retry: { budget: { capacity: 28 } } });
    const one = run(status(500), { name: 'A', endpoint: 'https://a.example/graphql' });
    clock.advance(60_000);
    const other = run(status(423), {
      kind: 'mutation',
      name: 'B',
      endpoint: 'https://b.example/graphql',
    });
    clock.advance(60_000);
    expect([one.sent.length, other.sent.length]).toEqual([3, 1]);
    expect(other.failure?.stopped).toBe('budget');
  });

  it('R4 a first-try success returns 1', () => {
    const { run, clock } = bench({
      outage: false,
      retry: { attempts: 2, budget: { capacity: 14 } },
    });
    run(status(500));
    clock.advance(1_000);
    for (let success = 0; success < 13; success++) run(good());
    const short = run(status(500));
    clock.advance(1_000);
    run(good());
    const enough = run(status(500));
    clock.advance(1_000);
    expect([short.sent.length, enough.sent.length]).toEqual([1, 2]);
  });

  it('R4 a retried success returns its last cost', () => {
    const { run, clock, of } = bench({ retry: { budget: { capacity: 19 } } });
    // 14 and 5 are taken, 5 comes back.
    run([status(500), status(423), good()]);
    clock.advance(60_000);
    run(status(500));
    expect(of('budget_empty')).toMatchObject([{ tokens: 5, cost: 14 }]);
    const other = bench({ retry: { budget: { capacity: 14 } } });
    const trials = Array.from({ length: 5 }, () => {
      const trial = other.run([status(500), good()]);
      other.clock.advance(60_000);
      return trial.sent.length;
    });
    expect(trials).toEqual([2, 2, 2, 2, 2]);
  });

  it('R4 S2 a subscription that comes back returns its cost too', () => {
    const { run, clock } = bench({ retry: { budget: { capacity: 14 } } });
    const trial = run('silence', { kind: 'subscription' });
    for (let round = 0; round < 5; round++) {
      trial.receivers.at(-1)?.next(good());
      trial.receivers.at(-1)?.error(nodeError('ECONNRESET'));
      clock.advance(60_000);
    }
    expect([trial.sent.length, trial.settled]).toEqual([6, 0]);
  });

  it('R4 R8 a capacity of 0 allows no retry, a cost of 0 all of them, `false` means no budget', () => {
    const sends = (budget: false | object): number => {
      const { run, clock } = bench({ retry: { attempts: 60, budget } });
      const trial = run(status(423));
      clock.advance(59_999);
      return trial.sent.length;
    };
    expect(sends({ capacity: 0 })).toBe(1);
    expect(sends({ capacity: 0, throttledCost: 0 })).toBe(sends(false));
    expect(sends(false)).toBeGreaterThan(5);
    const free = bench({ outage: false, retry: { budget: { capacity: 0, transientCost: 0 } } });
    const trial = free.run(status(500));
    free.clock.advance(60_000);
    expect(trial.sent).toHaveLength(4);
  });

  it('R4 E5 is kept in sessionStorage over a reload, and not read before it is needed', () => {
    const items = new Map<string, string>();
    const getItem = vi.fn<(key: string) => string | null>((key) => items.get(key) ?? null);
    const setItem = (key: string, value: string): void => void items.set(key, value);
    vi.stubGlobal('window', {});
    vi.stubGlobal('document', {});
    vi.stubGlobal('sessionStorage', { getItem, setItem });
    const before = bench({ outage: false });
    before.run(good());
    expect(getItem).not.toHaveBeenCalled();
    expect(retriesUntilEmpty(before, status(500))).toBe(7);
    getItem.mockClear();
    const after = bench({ outage: false });
    expect(getItem).not.toHaveBeenCalled();
    expect(retriesUntilEmpty(after, status(500))).toBe(0);
    expect(items.size).toBe(1);
  });

  it('R4 what successes return before the first retry of a page counts', () => {
    const items = new Map([['holdfast:budget:graphql-over-http', '10']]);
    vi.stubGlobal('window', {});
    vi.stubGlobal('document', {});
    vi.stubGlobal('sessionStorage', {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
    });
    const { run, clock } = bench({ outage: false });
    for (let success = 0; success < 4; success++) run(good());
    const trial = run(status(500));
    clock.advance(60_000);
    expect(trial.sent).toHaveLength(2);
  });

  it('R4 a storage that throws takes nothing away', () => {
    vi.stubGlobal('window', {});
    vi.stubGlobal('document', {});
    vi.stubGlobal('sessionStorage', {
      getItem: () => {
        throw new DOMException('denied', 'SecurityError');
      },
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    });
    expect(retriesUntilEmpty(bench({ outage: false }), status(500))).toBe(7);
  });
});

describe('replays', () => {
  function signedIn(capacity: number, rejected: readonly string[]): Bench {
    let serial = 1;
    const self = bench({
      outage: false,
      retry: { budget: { capacity } },
      auth: {
        tokens: { accessToken: 'g1' },
        refresh: () => Promise.resolve({ accessToken: `g${++serial}` }),
      },
    });
    expect(rejected.length).toBeGreaterThan(0);
    return self;
  }

  it('R5 the first is outside attempts, backoff and budget', async () => {
    const self = signedIn(0, ['g1']);
    const trial = self.run([UNAUTHENTICATED, good()]);
    await self.clock.advanceAsync(0);
    expect([trial.times, trial.settled, trial.errors]).toEqual([[0, 0], 1, []]);
    expect(self.of('retry')).toMatchObject([{ wait: 0, fresh: true }]);
  });

  it('R5 takes no attempt away from what follows', async () => {
    const self = signedIn(500, ['g1']);
    const trial = self.run([UNAUTHENTICATED, status(500)]);
    await self.clock.advanceAsync(60_000);
    expect(trial.sent).toHaveLength(5);
  });

  it.each([
    [13, 2, 'budget'],
    [14, 3, 'not_retryable'],
  ])('R5 from the second on they cost 14: with %i tokens', async (capacity, sent, stopped) => {
    const self = signedIn(capacity, ['g1', 'g2']);
    const trial = self.run([
      (receiver) => {
        // The token that was sent is not the newest any more when it is rejected.
        self.resilience.session.signIn({ accessToken: 'other' });
        receiver.next(UNAUTHENTICATED as never);
      },
      UNAUTHENTICATED,
    ]);
    await self.clock.advanceAsync(60_000);
    expect([trial.sent.length, trial.failure?.stopped]).toEqual([sent, stopped]);
    expect(self.of('budget_empty')).toHaveLength(stopped === 'budget' ? 1 : 0);
  });

  it('R4b retry: false repeats nothing but the replay after a refresh', async () => {
    const self = bench({
      retry: false,
      auth: {
        tokens: { accessToken: 'g1' },
        refresh: () => Promise.resolve({ accessToken: 'g2' }),
      },
    });
    const steps = [status(500), limited(), status(423), { fails: nodeError('ECONNREFUSED') }];
    const others = steps.map((step, index) =>
      self.run([step, good()], { options: { scope: `s${index}` } }),
    );
    const replayed = self.run([UNAUTHENTICATED, good()]);
    await self.clock.advanceAsync(60_000);
    expect(others.map(({ sent, failure }) => [sent.length, failure?.stopped])).toEqual(
      steps.map(() => [1, 'declined']),
    );
    expect([replayed.sent.length, replayed.errors]).toEqual([2, []]);
  });

  it('R4b retry: false still closes the scope for a hint, and for nothing else', () => {
    const self = bench({ retry: false });
    self.run(limited(), { options: { scope: 'unhinted' } });
    self.run(limited(5), { options: { scope: 'hinted' } });
    expect(self.resilience.limits.get().map(({ scope }) => scope)).toEqual(['hinted']);
    const queued = self.run(good(), { options: { scope: 'hinted' } });
    self.clock.advance(5_000);
    expect(queued.times).toEqual([5_000]);
  });

  it('R4b attempts: 1 is one attempt; an operation may ask for what its instance does not do', () => {
    const one = bench({ retry: { attempts: 1 } });
    const trial = one.run([status(500), good()]);
    one.clock.advance(60_000);
    expect([trial.sent.length, trial.failure?.stopped]).toEqual([1, 'attempts']);
    const none = bench({ retry: false });
    const asked = none.run([status(500), good()], { options: { retry: true } });
    none.clock.advance(60_000);
    expect(asked.sent).toHaveLength(2);
  });
});
