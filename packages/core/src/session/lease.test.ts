import { createTestClock } from '@holdfast/testing/clock';
import { describe, expect, it } from 'vitest';
import type { RefreshRequest, Share, Tokens } from '../index.ts';
import { endpointError, GOOD, Harness, rejection } from '../harness.fixture.ts';
import { MemoryShare, shareWith } from './memory-share.fixture.ts';

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
    const share = shareWith(store, { lease: (work) => store.lease(work), subscribe: () => () => {} });
    const harness = new Harness(EXPIRED, { share });
    harness.run();
    await harness.settle();
    await store.replace(1, { generation: 2, tokens: { accessToken: 't2' } });
    await harness.clock.advanceAsync(12_000);
    expect([harness.refreshes.length, harness.tokens]).toEqual([0, ['t2']]);
  });

  it('T14 T6 nobody waits longer than 30 s in all, whatever the lease and refresh do', async () => {
    const share = new MemoryShare();
    share.hold();
    const harness = new Harness(EXPIRED, { share });
    const watched = harness.run();
    await harness.clock.advanceAsync(30_000);
    expect(watched.settled).toBe(1);
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
    await harness.clock.advanceAsync(100);
    await harness.refreshes[1]!.succeed('t2');
    expect([holding, held]).toEqual([[false], false]);
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
    const harness = new Harness({ ...EXPIRED, refresh: async () => ({ accessToken: 't2' }) }, { share });
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

/** Rotates refresh tokens, and revokes the family when one is used again. */
class RotatingServer {
  revoked = false;
  calls = 0;
  #current = 1;

  readonly refresh = async ({ tokens }: RefreshRequest): Promise<Tokens> => {
    this.calls++;
    await Promise.resolve();
    if (tokens?.refreshToken !== `r${this.#current}`) this.revoked = true;
    if (this.revoked) throw endpointError(400, 'invalid_grant');
    this.#current++;
    return this.tokens;
  };

  get tokens(): Tokens {
    return { accessToken: `t${this.#current}`, refreshToken: `r${this.#current}` };
  }

  accepts(token: string | undefined): boolean {
    return token === `t${this.#current}`;
  }
}

describe('a server that rotates refresh tokens', () => {
  it('T15 T14 no pattern of tabs and late rejections loses the session', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      let state = seed;
      const draw = (below: number): number => {
        state = (state * 48_271) % 2_147_483_647;
        return state % below;
      };
      const server = new RotatingServer();
      const share = new MemoryShare();
      const clock = createTestClock();
      const { refresh, tokens } = server;
      const instances = [1, 2, 3].map(() => new Harness({ tokens, refresh }, { clock, share }));
      const watched = [];
      const open = (): Harness['sent'] => instances.flatMap(({ sent }) => sent);
      const answered = new Set<unknown>();
      for (let step = 0; step < 60; step++) {
        const instance = instances[draw(3)]!;
        if (draw(3) === 0) watched.push(instance.run());
        else if (draw(12) === 0) void instance.resilience.session.refresh();
        const pending = open().filter((sent) => !answered.has(sent));
        const next = pending[draw(Math.max(1, pending.length))];
        if (next !== undefined && draw(2) === 0) {
          answered.add(next);
          next.answer(server.accepts(next.token) ? GOOD : rejection());
        }
        for (let job = draw(12); job > 0; job--) await Promise.resolve();
      }
      for (let round = 0; round < 20; round++) {
        await clock.advanceAsync(0);
        for (const sent of open().filter((each) => !answered.has(each))) {
          answered.add(sent);
          sent.answer(server.accepts(sent.token) ? GOOD : rejection());
        }
      }
      const lost = watched.filter(({ settled }) => settled !== 1).length;
      expect({ seed, revoked: server.revoked, lost }).toEqual({ seed, revoked: false, lost: 0 });
    }
  });

  it('T15 T1 three tabs that expire together keep the family', async () => {
    const server = new RotatingServer();
    const share = new MemoryShare();
    const clock = createTestClock();
    const tokens = { ...server.tokens, expiresAt: clock.wall() + 60_000 };
    const { refresh } = server;
    const instances = [1, 2, 3].map(() => new Harness({ tokens, refresh }, { clock, share }));
    for (const instance of instances) instance.run();
    await clock.advanceAsync(60_000);
    for (const instance of instances) instance.run();
    await clock.advanceAsync(0);
    expect([server.calls, server.revoked]).toEqual([1, false]);
    expect(instances.map((instance) => instance.tokens.at(-1))).toEqual(['t2', 't2', 't2']);
  });
});
