import type { Share, Tokens } from '@holdfast/core';
import { createTestClock } from '@holdfast/testing';
import type { TestClock } from '@holdfast/testing';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { redisMissing, startRedis, tell } from '../../../tests/servers/redis.ts';
import type { RedisServer } from '../../../tests/servers/redis.ts';
import { Shares } from './clients.fixture.ts';
import { instanceOf } from './instances.fixture.ts';
import type { Instance } from './instances.fixture.ts';

const missing = await redisMissing();
const why = missing === undefined ? '' : ` (left out: ${missing})`;

const LEASE = 'holdfast:{app}:lease';
const PROCESSES = 3;
const INSTANCES = 2;
/** Milliseconds after which an instance waits no longer for the lease. */
const AWAITED = 12_000;
const eventually = { timeout: 25_000, interval: 10 };

describe.skipIf(missing)(`those who give up together${why}`, { timeout: 60_000 }, () => {
  let server: RedisServer;
  let shares: Shares;
  let clock: TestClock;
  let made: Instance[];
  /** What the instances have asked their shares for. */
  let [reads, leases] = [0, 0];
  let calls = 0;

  const watched = (share: Share): Share => ({
    read: () => {
      reads++;
      return share.read();
    },
    replace: (expected, next) => share.replace(expected, next),
    lease: (work, signal) => {
      leases++;
      return share.lease?.(work, signal) ?? work();
    },
    subscribe: (listener) => share.subscribe?.(listener) ?? (() => {}),
  });
  const refresh = async (): Promise<Tokens> => ({ accessToken: `t${++calls}` });

  beforeEach(async () => {
    server = await startRedis();
    shares = new Shares([server]);
    clock = createTestClock();
    [reads, leases, calls] = [0, 0, 0];
    made = [];
    for (let number = 0; number < PROCESSES; number++) {
      const share = watched(await shares.open({ name: 'app', timeout: 500 }));
      for (let instance = 0; instance < INSTANCES; instance++) {
        made.push(instanceOf(share, { refresh }, { clock }));
      }
    }
  });
  afterEach(async () => {
    for (const { resilience } of made) resilience.dispose();
    shares.closeAll();
    await server.close();
  });

  /** All of them wait for the lease until they wait no longer, and read once more. */
  async function giveUp(): Promise<readonly Promise<string | undefined>[]> {
    const asked = made.map((instance) => instance.ask());
    await vi.waitFor(() => expect(leases).toBe(made.length), eventually);
    const before = reads;
    // By the clock of the instances, and by that of their shares.
    const now = performance.now.bind(performance);
    const later = vi.spyOn(performance, 'now').mockImplementation(() => now() + AWAITED);
    onTestFinished(() => void later.mockRestore());
    await clock.advanceAsync(AWAITED);
    await vi.waitFor(() => expect(reads - before).toBe(made.length), eventually);
    return asked;
  }

  it('T15 T14 take what one brings whose token call takes long', async () => {
    const holder = await shares.open({ name: 'app', timeout: 500 });
    let bring = (): void => {};
    const brought = new Promise<void>((resolve) => (bring = resolve));
    const held = new Promise<void>((resolve) => {
      void holder.lease?.(async () => {
        resolve();
        await brought;
        await holder.replace(0, { generation: 1, tokens: { accessToken: 'held' } });
      });
    });
    await held;
    const asked = await giveUp();
    // Whoever does not wait has asked by now.
    for (let turn = 0; turn < 20; turn++) await holder.read();
    expect(calls).toBe(0);
    bring();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['Bearer held']));
    expect(calls).toBe(0);
  });

  it('T15 T14 go one after the other where nobody holds it any more', async () => {
    await tell(server, ['SET', LEASE, '1 dead', 'PX', '600000']);
    const asked = await giveUp();
    await tell(server, ['DEL', LEASE]);
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['Bearer t1']));
    expect(calls).toBe(1);
  });

  it('T14 go on by themselves where it is held on and nothing comes', async () => {
    await tell(server, ['SET', LEASE, '1 dead', 'PX', '600000']);
    const asked = await giveUp();
    for (const signed of await Promise.all(asked)) expect(signed).toMatch(/^Bearer t\d$/u);
    expect(calls).toBeGreaterThan(0);
  });

  it('E1 leave nothing behind where nobody waits any more', async () => {
    await tell(server, ['SET', LEASE, '1 dead', 'PX', '600000']);
    const asked = made.map((instance) => instance.ask().catch(() => 'ended'));
    await vi.waitFor(() => expect(leases).toBe(made.length), eventually);
    for (const { resilience } of made) resilience.dispose();
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['ended']));
    const other = await shares.open({ name: 'app', timeout: 500 });
    await tell(server, ['DEL', LEASE]);
    expect(await other.lease?.(async () => 'had')).toBe('had');
    expect(calls).toBe(0);
  });
});
