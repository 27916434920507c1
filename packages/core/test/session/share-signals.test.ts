import { createTestClock } from '@holdfast/testing/clock';
import { describe, expect, it } from 'vitest';
import { GOOD, Harness } from '../harness.fixture.ts';
import type { Share, ShareChange } from '../../src/index.ts';
import { MemoryShare, shareWith } from './memory-share.fixture.ts';

const EXPIRED = { tokens: { accessToken: 't1', refreshToken: 'r1', expiresAt: 1 } };

describe('what siblings tell', () => {
  it('T14 W9 reaches who only looks: nothing need be sent for it', async () => {
    const share = new MemoryShare();
    const clock = createTestClock();
    const auth = { tokens: { accessToken: 't1' } };
    const [sender, watcher] = [
      new Harness(auth, { share, clock }),
      new Harness(auth, { share, clock }),
    ];
    let told = 0;
    expect(share.listeners).toBe(0);
    const stop = watcher.resilience.session.subscribe(() => told++);
    sender.resilience.session.signOut();
    await watcher.settle();
    expect([watcher.resilience.session.get().status, told > 0]).toEqual(['signed-out', true]);
    stop();
    watcher.resilience.dispose();
    sender.resilience.dispose();
    watcher.resilience.session.subscribe(() => {});
    watcher.resilience.limits.subscribe(() => {});
    expect(share.listeners).toBe(0);
  });

  it('T14 X1 tells listeners of a sign-in only where somebody had signed out', async () => {
    const share = new MemoryShare();
    const clock = createTestClock();
    const auth = { tokens: { accessToken: 't1' } };
    const [one, other] = [new Harness(auth, { share, clock }), new Harness(auth, { share, clock })];
    const told = (): string[] =>
      other.events.map(({ type }) => type).filter((type) => type.startsWith('signed'));
    other.resilience.session.subscribe(() => {});
    one.resilience.session.signIn({ accessToken: 't2' });
    await other.settle();
    expect(told()).toEqual([]);
    one.resilience.session.signOut();
    await other.settle();
    one.resilience.session.signIn({ accessToken: 't3' });
    await other.settle();
    expect(told()).toEqual(['signed_out', 'signed_in']);
    one.resilience.dispose();
    other.resilience.dispose();
  });

  it.each([
    ['without tokens', undefined],
    ['whose tokens nobody has read', { refresh: () => Promise.resolve(undefined) }],
  ])('W9 closed scopes reach an instance %s, from its first operation on', async (_name, auth) => {
    const clock = createTestClock();
    const listeners = new Set<(change: ShareChange) => void>();
    const share = shareWith(new MemoryShare(), {
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    });
    const harness = new Harness({}, { clock, share, auth });
    harness.serve = (sent) => sent.answer(GOOD);
    const info = { endpoint: 'https://api.example', options: { auth: false } };
    harness.run(info);
    const until = clock.wall() + 5_000;
    for (const listener of listeners) {
      listener({ type: 'closed', scope: 'https://api.example', until });
    }
    expect(harness.resilience.limits.get()).toMatchObject([{ until }]);
    const waiting = harness.run(info);
    expect(waiting.settled).toBe(0);
    await clock.advanceAsync(5_000);
    expect(waiting.results).toEqual([GOOD]);
    harness.resilience.dispose();
    expect([clock.pending, listeners.size]).toEqual([0, 0]);
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('gone already');
      },
    ],
    ['is a promise', Promise.resolve(() => {})],
  ])(
    'E3 R9 what ends a subscription %s, and dispose ends everything else',
    async (_name, leave) => {
      const share = shareWith(new MemoryShare(), { subscribe: () => leave as () => void });
      const clock = createTestClock();
      const harness = new Harness({}, { clock, share });
      harness.serve = (sent) => sent.answer({ status: 429, headers: { 'retry-after': '5' } });
      const run = harness.run();
      let told = 0;
      harness.resilience.limits.subscribe(() => told++);
      harness.resilience.dispose();
      expect(run.settled).toBe(1);
      expect([clock.pending, harness.resilience.limits.get()]).toEqual([0, []]);
      expect(told).toBeGreaterThan(0);
      expect(harness.events.at(-1)).toMatchObject({
        type: 'callback_failed',
        callback: 'share.subscribe',
      });
    },
  );

  it.each(['signIn', 'signOut'] as const)(
    'T14 a %s is not lost to what a sibling decided before, told while it is on its way',
    async (method) => {
      const store = new MemoryShare();
      await store.replace(0, { generation: 7, tokens: { accessToken: 'before' } });
      const share = shareWith(store, {
        subscribe: (listener) => {
          void Promise.resolve().then(() => listener({ type: 'tokens', value: store.stored }));
          return store.subscribe(listener);
        },
      });
      const harness = new Harness({}, { share });
      harness.resilience.session[method]({ accessToken: 'after' });
      await harness.settle();
      harness.run();
      const expected = method === 'signIn' ? 'after' : undefined;
      expect([harness.tokens, store.stored?.tokens?.accessToken]).toEqual([[expected], expected]);
      expect(store.stored?.generation).toBe(8);
      expect(harness.resilience.session.get().generation).toBe(8);
    },
  );

  it('T14 what a sibling decides after a sign-in is not lost, told before that has been confirmed', async () => {
    const store = new MemoryShare();
    let confirm = (): void => {};
    const share = shareWith(store, {
      subscribe: (listener) => store.subscribe(listener),
      replace: async (expected, next) => {
        const stored = await store.replace(expected, next);
        await new Promise<void>((resolve) => {
          confirm = resolve;
        });
        return stored;
      },
    });
    const harness = new Harness({}, { share });
    harness.resilience.session.signIn({ accessToken: 'mine' });
    await harness.settle();
    const { generation } = store.stored!;
    await store.replace(generation, {
      generation: generation + 1,
      tokens: { accessToken: 'later' },
    });
    confirm();
    await harness.settle();
    harness.run();
    expect(harness.tokens).toEqual(['later']);
  });

  it('T14 what an instance started with is generation 1, and what was decided is above that', async () => {
    const started = new MemoryShare();
    new Harness(undefined, { share: started }).run();
    const signedIn = new MemoryShare();
    const harness = new Harness({}, { share: signedIn });
    harness.resilience.session.signIn({ accessToken: 't1' });
    await harness.settle();
    expect([started.stored?.generation, signedIn.stored?.generation]).toEqual([1, 2]);
  });
});

