import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as Core from '../src/index.ts';
import type { Attempt, Cancel, OperationInfo, Receiver, Signal } from '../src/index.ts';

const GOOD: Signal = { status: 200, data: { ok: true } };
const REJECTED: Signal = { status: 401, body: '' };

/** What some platform does not have: React Native's engine, old runtimes, a sandbox. */
const MISSING = [
  'DOMException',
  'crypto',
  'performance',
  'navigator',
  'atob',
  'btoa',
  'structuredClone',
  'queueMicrotask',
  'Response',
  'TextDecoder',
  'addEventListener',
  'window',
  'document',
];

/** The core as it is loaded where some globals are not there. */
async function loadedWithout(missing: readonly string[]): Promise<typeof Core> {
  vi.resetModules();
  for (const name of missing) vi.stubGlobal(name, undefined);
  vi.stubGlobal(
    'AbortSignal',
    class extends AbortSignal {
      static override any = undefined as never;
      static override timeout = undefined as never;
    },
  );
  return import('../src/index.ts');
}

interface Trial {
  readonly attempts: Attempt[];
  readonly results: Signal[];
  readonly errors: unknown[];
  settled: number;
}

function run(
  resilience: Core.Resilience,
  steps: readonly (Signal | undefined)[],
  info: Partial<OperationInfo> = {},
): Trial {
  const trial: Trial = { attempts: [], results: [], errors: [], settled: 0 };
  const send = (attempt: Attempt, receiver: Receiver<Signal>): Cancel => {
    const step = steps[Math.min(trial.attempts.length, steps.length - 1)];
    trial.attempts.push(attempt);
    if (step !== undefined) {
      receiver.next(step);
      receiver.complete();
    }
    return () => {};
  };
  resilience.execute<Signal>(
    { kind: 'query', ...info },
    { send, read: (result) => result },
    {
      next: (result) => void trial.results.push(result),
      error: (error) => {
        trial.errors.push(error);
        trial.settled++;
      },
      complete: () => void trial.settled++,
    },
  );
  return trial;
}

const sets: [string, readonly string[]][] = [
  ...MISSING.map((name): [string, readonly string[]] => [name, [name]]),
  ['any of these', MISSING],
];

describe.each(sets)('without %s', (_, missing) => {
  const unhandled: unknown[] = [];
  const note = (error: unknown): void => void unhandled.push(error);
  let core: typeof Core;

  beforeEach(async () => {
    unhandled.length = 0;
    process.on('unhandledRejection', note);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    core = await loadedWithout(missing);
  });
  afterEach(() => {
    process.off('unhandledRejection', note);
    vi.useRealTimers();
    vi.unstubAllGlobals();
    if (unhandled.length > 0) throw new AggregateError(unhandled, 'unhandled rejections');
  });

  it('P1 an operation is tried again, and answered', async () => {
    const resilience = core.createResilience({ random: () => 0.5, outage: false });
    const trial = run(resilience, [{ status: 503, body: '' }, GOOD]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect([trial.results, trial.settled]).toEqual([[GOOD], 1]);
    resilience.dispose();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('P1 T1 a token is refreshed; T5 one that never comes is given up', async () => {
    let calls = 0;
    const signals: AbortSignal[] = [];
    const resilience = core.createResilience({
      auth: {
        tokens: { accessToken: 't1' },
        refresh: ({ signal }) => {
          signals.push(signal);
          return ++calls === 1
            ? new Promise(() => {})
            : Promise.resolve({ accessToken: `t${calls}` });
        },
      },
    });
    const trial = run(resilience, [REJECTED, GOOD]);
    await vi.advanceTimersByTimeAsync(11_000);
    expect([calls, trial.results]).toEqual([2, [GOOD]]);
    expect(signals[0]).toMatchObject({ aborted: true, reason: { name: 'TimeoutError' } });
    resilience.dispose();
  });

  it.each(['signOut', 'signIn'] as const)('P1 T11 %s during a refresh wins', async (method) => {
    const resilience = core.createResilience({
      auth: { tokens: { accessToken: 't1', expiresAt: 1 }, refresh: () => new Promise(() => {}) },
    });
    const trial = run(resilience, [GOOD]);
    await vi.advanceTimersByTimeAsync(1);
    resilience.session[method]({ accessToken: 't2' });
    await vi.advanceTimersByTimeAsync(1);
    expect(resilience.session.get().status).toBe(method === 'signOut' ? 'signed-out' : 'active');
    expect(trial.settled).toBe(1);
    resilience.dispose();
  });

  it('P1 M3 a mutation has its key, E2 a signal ends an operation, T10 a JWT tells when it expires', async () => {
    const resilience = core.createResilience({
      retry: { idempotencyKey: 'idempotency-key' },
      auth: {
        // {"exp":1}
        tokens: { accessToken: 'e30.eyJleHAiOjF9.c2ln' },
        refresh: () => Promise.resolve({ accessToken: 't2' }),
      },
    });
    const mutation = run(resilience, [GOOD], { kind: 'mutation' });
    await vi.advanceTimersByTimeAsync(1);
    expect(mutation.attempts[0]?.headers).toMatchObject({
      authorization: 'Bearer t2',
      'idempotency-key': expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/),
    });
    const controller = new AbortController();
    const aborted = run(resilience, [undefined], { signal: controller.signal });
    controller.abort();
    expect(aborted.settled).toBe(1);
    expect((aborted.errors[0] as Error).name).toBe('AbortError');
    resilience.dispose();
  });
});

describe('on Workers, where nothing of one request reaches another', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('P3 whoever waits for a refresh that another request began asks itself after refreshTimeout', async () => {
    vi.useFakeTimers();
    vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });
    const core = await import('../src/index.ts');
    let calls = 0;
    const resilience = core.createResilience({
      auth: {
        tokens: { accessToken: 't1', expiresAt: 1 },
        refreshTimeout: 2_000,
        // The first one's request has ended: neither its promise nor its timer ever comes.
        refresh: () =>
          ++calls === 1 ? new Promise(() => {}) : Promise.resolve({ accessToken: 't2' }),
      },
      clock: {
        monotonic: () => performance.now(),
        wall: () => Date.now(),
        after: (ms, ring) => {
          const lost = calls === 0;
          const timer = lost ? undefined : setTimeout(ring, ms);
          return () => clearTimeout(timer);
        },
      },
    });
    const first = run(resilience, [GOOD]);
    const second = run(resilience, [GOOD]);
    await vi.advanceTimersByTimeAsync(4_000);
    expect([calls, second.results]).toEqual([2, [GOOD]]);
    expect(first.settled).toBe(1);
    resilience.dispose();
  });
});
