import type { Share, SharedTokens } from '@holdfast/core';
import { describe, expect, it } from 'vitest';
import { createMemoryStore } from './memory-share.ts';
import type { MemoryShare, MemoryStore } from './memory-share.ts';
import { shareContract } from './share-contract.ts';

/** The cases that a share fails which is a good one but for what is changed. */
async function failed(
  change: (share: MemoryShare, store: MemoryStore) => Share,
  patience?: number,
): Promise<string[]> {
  const stores = new Map<string, MemoryStore>();
  const cases = shareContract({
    patience,
    kill: (share) => (share as MemoryShare).cut?.(),
    create(name) {
      const store = stores.get(name) ?? createMemoryStore({ lease: 10 });
      stores.set(name, store);
      return change(store.open(), store);
    },
  });
  const names: string[] = [];
  for (const { name, run } of cases) {
    await run().catch(() => void names.push(name));
  }
  return names;
}

function like(share: MemoryShare, methods: Partial<MemoryShare>): MemoryShare {
  return {
    read: () => share.read(),
    replace: (expected, next) => share.replace(expected, next),
    lease: (work, signal) => share.lease(work, signal),
    closeUntil: (scope, instant, reason) => share.closeUntil(scope, instant, reason),
    subscribe: (listener) => share.subscribe(listener),
    cut: () => share.cut(),
    connect: () => share.connect(),
    ...methods,
  };
}

/** What shares get wrong, and words of a case that finds it. */
const faults: readonly (readonly [
  string,
  string,
  (share: MemoryShare, store: MemoryStore) => Partial<MemoryShare>,
])[] = [
  [
    'stores without comparing',
    'only over the generation that is stored',
    (_share, store) => ({
      replace: async (_expected, next) => {
        store.stored = next;
        return true;
      },
    }),
  ],
  [
    'compares first and stores later',
    'of many that store at once one wins',
    (share, store) => ({
      async replace(expected, next) {
        if (((await share.read())?.generation ?? 0) !== expected) return false;
        await Promise.resolve();
        store.stored = next;
        return true;
      },
    }),
  ],
  [
    'reads from a copy that is behind',
    'a late writer loses, and reads what won',
    (share) => {
      let copy: SharedTokens | undefined;
      return { read: async () => (copy ??= await share.read()) };
    },
  ],
  [
    'empties the store at a sign-out',
    'a sign-out by nothing at all',
    (share, store) => ({
      async replace(expected, next) {
        const won = await share.replace(expected, next);
        if (won && next === undefined) store.stored = undefined;
        return won;
      },
    }),
  ],
  [
    'has a lease that is none',
    'the lease is one instance’s at a time',
    () => ({ lease: (work) => work() }),
  ],
  [
    'keeps the lease where work fails',
    'work that fails says so',
    (share) => ({
      lease: (work, signal) =>
        share.lease(() => work().catch(() => new Promise<never>(() => {})), signal),
    }),
  ],
  [
    'runs work although nobody waits any more',
    'a wait for the lease ends',
    (share) => ({ lease: (work) => share.lease(work) }),
  ],
  [
    'never ends the lease of who died',
    'the lease of a holder that dies',
    () => ({ cut: () => {} }),
  ],
  ['tells nobody', 'what one stores the others hear', () => ({ subscribe: () => () => {} })],
  [
    'tells those who have left',
    'whoever has left hears nothing',
    (share) => ({
      subscribe: (listener) => {
        share.subscribe(listener);
        return () => {};
      },
    }),
  ],
  [
    'tells an earlier instant',
    'a closed scope is told the others',
    (share) => ({
      closeUntil: (scope, instant, reason) => share.closeUntil(scope, instant - 60_000, reason),
    }),
  ],
];

describe('the contract of shares', () => {
  it('is kept by a store in memory', async () => {
    expect(await failed((share) => share)).toEqual([]);
  });

  for (const [fault, words, methods] of faults) {
    it(`finds a share that ${fault}`, async () => {
      const names = await failed((share, store) => like(share, methods(share, store)), 300);
      expect(names).toContainEqual(expect.stringContaining(words));
    });
  }

  it('has no case for what a share does without', () => {
    const create = (): Share => createMemoryStore().open();
    const all = shareContract({ create, kill: () => {}, spoil: () => {} });
    const few = shareContract({ create, without: ['lease', 'subscribe', 'closeUntil'] });
    expect(few.length).toBeLessThan(all.length);
    expect(few.map(({ name }) => name).filter((name) => /lease|hear/u.test(name))).toEqual([]);
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it('says what is wrong with its options', () => {
    expect(() => shareContract({} as never)).toThrow(
      'shareContract: create must be a function that opens a share, not undefined.',
    );
  });
});
