import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createResilience, failureOf } from '../src/index.ts';
import { connectionPolicy } from '../src/socket.ts';
import type {
  Cancel,
  Failure,
  OperationInfo,
  Receiver,
  Resilience,
  ResilienceOptions,
  Signal,
} from '../src/index.ts';

/** What test frameworks fake, and what they leave. */
const fakes: readonly [string, () => void][] = [
  ['all of time', () => {}],
  ['timers alone', () => {}],
  [
    'timers alone, on a clock that stands still',
    () => {
      vi.spyOn(performance, 'now').mockReturnValue(1_000);
    },
  ],
];

const GOOD: Signal = { status: 200, data: { ok: true } };

interface Trial {
  readonly receivers: Receiver<Signal>[];
  readonly results: Signal[];
  settled: number;
  failure: Failure | undefined;
}

let resilience: Resilience;

function instance(options: ResilienceOptions = {}): void {
  resilience = createResilience({ random: () => 0.999, ...options });
}

/** Each attempt is answered by the next of the steps; `undefined` is silence. */
function run(steps: readonly (Signal | undefined)[], info: Partial<OperationInfo> = {}): Trial {
  const trial: Trial = { receivers: [], results: [], settled: 0, failure: undefined };
  const send = (_: unknown, receiver: Receiver<Signal>): Cancel => {
    const step = steps[Math.min(trial.receivers.length, steps.length - 1)];
    trial.receivers.push(receiver);
    if (step !== undefined) {
      receiver.next(step);
      if (info.kind !== 'subscription') receiver.complete();
    }
    return () => {};
  };
  resilience.execute<Signal>(
    { kind: 'query', ...info },
    { send, read: (result) => result },
    {
      next: (result) => {
        trial.results.push(result);
        trial.failure = failureOf(result);
      },
      error: (error) => {
        trial.settled++;
        trial.failure = failureOf(error);
      },
      complete: () => void trial.settled++,
    },
  );
  return trial;
}

describe.each(fakes)('where a test fakes %s', (what, freeze) => {
  beforeEach(() => {
    const alone = ['setTimeout', 'clearTimeout', 'Date'] as const;
    if (what === 'all of time') vi.useFakeTimers();
    else vi.useFakeTimers({ toFake: [...alone] });
    freeze();
  });

  afterEach(() => {
    resilience.dispose();
    const left = vi.getTimerCount();
    vi.useRealTimers();
    vi.restoreAllMocks();
    if (left > 0) throw new Error(`E3: ${left} timers are left.`);
  });

  it('P1 a backoff ends when its timer rings', async () => {
    instance({ outage: false });
    const trial = run([{ status: 503, body: '' }, { status: 503, body: '' }, GOOD]);
    await vi.advanceTimersByTimeAsync(100);
    expect(trial.receivers).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(200);
    expect([trial.settled, trial.results]).toEqual([1, [GOOD]]);
  });

  it('P1 so does the shortest', async () => {
    instance({ random: () => 0 });
    const trial = run([{ status: 503, body: '' }, GOOD]);
    await vi.advanceTimersByTimeAsync(1);
    expect(trial.settled).toBe(1);
  });

  it('P1 H3 so does the wait for a probe, and the patience of who waits in vain', async () => {
    instance();
    const down: Signal = { status: 503, body: '' };
    const [held, vain] = [run([down, down, GOOD]), run([down], { options: { scope: 's' } })];
    await vi.advanceTimersByTimeAsync(20_000);
    expect([held.settled, held.results]).toEqual([1, [GOOD]]);
    expect(vain.failure).toMatchObject({ kind: 'unavailable', stopped: 'outage' });
  });

  it('P1 so does a wait for a limit, and those who wait behind it', async () => {
    instance();
    const limited: Signal = { status: 429, headers: { 'retry-after': '2' }, body: '' };
    const [first, second] = [run([limited, GOOD]), run([GOOD])];
    await vi.advanceTimersByTimeAsync(3_000);
    expect([first.settled, second.settled]).toEqual([1, 1]);
  });

  it('P1 R2 so does an attempt’s limit, and a deadline', async () => {
    instance();
    const trial = run([undefined, GOOD]);
    await vi.advanceTimersByTimeAsync(30_100);
    expect(trial.results).toEqual([GOOD]);
    const own = run([undefined], { options: { timeout: 5_000 } });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(own.failure).toMatchObject({ kind: 'timeout', stopped: 'deadline' });
    const unsent = run([GOOD], { options: { timeout: 5_000, scope: 's' } });
    expect(unsent.settled).toBe(1);
  });

  it('P1 R2 so does the deadline of an answer that has begun to come', async () => {
    instance();
    const trial = run([undefined]);
    trial.receivers[0]!.next(GOOD);
    await vi.runAllTimersAsync();
    expect([trial.settled, trial.receivers.length]).toEqual([1, 1]);
    expect(trial.failure).toMatchObject({ stopped: 'delivered_data' });
  });

  it('P1 T5 so does a token refresh that never settles', async () => {
    instance({ auth: { refresh: () => new Promise(() => {}) } });
    const trial = run([GOOD]);
    await vi.runAllTimersAsync();
    expect(trial.settled).toBe(1);
  });

  it('P1 W11 so does the wait for a network of a stream', async () => {
    instance({ online: { get: () => false, subscribe: () => () => {} } });
    const trial = run([GOOD], { kind: 'subscription' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(trial.results).toEqual([GOOD]);
  });

  it('P1 S4 so does the quiet moment in which a connection is opened anew', async () => {
    instance({ auth: { tokens: { accessToken: 't1' }, refresh: async () => undefined } });
    const connection = connectionPolicy({ idle: () => true });
    const trial = run([GOOD], { kind: 'subscription', connection });
    resilience.session.signIn({ accessToken: 't2' });
    trial.receivers[0]!.next(GOOD);
    await vi.runAllTimersAsync();
    expect([trial.receivers.length, trial.settled]).toEqual([2, 0]);
  });

  it('P1 W5 so does a wait that no timer of the platform holds', async () => {
    instance();
    const trial = run([undefined], { options: { timeout: 2 ** 31 + 1_000 } });
    await vi.advanceTimersByTimeAsync(2 ** 31 + 999);
    expect(trial.settled).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(trial.settled).toBe(1);
  });
});
