import type { Share, ShareChange } from '@holdfast/core';
import { Redis } from 'ioredis';
import { Redis as Valkey } from 'iovalkey';
import { createClient, createClientPool } from 'redis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { redisMissing, startRedis, tell } from '../../../tests/servers/redis.ts';
import type { RedisServer } from '../../../tests/servers/redis.ts';
import type { RedisClient } from './client.ts';
import { redisShare } from './redis-share.ts';

const missing = await redisMissing();
const why = missing === undefined ? '' : ` (left out: ${missing})`;

/** Milliseconds: a busy machine may take its time for an answer. */
const TIMEOUT = 4_000;
const eventually = { timeout: 20_000, interval: 10 };

let names = 0;
const aName = (): string => `app-${++names}`;

const tokens = (generation: number): { generation: number; tokens: { accessToken: string } } => ({
  generation,
  tokens: { accessToken: `t${generation}` },
});

describe.skipIf(missing)(
  `clients as applications configure them${why}`,
  { timeout: 60_000 },
  () => {
    let server: RedisServer;
    const ends: (() => unknown)[] = [];
    beforeAll(async () => {
      server = await startRedis();
    }, 120_000);
    afterEach(() => {
      for (const end of ends.splice(0).reverse()) end();
    });
    afterAll(() => server.close());

    function shareOf(client: RedisClient, name: string): Share {
      return redisShare({ client, name, timeout: TIMEOUT });
    }

    function heard(share: Share): ShareChange[] {
      const changes: ShareChange[] = [];
      const leave = share.subscribe?.((change) => void changes.push(change));
      ends.push(() => leave?.());
      return changes;
    }

    /** What both of them have. */
    interface Given {
      lazyConnect?: boolean;
      keyPrefix?: string;
      enableAutoPipelining?: boolean;
      enableReadyCheck?: boolean;
      autoResubscribe?: boolean;
    }
    const options: readonly (readonly [string, Given])[] = [
      ['lazyConnect', { lazyConnect: true }],
      ['keyPrefix', { keyPrefix: 'my:' }],
      ['keyPrefix with a hash tag', { keyPrefix: '{my}:' }],
      ['enableAutoPipelining', { enableAutoPipelining: true }],
      ['no ready check', { enableReadyCheck: false }],
      ['no subscribing anew', { autoResubscribe: false }],
    ];
    const kinds = options.flatMap(([what, given]) => [
      [`ioredis, ${what}`, (port: number) => new Redis({ ...given, port })] as const,
      [`iovalkey, ${what}`, (port: number) => new Valkey({ ...given, port })] as const,
    ]);

    it.each(kinds)(
      'T14 W9 changes are heard, and heard again after a lost connection (%s)',
      async (_, open) => {
        const name = aName();
        const [one, other] = [open(server.port), open(server.port)].map((client) => {
          client.on('error', () => {});
          ends.push(() => client.disconnect());
          return shareOf(client, name);
        }) as [Share, Share];
        const changes = heard(other);
        await other.read();
        expect(await one.replace(0, tokens(1))).toBe(true);
        await vi.waitFor(() => {
          expect(changes).toContainEqual({ type: 'tokens', value: tokens(1) });
        }, eventually);
        await tell(server, ['CLIENT', 'KILL', 'TYPE', 'pubsub']);
        expect(await one.replace(1, tokens(2))).toBe(true);
        await vi.waitFor(() => {
          expect(changes).toContainEqual({ type: 'tokens', value: tokens(2) });
        }, eventually);
      },
    );

    it('T14 W9 a pool, which hears nothing, is read now and then (node-redis)', async () => {
      const name = aName();
      const pool = createClientPool({ url: server.url });
      pool.on('error', () => {});
      await pool.connect();
      ends.push(() => pool.destroy());
      const other = createClient({ url: server.url });
      await other.connect();
      ends.push(() => other.destroy());
      const changes = heard(shareOf(pool, name));
      await shareOf(other, name).replace(0, tokens(1));
      await vi.waitFor(() => {
        expect(changes).toContainEqual({ type: 'tokens', value: tokens(1) });
      }, eventually);
    });

    it('E1b E3 whoever leaves a client that has given up its server is let go (node-redis)', async () => {
      const own = await startRedis();
      ends.push(() => own.close());
      const client = createClient({ url: own.url, socket: { reconnectStrategy: false } });
      client.on('error', () => {});
      await client.connect();
      ends.push(() => client.isOpen && client.destroy());
      const share = shareOf(client, aName());
      const leave = share.subscribe?.(() => {});
      await share.read();
      await vi.waitFor(async () => {
        expect(await tell(own, ['CLIENT', 'LIST', 'TYPE', 'pubsub'])).toContain('id=');
      }, eventually);
      await own.kill();
      await vi.waitFor(() => expect(client.isOpen).toBe(false), eventually);
      expect(() => leave?.()).not.toThrow();
    });

    it('T14 what is missed while a look at the store is under way is looked for again', async () => {
      const name = aName();
      const client = createClient({ url: server.url });
      await client.connect();
      ends.push(() => client.destroy());
      const other = createClient({ url: server.url });
      await other.connect();
      ends.push(() => other.destroy());
      /** Answers are kept back while it is closed. */
      let [gate, open] = [Promise.resolve(), (): void => {}];
      let looks = 0;
      const slow = new Proxy(client, {
        get(target, key) {
          const value: unknown = Reflect.get(target, key);
          if (typeof value !== 'function') return value;
          if (key !== 'eval') return value.bind(target) as unknown;
          return async (...given: Parameters<typeof client.eval>) => {
            const answer = await target.eval(...given);
            looks++;
            await gate;
            return answer;
          };
        },
      });
      gate = new Promise((resolve) => (open = resolve));
      const changes = heard(shareOf(slow, name));
      // It has joined, and its first look has been answered by the server.
      await vi.waitFor(() => expect(looks).toBe(1), eventually);
      const before = await listening(server);
      await tell(server, ['CLIENT', 'KILL', 'TYPE', 'pubsub']);
      await shareOf(other, name).replace(0, tokens(1));
      await vi.waitFor(async () => {
        const now = await listening(server);
        expect(now).not.toBe('');
        expect(now).not.toBe(before);
      }, eventually);
      // Its client has heard so, too.
      await client.ping();
      open();
      await vi.waitFor(() => {
        expect(changes).toContainEqual({ type: 'tokens', value: tokens(1) });
      }, eventually);
    });

    it('T14 shares of one process hear each other, whatever random numbers a test has made', async () => {
      const random = vi.spyOn(Math, 'random').mockReturnValue(0);
      ends.push(() => random.mockRestore());
      const name = aName();
      const client = createClient({ url: server.url });
      await client.connect();
      ends.push(() => client.destroy());
      const [one, other] = [shareOf(client, name), shareOf(client, name)];
      const changes = heard(other);
      await vi.waitFor(async () => expect(await listening(server)).not.toBe(''), eventually);
      await one.replace(0, tokens(1));
      await vi.waitFor(() => {
        expect(changes).toContainEqual({ type: 'tokens', value: tokens(1) });
      }, eventually);
    });

    it('X6 tokens that expired before the server’s time began are tokens', async () => {
      const name = aName();
      const client = createClient({ url: server.url });
      await client.connect();
      ends.push(() => client.destroy());
      const share = shareOf(client, name);
      const ahead = Date.now() + 3_600_000;
      const clock = vi.spyOn(Date, 'now').mockImplementation(() => ahead);
      ends.push(() => clock.mockRestore());
      const value = { generation: 1, tokens: { accessToken: 'a', expiresAt: 0 } };
      expect(await share.replace(0, value)).toBe(true);
      clock.mockRestore();
      expect(await shareOf(client, name).read()).toMatchObject({
        generation: 1,
        tokens: { accessToken: 'a' },
      });
    });

    it('E1b work that throws before it begins leaves the lease to the next', async () => {
      const client = createClient({ url: server.url });
      await client.connect();
      ends.push(() => client.destroy());
      const share = shareOf(client, aName());
      const thrown = share.lease?.(() => {
        throw new Error('at once');
      });
      await expect(thrown).rejects.toThrow('at once');
      expect(await share.lease?.(async () => 'had')).toBe('had');
    });

    it('W5 an instant that is none closes nothing, and one without end is the last that a date has', async () => {
      const name = aName();
      const client = createClient({ url: server.url });
      await client.connect();
      ends.push(() => client.destroy());
      const share = shareOf(client, name);
      await share.closeUntil?.('never', NaN, 'outage');
      await share.closeUntil?.('always', Infinity, 'outage');
      const changes = heard(shareOf(client, name));
      await vi.waitFor(() => expect(changes).toHaveLength(1), eventually);
      expect(changes[0]).toMatchObject({ type: 'closed', scope: 'always' });
    });
  },
);

/** The connections that hear messages, by their ids. */
async function listening(server: RedisServer): Promise<string> {
  const list = await tell(server, ['CLIENT', 'LIST', 'TYPE', 'pubsub']);
  return (list.match(/\bid=\d+(?=.* sub=1)/gu) ?? []).join();
}
