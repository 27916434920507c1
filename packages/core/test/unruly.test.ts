import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OperationInfo, Receiver, Share, Signal } from '../src/index.ts';
import { GOOD, Harness } from './harness.fixture.ts';

const UNAVAILABLE: Signal = { status: 503, body: '' };
const broken = new Error('broken');

const unhandled: unknown[] = [];
const warnings: Error[] = [];
const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
const onWarning = (warning: Error): void => void warnings.push(warning);

beforeEach(() => {
  process.on('unhandledRejection', onUnhandled);
  process.on('warning', onWarning);
});

afterEach(async () => {
  await turn();
  process.off('unhandledRejection', onUnhandled);
  process.off('warning', onWarning);
  const seen = [...unhandled.splice(0), ...warnings.splice(0)];
  if (seen.length > 0) throw new Error('E4: unhandled', { cause: seen[0] });
});

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** The ways in which somebody else's function can fail. */
const ways: readonly [string, () => never][] = [
  [
    'throws',
    () => {
      throw broken;
    },
  ],
  ['rejects', () => Promise.reject(broken) as never],
];

interface Outcome {
  results: number;
  errors: unknown[];
  completions: number;
  sent: Receiver<Signal>[];
  end(): void;
}

/** One operation whose transport cannot be ended in peace. */
function unruly(harness: Harness, fail: () => never, info: Partial<OperationInfo> = {}): Outcome {
  const outcome: Outcome = { results: 0, errors: [], completions: 0, sent: [], end: () => {} };
  outcome.end = harness.resilience.execute<Signal>(
    { kind: 'query', name: 'Unruly', ...info },
    {
      send: (_, receiver) => {
        outcome.sent.push(receiver);
        return fail;
      },
      read: (result) => result,
    },
    {
      next: () => void outcome.results++,
      error: (error) => void outcome.errors.push(error),
      complete: () => void outcome.completions++,
    },
  );
  return outcome;
}

function complaints(harness: Harness): unknown[] {
  return harness.events.flatMap((event) =>
    event.type === 'callback_failed' ? [[event.callback, event.error]] : [],
  );
}

describe.each(ways)('a transport whose cancel %s', (_, fail) => {
  it('E1b an attempt that has timed out is followed by another all the same', async () => {
    const harness = new Harness(undefined, { timeout: { attempt: 1_000 } });
    const outcome = unruly(harness, fail);
    await harness.clock.advanceAsync(2_000);
    expect(outcome.sent).toHaveLength(2);
    outcome.sent[1]!.next(GOOD);
    outcome.sent[1]!.complete();
    expect([outcome.results, outcome.errors, outcome.completions]).toEqual([1, [], 1]);
    expect(complaints(harness)).toEqual([['transport', broken]]);
    expect(harness.clock.pending).toBe(0);
  });

  it('E1b E2 an aborted signal ends the operation', async () => {
    const harness = new Harness();
    const controller = new AbortController();
    const outcome = unruly(harness, fail, { signal: controller.signal });
    controller.abort();
    await harness.settle();
    expect(outcome.errors).toHaveLength(1);
    expect(complaints(harness)).toEqual([['transport', broken]]);
  });

  it('E1b E1 unsubscribing throws at nobody', async () => {
    const harness = new Harness();
    const outcome = unruly(harness, fail);
    expect(() => outcome.end()).not.toThrow();
    await harness.settle();
    expect(complaints(harness)).toEqual([['transport', broken]]);
    expect(harness.types().filter((type) => type === 'operation_ended')).toHaveLength(1);
  });

  it('E1b E3 dispose ends all the others', async () => {
    const harness = new Harness();
    const outcome = unruly(harness, fail);
    const other = harness.run();
    harness.resilience.dispose();
    await harness.settle();
    expect([outcome.errors.length, other.settled, harness.clock.pending]).toEqual([1, 1, 0]);
  });

  it('E1b S2 a stream is begun anew although the old one would not be closed', async () => {
    const harness = new Harness();
    const outcome = unruly(harness, fail, { kind: 'subscription' });
    outcome.sent[0]!.error({ status: 503 });
    await harness.clock.advanceAsync(1_000);
    expect([outcome.sent.length, outcome.errors]).toEqual([2, []]);
    outcome.end();
    await harness.settle();
    expect(complaints(harness).length).toBeGreaterThan(0);
  });

  it('E1b a result that cannot be read ends the operation', async () => {
    const harness = new Harness();
    const errors: unknown[] = [];
    harness.resilience.execute<Signal>(
      { kind: 'query' },
      {
        send: (__, receiver) => {
          queueMicrotask(() => receiver.next(GOOD));
          return fail;
        },
        read: () => {
          throw new Error('unreadable');
        },
      },
      { next: () => {}, error: (error) => void errors.push(error), complete: () => {} },
    );
    await harness.settle();
    expect(errors).toMatchObject([{ message: 'unreadable' }]);
  });
});

