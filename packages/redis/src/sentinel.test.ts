import type { Awaitable, Share } from '@holdfast/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { redisMissing, startRedisSentinel } from '../../../tests/servers/redis.ts';
import { Shares, watched } from './clients.fixture.ts';

const missing = await redisMissing();
const why = missing === undefined ? '' : ` (left out: ${missing})`;

/** Milliseconds. */
const LONG = 4_000;
const eventually = { timeout: 25_000, interval: 20 };

const values = (generation: number): { generation: number; tokens: { accessToken: string } } => ({
  generation,
  tokens: { accessToken: `t${generation}` },
});

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** What a promise came to, where it did not reject. */
function tried<T>(answer: Awaitable<T>): Promise<T | undefined> {
  return Promise.resolve(answer).catch(() => undefined);
}

describe.skipIf(missing)(`sentinels${why}`, { timeout: 120_000 }, () => {
  it('T14 T15 a server that is lost is replaced, and the session goes on', async () => {
    const { primary, replica, sentinel } = await startRedisSentinel('main');
    ends.push(() => Promise.all([primary, replica, sentinel].map((server) => server.close())));
    const opened: Share[] = [];
    for (const connect of Object.values(watched('main'))) {
      const shares = new Shares([sentinel], connect);
      ends.push(() => shares.closeAll());
      opened.push(await shares.open({ name: 'app', timeout: LONG }));
    }
    const [one, ...others] = opened as [Share, ...Share[]];
    const heard = others.map((share) => {
      const changes: unknown[] = [];
      ends.push(share.subscribe?.((change) => void changes.push(change)) ?? (() => {}));
      return changes;
    });
    for (let generation = 0; generation < 3; generation++) {
      expect(await one.replace(generation, values(generation + 1))).toBe(true);
    }
    for (const changes of heard) {
      await vi.waitFor(() => {
        expect(changes).toContainEqual({ type: 'tokens', value: values(3) });
      }, eventually);
    }
    await primary.kill();
    await vi.waitFor(async () => {
      const stored = await tried(one.replace(3, values(4)));
      expect(stored ?? (await one.read())?.generation).not.toBe(undefined);
      expect((await others[0]?.read())?.generation).toBe(4);
    }, eventually);
    for (const changes of heard) {
      await vi.waitFor(() => {
        expect(changes).toContainEqual({ type: 'tokens', value: values(4) });
      }, eventually);
    }
  });
});