describe('a sign-out after dispose', () => {
  it('T14 E3 is told, and the share hears that it is over', async () => {
    const store = new MemoryShare();
    const listeners: number[] = [];
    const share = shareWith(store, {
      replace: (expected, next) => {
        listeners.push(store.listeners);
        return store.replace(expected, next);
      },
    });
    const harness = new Harness({}, { share });
    harness.resilience.dispose();
    harness.resilience.session.signOut();
    await harness.settle();
    expect(store.stored).toEqual({ generation: 2, signOuts: 1 });
    // A share may stay open for one that stores and never listens.
    expect([listeners, store.listeners]).toEqual([[1], 0]);
  });
});

describe('a wait for the lease', () => {
  /** Another tab holds the lease; `signals` are those of the waits. */
  function held(): { readonly share: Share; readonly signals: AbortSignal[] } {
    const store = new MemoryShare();
    const signals: AbortSignal[] = [];
    const share = shareWith(store, {
      subscribe: (listener) => store.subscribe(listener),
      lease: (_work, signal) => {
        signals.push(signal!);
        return new Promise((_resolve, reject) => {
          signal!.addEventListener('abort', () => reject(signal!.reason));
        });
      },
    });
    return { share, signals };
  }

  it('T14 is taken back by a waiter that gives up', async () => {
    const { share, signals } = held();
    const harness = new Harness(EXPIRED, { share });
    harness.run();
    await harness.clock.advanceAsync(11_999);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    await harness.clock.advanceAsync(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(harness.refreshes).toHaveLength(1);
    expect(harness.types()).not.toContain('callback_failed');
  });

  it.each(['dispose', 'signOut', 'signIn'] as const)('T14 E3 is taken back by %s', async (end) => {
    const { share, signals } = held();
    const harness = new Harness(EXPIRED, { share });
    harness.run();
    await harness.settle();
    if (end === 'dispose') harness.resilience.dispose();
    else harness.resilience.session[end]({ accessToken: 't2' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
    await harness.clock.advanceAsync(12_000);
    expect(harness.refreshes).toHaveLength(0);
    expect(harness.types()).not.toContain('callback_failed');
  });
});
