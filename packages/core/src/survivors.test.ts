import { createTestClock } from '@holdfast/testing/clock';
import { describe, expect, it } from 'vitest';
import { GOOD, Harness, NOW, rejection } from './harness.fixture.ts';
import type { ResilienceEvent, Share, ShareChange, Signal } from './index.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** An hour's token, which is due to be renewed ahead of time, and has just been asked for. */
async function due(): Promise<Harness> {
  const harness = new Harness({ tokens: { accessToken: 't1', expiresAt: NOW + HOUR } });
  await harness.clock.advanceAsync(HOUR - MINUTE);
  harness.run();
  harness.sent.at(-1)!.answer(GOOD);
  await harness.settle();
  expect(harness.refreshes).toHaveLength(1);
  return harness;
}

describe('a refresh ahead of time', () => {
  it('T9 T6 that succeeds begins no cool-down: the next one is had at once', async () => {
    const harness = await due();
    await harness.refreshes[0]!.succeed('t2');
    expect(harness.resilience.session.get().failure).toBeUndefined();
    // The token has been accepted once, and only then dies.
    harness.run();
    harness.sent.at(-1)!.answer(GOOD);
    const watched = harness.run();
    harness.sent.at(-1)!.answer(rejection());
    await harness.settle();
    expect([harness.refreshes.length, harness.status]).toEqual([2, 'refreshing']);
    await harness.refreshes[1]!.succeed('t3');
    harness.sent.at(-1)!.answer(GOOD);
    expect([watched.results, harness.tokens.at(-1)]).toEqual([[GOOD], 't3']);
  });

  it('T9 T6 that has nothing to refresh with is tried again after the cool-down', async () => {
    const harness = await due();
    await harness.refreshes[0]!.succeed(undefined);
    harness.run();
    await harness.clock.advanceAsync(4_999);
    harness.run();
    expect(harness.refreshes).toHaveLength(1);
    await harness.clock.advanceAsync(1);
    harness.run();
    await harness.settle();
    expect([harness.refreshes.length, harness.tokens.at(-1)]).toEqual([2, 't1']);
  });
});

describe('a refresh that fails by something of ours or of the platform', () => {
  it('T6 T7 is not final: it is tried again after the cool-down', async () => {
    const clock = createTestClock({ wall: NOW });
    const after = clock.after.bind(clock);
    let isBroken = true;
    clock.after = (ms, run, idle) => {
      if (!isBroken) return after(ms, run, idle);
      isBroken = false;
      throw new Error('no timers');
    };
    const harness = new Harness({}, { clock });
    const first = harness.run();
    await harness.settle();
    expect(first.failure).toMatchObject({ kind: 'unauthenticated', stopped: 'session_failed' });
    expect(first.failure?.retryAt).toBeGreaterThan(NOW);
    await clock.advanceAsync(5_000);
    const second = harness.run();
    await harness.settle();
    await harness.refreshes.at(-1)!.succeed('t1');
    harness.sent.at(-1)!.answer(GOOD);
    expect(second.results).toEqual([GOOD]);
  });
});

describe('more scopes than anybody needs', () => {
  const LIMITED: Signal = { status: 429, headers: { 'retry-after': '600' }, body: '' };

  function close(harness: Harness, scope: string): void {
    harness.run({ options: { scope } });
    harness.sent.at(-1)!.answer(LIMITED);
  }

  /** How an operation in a scope fares. */
  function passes(harness: Harness, scope: string): boolean {
    const before = harness.sent.length;
    harness.run({ options: { scope } }).cancel();
    return harness.sent.length > before;
  }

  it('X4 a thousand closed ones are remembered, and the oldest are forgotten first', () => {
    const harness = new Harness();
    for (let nth = 0; nth < 1_500; nth++) close(harness, `s${nth}`);
    const scopes = harness.resilience.limits.get().map(({ scope }) => scope);
    expect([scopes.length, scopes[0], scopes.at(-1)]).toEqual([1_000, 's500', 's1499']);
    expect(['s0', 's499', 's500', 's1499'].map((scope) => passes(harness, scope))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('X4 W7 those that somebody waits for are not forgotten', async () => {
    const harness = new Harness();
    const waiting = harness.run({ options: { scope: 'first' } });
    harness.sent[0]!.answer({ ...LIMITED, headers: { 'retry-after': '10' } });
    for (let nth = 0; nth < 1_500; nth++) close(harness, `s${nth}`);
    await harness.clock.advanceAsync(10_000);
    harness.sent.at(-1)!.answer(GOOD);
    expect([waiting.results, harness.sent.at(-1)?.operation]).toEqual([[GOOD], 'operation 1']);
  });

  it('X4 W9 nor do siblings that tell of ever more of them cost more', () => {
    let tell: (change: ShareChange) => void = () => {};
    const share: Share = {
      read: () => undefined,
      replace: () => true,
      subscribe: (listener) => {
        tell = listener;
        return () => {};
      },
    };
    const harness = new Harness(undefined, { share });
    harness.resilience.limits.subscribe(() => {});
    for (let nth = 0; nth < 1_500; nth++) {
      tell({ type: 'closed', scope: `s${nth}`, until: harness.clock.wall() + HOUR });
    }
    const scopes = harness.resilience.limits.get().map(({ scope }) => scope);
    expect([scopes.length, scopes[0]]).toEqual([1_000, 's500']);
    harness.resilience.dispose();
    expect(harness.clock.pending).toBe(0);
  });

  it('X4 open ones that have recovered leave nothing', async () => {
    const harness = new Harness();
    for (let nth = 0; nth < 1_100; nth++) {
      harness.run({ options: { scope: `s${nth}`, retry: false } });
      harness.sent.at(-1)!.answer({ ...LIMITED, headers: { 'retry-after': '1' } });
    }
    await harness.clock.advanceAsync(5_000);
    for (let nth = 0; nth < 1_100; nth++) expect(passes(harness, `s${nth}`)).toBe(true);
    expect(harness.resilience.limits.get()).toEqual([]);
  });
});

describe('what a sibling does', () => {
  function shared(): { harness: Harness; tell(change: ShareChange): void } {
    const heard: ((change: ShareChange) => void)[] = [];
    const harness = new Harness(
      { tokens: { accessToken: 't1' } },
      {
        share: {
          read: () => undefined,
          replace: () => true,
          subscribe: (listener) => {
            heard.push(listener);
            return () => {};
          },
        },
      },
    );
    return { harness, tell: (change) => heard.at(-1)?.(change) };
  }

  function signedIn({ events }: Harness): ResilienceEvent[] {
    return events.filter(({ type }) => type === 'signed_in');
  }

  it('T14 its sign-in after a sign-out is told as one, with its generation', async () => {
    const { harness, tell } = shared();
    harness.run();
    await harness.settle();
    tell({ type: 'tokens', value: { generation: 20 } });
    expect([harness.status, signedIn(harness)]).toEqual(['signed-out', []]);
    tell({ type: 'tokens', value: { generation: 21, tokens: { accessToken: 't2' } } });
    expect(signedIn(harness)).toMatchObject([{ type: 'signed_in', generation: 21 }]);
    expect(harness.status).toBe('active');
  });

  it('T14 its refresh is none', async () => {
    const { harness, tell } = shared();
    harness.run();
    await harness.settle();
    tell({ type: 'tokens', value: { generation: 20, tokens: { accessToken: 't2' } } });
    expect(signedIn(harness)).toEqual([]);
    harness.run();
    expect(harness.tokens.at(-1)).toBe('t2');
  });
});