describe.each(ways)('a subscriber that %s', (_, fail) => {
  it.each(['next', 'error', 'complete'] as const)('E1b in `%s` harms nobody', async (method) => {
    const harness = new Harness();
    const receivers: Receiver<Signal>[] = [];
    const start = (receiver: Receiver<Signal>): void => {
      harness.resilience.execute<Signal>(
        { kind: 'query' },
        {
          send: (__, inner) => {
            receivers.push(inner);
            return () => {};
          },
          read: (result) => result,
        },
        receiver,
      );
    };
    const calls = { next: () => {}, error: () => {}, complete: () => {} };
    start({ ...calls, [method]: fail });
    const other = harness.run();
    expect(() => {
      if (method === 'error') receivers[0]!.error(new Error('refused'));
      else {
        receivers[0]!.next(GOOD);
        receivers[0]!.complete();
      }
    }).not.toThrow();
    harness.sent[0]!.answer(GOOD);
    await harness.settle();
    expect(other.settled).toBe(1);
    expect(complaints(harness)).toEqual([['subscriber', broken]]);
    const ended = harness.types().filter((type) => type === 'operation_ended');
    expect([ended.length, harness.clock.pending]).toEqual([2, 0]);
  });
});

describe.each(ways)('a share of which everything %s', (_, fail) => {
  const methods = ['read', 'replace', 'lease', 'closeUntil', 'subscribe'] as const;
  const working: Required<Share> = {
    read: () => undefined,
    replace: () => true,
    lease: (work) => work(),
    closeUntil: () => {},
    subscribe: () => () => {},
  };

  it.each(methods)('E1b is reported, and operations settle: %s', async (method) => {
    const harness = new Harness({}, { share: { ...working, [method]: fail } });
    const query = harness.run();
    await harness.settle();
    await harness.refreshes[0]!.succeed('t1');
    harness.sent[0]!.answer({ status: 429, headers: { 'retry-after': '1' }, body: '' });
    await harness.clock.advanceAsync(3_000);
    harness.sent[1]!.answer(GOOD);
    await harness.settle();
    expect([query.results, query.settled]).toEqual([[GOOD], 1]);
    expect(complaints(harness).map((told) => (told as unknown[])[0])).toContain(`share.${method}`);
    harness.resilience.dispose();
    await harness.settle();
    expect(harness.clock.pending).toBe(0);
  });

  it('E1b is reported where the lease fails after the work was done', async () => {
    const lease: Share['lease'] = async (work) => {
      await work();
      return fail();
    };
    const harness = new Harness({}, { share: { ...working, lease } });
    const query = harness.run();
    await harness.settle();
    await harness.refreshes[0]!.succeed('t1');
    harness.sent[0]!.answer(GOOD);
    expect(query.settled).toBe(1);
    expect(complaints(harness)).toMatchObject([['share.lease', { message: 'broken' }]]);
  });
});

describe('many operations on one signal', () => {
  it('E2b put one listener on it, and take it away with the last of them', async () => {
    const harness = new Harness(undefined, { outage: false });
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>): void => {
      listeners++;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>): void => {
      listeners--;
      remove(...given);
    };
    const watched = Array.from({ length: 50 }, () => harness.run({ signal }));
    expect(listeners).toBe(1);
    // What another instance does on the same signal changes nothing.
    const second = new Harness();
    const elsewhere = second.run({ signal });
    for (const sent of harness.sent.slice(0, 25)) sent.answer(UNAVAILABLE);
    await harness.clock.advanceAsync(10);
    expect(listeners).toBe(1);
    for (const sent of harness.sent.slice(25)) sent.answer(GOOD);
    await turn();
    expect(warnings).toEqual([]);
    expect(watched.map(({ settled }) => settled)).toEqual(watched.map(() => 1));
    elsewhere.cancel();
    expect(listeners).toBe(0);
  });

  it('E2b E2 hear of the abort, each once, and one that throws keeps it from no other', async () => {
    const harness = new Harness();
    const controller = new AbortController();
    const { signal } = controller;
    const watched = Array.from({ length: 50 }, () => harness.run({ signal }));
    const late: number[] = [];
    harness.resilience.execute<Signal>(
      { kind: 'query', signal },
      { send: () => () => {}, read: (result) => result },
      {
        next: () => {},
        complete: () => {},
        error: () => {
          late.push(harness.run({ signal }).settled);
          throw broken;
        },
      },
    );
    watched.push(harness.run({ signal }));
    controller.abort();
    await turn();
    expect(watched.map(({ settled }) => settled)).toEqual(watched.map(() => 1));
    expect(watched[50]!.failure).toMatchObject({ kind: 'aborted', stopped: 'aborted' });
    expect(late).toEqual([1]);
    expect(harness.clock.pending).toBe(0);
  });

  it('E2b an operation whose own end ends another leaves nothing behind', () => {
    const harness = new Harness();
    const controller = new AbortController();
    const { signal } = controller;
    const second = harness.run({ signal });
    harness.resilience.subscribe((event) => {
      if (event.type === 'gave_up') second.cancel();
    });
    const first = harness.run({ signal });
    controller.abort();
    expect([first.settled, second.late]).toEqual([1, 0]);
  });
});
