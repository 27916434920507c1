import { describe, expect, it } from 'vitest';
import { createTestClock } from './clock.ts';
import { createMemoryStore } from './memory-share.ts';
import type { MemoryShare, MemoryStore } from './memory-share.ts';
import { shareContract } from './share-contract.ts';

describe('a store in memory keeps the contract of shares', () => {
  for (const latency of [undefined, (): number => Math.ceil(Math.random() * 3)]) {
    const stores = new Map<string, MemoryStore>();
    const cases = shareContract({
      create(store) {
        const made =
          stores.get(store) ?? createMemoryStore({ latency, lease: 10, timeout: 20_000 });
        stores.set(store, made);
        return made.open();
      },
      kill: (share) => (share as MemoryShare).cut(),
    });
    for (const { name, run } of cases) {
      it(`T14 ${name}${latency ? ', slowly' : ''}`, async () => {
        await expect(run()).resolves.toBeUndefined();
      });
    }
  }
});

describe('a store in memory in a bad network', () => {
  it('answers nobody who is cut off, and tells who comes back what was missed', async () => {
    const clock = createTestClock();
    const store = createMemoryStore({ clock, latency: () => 10 });
    const [one, other] = [store.open(), store.open()];
    const heard: unknown[] = [];
    const leave = other.subscribe((change) => void heard.push(change));
    await clock.advanceAsync(50);
    other.cut();
    const read = other.read();
    const replaced = one.replace(0, { generation: 1, tokens: { accessToken: 't1' } });
    const failed = read.catch((error: unknown) => error);
    await clock.advanceAsync(250);
    expect(await failed).toMatchObject({ message: 'The store did not answer within 250 ms.' });
    expect(await replaced).toBe(true);
    expect(heard).toEqual([]);
    other.connect();
    await clock.advanceAsync(20);
    const value = { generation: 1, tokens: { accessToken: 't1' } };
    expect(heard).toEqual([{ type: 'tokens', value }]);
    leave();
    expect(clock.pending).toBe(0);
  });

  it('ends the lease of a holder that is cut off', async () => {
    const clock = createTestClock();
    const store = createMemoryStore({ clock, lease: 3_000 });
    const [one, other] = [store.open(), store.open()];
    let letGo = (): void => {};
    const first = one.lease(() => new Promise<void>((resolve) => (letGo = resolve)));
    await clock.advanceAsync(0);
    one.cut();
    letGo();
    await first;
    let had = false;
    const second = other.lease(async () => void (had = true));
    await clock.advanceAsync(2_999);
    expect(had).toBe(false);
    await clock.advanceAsync(1);
    await second;
    expect([had, clock.pending]).toEqual([true, 0]);
  });
});
