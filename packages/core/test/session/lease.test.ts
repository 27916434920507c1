import { createTestClock } from '@holdfast/testing/clock';
import { describe, expect, it } from 'vitest';
import type { Share } from '../../src/index.ts';
import { endpointError, GOOD, Harness } from '../harness.fixture.ts';
import { MemoryShare, shareWith } from './memory-share.fixture.ts';
import { settle, tabs } from './tabs.fixture.ts';

const EXPIRED = { tokens: { accessToken: 't1', refreshToken: 'r1', expiresAt: 1 } };

describe('the lease', () => {
  it('T14 a holder that never settles delays the others by 12 s at most', async () => {
    const share = new MemoryShare();
    share.hold();
    const harness = new Harness(EXPIRED, { share });
    harness.run();
    await harness.clock.advanceAsync(11_999);
    expect(harness.refreshes).toHaveLength(0);
    await harness.clock.advanceAsync(1);
    expect(harness.refreshes).toHaveLength(1);
    await harness.refreshes[0]!.succeed('t2');
    expect(harness.tokens).toEqual(['t2']);
    expect(share.stored?.tokens?.accessToken).toBe('t2');
  });

  it('T14 a waiter that gives up reads again first', async () => {
    const store = new MemoryShare();
    store.hold();
    const share = shareWith(store, {
      lease: (work) => store.lease(work),
      subscribe: () => () => {},
    });
    const harness = new Harness(EXPIRED, { share });
    harness.run();
    await harness.settle();
    await store.replace(1, { generation: 2, tokens: { accessToken: 't2' } });
    await harness.clock.advanceAsync(12_000);
    expect([harness.refreshes.length, harness.tokens]).toEqual([0, ['t2']]);
  });

  it('T14 T5 H5 12 s for the lease, 10 s for the call, and then patience: nobody waits for longer', async () => {
    const share = new MemoryShare();
    share.hold();
    const harness = new Harness(EXPIRED, { share });
    const watched = harness.run();
    await harness.clock.advanceAsync(36_999);
    expect(watched.settled).toBe(0);
    await harness.clock.advanceAsync(1);
    expect(watched.failure).toMatchObject({ stopped: 'session_failed', executed: false });
  });

  it('T14 is held only around the token call: not while the transport sends, nor between two tries', async () => {
    let held = false;
    const store = new MemoryShare();
    const share = shareWith(store, {
      subscribe: () => () => {},
      lease: async (work) => {
        held = true;
        const result = await work();
        held = false;
        return result;
      },
    });
    const harness = new Harness(EXPIRED, { share, random: () => 0.5 });
    const holding: boolean[] = [];
    harness.serve = (sent) => {
      holding.push(held);
      sent.answer(GOOD);
    };
    harness.run();
    await harness.settle();
    expect(held).toBe(true);
    await harness.refreshes[0]!.fail(endpointError(503));
    expect(held).toBe(false);
    await harness.clock.advanceAsync(200);
    await harness.refreshes[1]!.succeed('t2');
    expect([holding, held]).toEqual([[false], false]);
  });

  it.each(['signIn', 'signOut'] as const)(
    'T15 a %s during the call lets it go once siblings can see that: none of them uses the same refresh token',
    async (decision) => {
      const store = new MemoryShare();
      let stored = (): void => {};
      const writing = new Promise<void>((resolve) => (stored = resolve));
      const replace: Share['replace'] = async (expected, next) => {
        if (expected > 0) await writing;
        return store.replace(expected, next);
      };
      const share = shareWith(store, { replace, lease: (work) => store.lease(work) });
      const [a, b] = tabs(2, share) as [Harness, Harness];
      for (const instance of [a, b]) {
        instance.run();
        await settle([a]);
      }
      expect([a.refreshes.length, b.refreshes.length]).toEqual([1, 0]);
      a.resilience.session[decision]({ accessToken: 'other', refreshToken: 'other' });
      await settle([a]);
      expect(b.refreshes).toHaveLength(0);
      stored();
      await settle([a]);
      expect(b.refreshes).toHaveLength(0);
      expect(b.status).toBe(decision === 'signIn' ? 'active' : 'signed-out');
    },
  );

  it('T14 no callback of the application but refresh runs inside it', async () => {
    let held = false;
    const inside: string[] = [];
    const note = (name: string): void => void (held && inside.push(name));
    const store = new MemoryShare();
    const share = shareWith(store, {
      subscribe: () => () => {},
      lease: async (work) => {
        held = true;
        const result = await work();
        held = false;
        return result;
      },
    });
    const auth = {
      tokens: () => {
        note('tokens');
        return { accessToken: 't1', expiresAt: 1 };
      },
      headers: () => {
        note('headers');
        return {};
      },
      refresh: async () => {
        note('refresh');
        return { accessToken: 't2' };
      },
    };
    const harness = new Harness(auth, {
      share,
      onEvent: ({ type }) => note(type),
      rateLimit: {
        scope: () => {
          note('scope');
          return 'one';
        },
      },
    });
    harness.serve = (sent) => sent.answer(GOOD);
    const watched = harness.run();
    await harness.settle();
    expect([watched.results, inside]).toEqual([[GOOD], ['refresh']]);
  });

  it('T14 is held for 10 s at most', async () => {
    let released: number | undefined;
    const store = new MemoryShare();
    const clock = createTestClock();
    const share = shareWith(store, {
      lease: async (work) => {
        const result = await work();
        released ??= clock.monotonic();
        return result;
      },
    });
    const harness = new Harness({ ...EXPIRED, refreshTimeout: 25_000 }, { clock, share });
    harness.run();
    await clock.advanceAsync(25_000);
    expect(released).toBe(10_000);
  });

  it('T14 two instances of one page cannot deadlock it: disposed of while waiting, mounted again', async () => {
    const share = new MemoryShare();
    const clock = createTestClock();
    const first = new Harness(EXPIRED, { clock, share });
    first.run();
    await clock.advanceAsync(0);
    first.resilience.dispose();
    const second = new Harness(EXPIRED, { clock, share });
    const watched = second.run();
    await clock.advanceAsync(0);
    expect(second.refreshes).toHaveLength(1);
    await second.refreshes[0]!.succeed('t2');
    second.sent[0]!.answer(GOOD);
    expect(watched.results).toEqual([GOOD]);
  });

  const broken: [string, Partial<Share>][] = [
    ['that rejects', { lease: () => Promise.reject(new Error('no lease')) }],
    [
      'that throws',
      {
        lease: () => {
          throw new Error('no lease');
        },
      },
    ],
    ['that is not there', {}],
    ['that never calls', { lease: () => new Promise(() => {}) }],
    ['of a store that cannot be read', { read: () => Promise.reject(new Error('no store')) }],
    ['of a store that never answers', { read: () => new Promise(() => {}) }],
    ['of a store that cannot be written', { replace: () => Promise.reject(new Error('full')) }],
    ['of a store that never takes anything', { replace: () => false }],
    [
      'of a store that tells nothing',
      {
        subscribe: () => {
          throw new Error('no channel');
        },
      },
    ],
  ];

  it.each(broken)('T14 E4 one %s costs time, not the operation', async (_name, methods) => {
    const share = shareWith(new MemoryShare(), methods);
    const harness = new Harness(
      { ...EXPIRED, refresh: async () => ({ accessToken: 't2' }) },
      { share },
    );
    harness.serve = (sent) => sent.answer(GOOD);
    const watched = harness.run();
    await harness.clock.advanceAsync(30_000);
    expect(harness.tokens).toEqual(['t2']);
    expect(watched.results).toEqual([GOOD]);
  });

  it('T14 E3 dispose ends the wait for the lease and lets go of the store', async () => {
    for (const method of ['lease', 'read', 'replace'] as const) {
      const store = new MemoryShare();
      const share = shareWith(store, { [method]: () => new Promise(() => {}) });
      const harness = new Harness(EXPIRED, { share });
      const watched = harness.run();
      await harness.settle();
      harness.resilience.dispose();
      expect(watched.failure).toMatchObject({ kind: 'aborted' });
      await harness.settle();
      expect({ method, pending: harness.clock.pending }).toEqual({ method, pending: 0 });
      expect(store.listeners).toBe(0);
    }
  });

  it('T14 E3 a sign-out is told the others even where dispose follows at once', async () => {
    const share = new MemoryShare();
    const harness = new Harness({ tokens: { accessToken: 't1' } }, { share });
    harness.run();
    await harness.settle();
    harness.resilience.session.signOut();
    harness.resilience.dispose();
    await harness.settle();
    expect(share.stored?.tokens).toBeUndefined();
    expect(share.stored?.generation).toBeGreaterThan(1);
    expect(harness.clock.pending).toBe(0);
  });
});
