import { createTestClock } from '@holdfast/testing/clock';
import type { Clock, Receiver, ResilienceOptions, Signal } from '../src/index.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bench, good, START, status } from './bench.fixture.ts';
import type { Bench } from './bench.fixture.ts';

/** Several requests of one Worker, that share an instance: a timer rings in the request that has set it, or not at all. */
interface Requests extends Pick<Bench, 'run' | 'of' | 'resilience'> {
  /** Monotonic. */
  now(): number;
  advance(ms: number): void;
  /** Runs as a part of this request. */
  within<T>(request: string, work: () => T): T;
  /** The request has ended: none of its timers rings any more. */
  end(request: string): void;
  /** How many timers a request has. */
  timers(request: string): number;
}

function requests(options: ResilienceOptions = {}): Requests {
  const time = createTestClock({ wall: START });
  const ended = new Set<string>();
  const counts = new Map<string, number>();
  // What goes on after a promise is the first one's.
  let current = 'first';
  const within = <T>(request: string, work: () => T): T => {
    const before = current;
    current = request;
    try {
      return work();
    } finally {
      current = before;
    }
  };
  const clock: Clock = {
    monotonic: time.monotonic,
    wall: time.wall,
    after(ms, ring, idle) {
      const request = current;
      let isSet = true;
      const count = (by: number): unknown => counts.set(request, (counts.get(request) ?? 0) + by);
      const over = (): void => {
        if (isSet) count(-1);
        isSet = false;
      };
      count(1);
      const cancel = time.after(
        ms,
        () => {
          over();
          if (!ended.has(request)) within(request, ring);
        },
        idle,
      );
      return () => {
        over();
        cancel();
      };
    },
  };
  return {
    ...bench({ clock, ...options }),
    now: time.monotonic,
    advance: time.advance,
    within,
    end: (request) => void ended.add(request),
    timers: (request) => counts.get(request) ?? 0,
  };
}

const ONCE = { options: { retry: false } } as const;
const LONG = { options: { timeout: 60_000 } } as const;
const DOWN = status(503);

/** Two queries that fail, after which the API counts as down (H1), and a third one that asks, and hears nothing. */
function down({ run, within, end }: Requests): void {
  within('first', () => {
    run(DOWN, { name: 'One', ...ONCE });
    run(DOWN, { name: 'Two', ...ONCE });
  });
  end('first');
  within('asking', () => run('silence', { name: 'Asks' }));
  // Of whoever comes first is the line's alarm.
  within('second', () => {
    run(good(), { kind: 'mutation', name: 'Waits' });
    run(good(), { kind: 'mutation', name: 'Waits too' });
  });
  end('second');
}

describe('an outage on Workers, where the line’s alarm was set by a request that has ended', () => {
  beforeEach(() => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('P3 H3 whoever waits asks itself, at its own turn and not before the cap', () => {
    const worker = requests();
    const { run, of, now, advance, within } = worker;
    down(worker);
    const begun = now();
    const sent: number[] = [];
    const answer = (receiver: Receiver<Signal>): void => {
      sent.push(now() - begun);
      receiver.next(good());
      receiver.complete();
    };
    const trial = within('third', () => run(answer, { name: 'Comes' }));
    advance(10_000);
    expect(trial.results).toEqual([good()]);
    // The cap of a probe; its next turn is the alarm's, if that rings; in the one after that it asks.
    expect(sent).toEqual([5_100]);
    // It has kept its place meanwhile.
    expect(of('wait').filter(({ name }) => name === 'Comes')).toHaveLength(1);
    expect(worker.timers('third')).toBe(0);
  });

  it('P3 H6 E3 one that is ended by the question which it asks has no alarm afterwards', () => {
    const worker = requests();
    const { run, advance, within } = worker;
    down(worker);
    // Nobody asks who is still there: the outage grows older than anybody's patience.
    advance(16_000);
    const trial = within('third', () => run(good(), { kind: 'mutation', name: 'Comes late' }));
    advance(15_000);
    expect(trial.failure).toMatchObject({ kind: 'unavailable', stopped: 'outage' });
    expect(trial.settled).toBe(1);
    expect(trial.times).toEqual([]);
    expect(worker.timers('third')).toBe(0);
  });
});

describe('an outage on Workers that is older than anybody’s patience', () => {
  beforeEach(() => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  /** Many ask, one after the other, and hear nothing; then somebody comes, whose patience ends 7.5 s later. */
  function old(): Requests & {
    readonly late: ReturnType<Requests['run']>;
    /** The API is there again: whoever has asked is answered, and whoever asks from now on. */
    readonly recover: () => void;
  } {
    const worker = requests();
    const { run, advance, within } = worker;
    let isBack = false;
    const asked: Receiver<Signal>[] = [];
    const respond = (receiver: Receiver<Signal>): void => {
      receiver.next(good());
      receiver.complete();
    };
    within('first', () => {
      run(DOWN, { name: 'One', ...ONCE });
      run(DOWN, { name: 'Two', ...ONCE });
    });
    for (let at = 0; at < 16_000; at += 2_000) {
      const step = (receiver: Receiver<Signal>): unknown =>
        isBack ? respond(receiver) : asked.push(receiver);
      within('asking', () => run((receiver) => void step(receiver), { name: `At ${at}`, ...LONG }));
      advance(2_000);
    }
    const late = within('late', () => run(good(), { kind: 'mutation', name: 'Comes late' }));
    advance(7_600);
    const recover = (): void => {
      isBack = true;
      asked.forEach(respond);
    };
    return { ...worker, late, recover };
  }

  it('P3 H6 whoever comes waits for half of it, and then for the outcome of the next probe', () => {
    const { late, recover, within, advance } = old();
    expect(late.settled).toBe(0);
    within('asking', recover);
    advance(100);
    expect(late.results).toEqual([good()]);
  });

  it('P3 H6 and fails with that, in its own turn', () => {
    const { late, advance } = old();
    expect(late.settled).toBe(0);
    advance(5_200);
    expect(late.failure).toMatchObject({ kind: 'unavailable', stopped: 'outage' });
    expect(late.times).toEqual([]);
  });
});

describe('a token endpoint that is down, on Workers', () => {
  beforeEach(() => {
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('P3 E1 E3 one that is cancelled by whoever hears of the call that it began has no alarm afterwards', async () => {
    let calls = 0;
    const refresh = (): Promise<never> => {
      calls++;
      return Promise.reject(Object.assign(new Error('down'), { status: 503 }));
    };
    const worker = requests({ auth: { refresh } });
    const { run, advance, within, end, timers, resilience } = worker;
    within('first', () => run(good(), { name: 'Waits' }));
    await vi.waitFor(() => expect(resilience.session.get().status).toBe('unavailable'));
    end('first');
    const trial = within('second', () => run(good(), { name: 'Comes' }));
    expect(timers('second')).toBe(1);
    resilience.subscribe(({ type }) => {
      if (type === 'refresh_started') trial.cancel();
    });
    // As far as that call, and no further.
    const hasCalled = (): boolean => calls >= 2;
    for (let waited = 0; !hasCalled() && waited < 1_000; waited += 10) advance(10);
    expect(calls).toBe(2);
    expect(trial.times).toEqual([]);
    // The call's own, which bounds it.
    expect(timers('second')).toBe(1);
  });
});
