import { randomBytes } from 'node:crypto';
import type { Share } from '@holdfast/core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { redisMissing, startRedis, tell } from '../../../tests/servers/redis.ts';
import type { RedisServer } from '../../../tests/servers/redis.ts';
import { Shares, single } from './clients.fixture.ts';
import { instanceOf, Tokenry } from './instances.fixture.ts';
import type { Instance } from './instances.fixture.ts';
import { redisShare } from './redis-share.ts';

const missing = await redisMissing();
const why = missing === undefined ? '' : ` (left out: ${missing})`;

/** Milliseconds: a busy machine may take its time for an answer. */
const TIMEOUT = 4_000;
const STARTING = 120_000;
const DAY = 86_400_000;

let names = 0;
const aName = (): string => `app-${++names}`;
const eventually = { timeout: 20_000, interval: 10 };

describe.skipIf(missing)(`processes that share on Redis${why}`, () => {
  let server: RedisServer;
  let shares: Shares;
  const instances: Instance[] = [];
  beforeAll(async () => {
    server = await startRedis();
    shares = new Shares([server]);
  }, STARTING);
  afterEach(() => {
    for (const { resilience } of instances.splice(0)) resilience.dispose();
    shares.closeAll();
  });
  afterAll(() => server.close());

  async function started(count: number, name: string, endpoint: Tokenry): Promise<Instance[]> {
    const opened = await Promise.all(
      Array.from({ length: count }, () => shares.open({ name, timeout: TIMEOUT })),
    );
    const made = opened.map((share) => instanceOf(share, { refresh: endpoint.refresh }));
    instances.push(...made);
    return made;
  }

  it('T1 T14 that start at once make one token call between them', async () => {
    const endpoint = new Tokenry();
    const made = await started(12, aName(), endpoint);
    const signed = await Promise.all(made.map((instance) => instance.ask()));
    expect(new Set(signed)).toEqual(new Set(['Bearer t1']));
    expect(endpoint.calls).toBe(1);
    expect(made.flatMap((instance) => instance.told())).toEqual([]);
  });

  it('T14 sign in and out together', async () => {
    const endpoint = new Tokenry();
    const [one, other] = (await started(2, aName(), endpoint)) as [Instance, Instance];
    expect([await one.ask(), await other.ask()]).toEqual(['Bearer t1', 'Bearer t1']);
    one.resilience.session.signOut();
    await vi.waitFor(() => {
      expect(other.resilience.session.get().status).toBe('signed-out');
    }, eventually);
    other.resilience.session.signIn({ accessToken: 'somebody' });
    await vi.waitFor(async () => {
      expect(await one.ask()).toBe('Bearer somebody');
    }, eventually);
    expect(endpoint.calls).toBe(1);
  });

  it('W9 know together which scopes are closed, and so does whoever comes later', async () => {
    const name = aName();
    const [one] = (await started(1, name, new Tokenry())) as [Instance];
    await one.ask();
    const closer = await shares.open({ name, timeout: TIMEOUT });
    const until = Date.now() + 60_000;
    await closer.closeUntil?.('default', until, 'rate_limit');
    await vi.waitFor(() => {
      expect(one.resilience.limits.get()).toMatchObject([
        { scope: 'default', reason: 'rate_limit' },
      ]);
    }, eventually);
    const [late] = (await started(1, name, new Tokenry())) as [Instance];
    late.resilience.limits.subscribe(() => {});
    await vi.waitFor(() => expect(late.resilience.limits.get()).toHaveLength(1), eventually);
    expect(late.resilience.limits.get()[0]?.until).toBeGreaterThanOrEqual(until - 1);
  });

  it('A3 ask nothing of it for an operation that needs nothing', async () => {
    const [one] = (await started(1, aName(), new Tokenry())) as [Instance];
    await one.ask();
    const asked = async (): Promise<string | undefined> =>
      /cmdstat_eval:calls=(\d+)/u.exec(await tell(server, ['INFO', 'commandstats']))?.[1];
    // What the start has set going comes to its end first.
    let before = await asked();
    await vi.waitFor(async () => {
      const now = await asked();
      const isQuiet = now === before;
      before = now;
      expect(isQuiet).toBe(true);
    }, eventually);
    for (let number = 0; number < 500; number++) {
      let isSent = false;
      void one.ask().then(() => (isSent = true));
      await Promise.resolve();
      expect(isSent).toBe(true);
    }
    expect(await asked()).toBe(before);
  });

  it('E3 leave no connection behind', async () => {
    for (const open of [single['node-redis'], single.ioredis]) {
      const own = new Shares([server], open);
      const share = await own.open({ name: aName(), timeout: TIMEOUT });
      const instance = instanceOf(share, { refresh: new Tokenry().refresh });
      await instance.ask();
      const listening = async (): Promise<number> =>
        (await tell(server, ['CLIENT', 'LIST', 'TYPE', 'pubsub'])).match(/\bid=/gu)?.length ?? 0;
      await vi.waitFor(async () => expect(await listening()).toBe(1), eventually);
      instance.resilience.dispose();
      await vi.waitFor(async () => expect(await listening()).toBe(0), eventually);
      own.closeAll();
    }
  });

  it('W6 W9 whose clocks differ mean the same instant', async () => {
    const name = aName();
    const [early, right] = (await Promise.all(
      [1, 2].map(() => shares.open({ name, timeout: TIMEOUT })),
    )) as [Share, Share];
    const heard: number[] = [];
    right.subscribe?.((change) => {
      if (change.type === 'closed') heard.push(change.until);
    });
    await right.read();
    const now = Date.now();
    // One process lives an hour ahead of the other.
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now + 3_600_000);
    const closed = early.closeUntil?.('api', now + 3_600_000 + 60_000, 'outage');
    const tokens = { accessToken: 'a', expiresAt: now + 3_600_000 + DAY };
    const stored = early.replace(0, { generation: 1, tokens });
    // What is sent is sent by now.
    await new Promise((resolve) => void setImmediate(resolve));
    clock.mockRestore();
    await Promise.all([closed, stored]);
    await vi.waitFor(() => expect(heard).toHaveLength(1), eventually);
    expect(heard[0]).toBeGreaterThanOrEqual(now + 60_000);
    expect(heard[0]).toBeLessThan(now + 600_000);
    const expiresAt = (await right.read())?.tokens?.expiresAt ?? 0;
    expect(Math.abs(expiresAt - now - DAY)).toBeLessThan(600_000);
  });

  it('X4 every key of its expires', async () => {
    const name = aName();
    const share = await shares.open({ name, timeout: TIMEOUT });
    await share.replace(0, { generation: 1, tokens: { accessToken: 'a', refreshToken: 'r' } });
    await share.closeUntil?.('api', Date.now() + 60_000, 'outage');
    let keys: string[] = [];
    await share.lease?.(async () => {
      keys = (await tell(server, ['KEYS', `holdfast:{${name}}:*`])).match(/holdfast:\S+/gu) ?? [];
      for (const key of keys) {
        expect([key, Number((await tell(server, ['PTTL', key])).match(/-?\d+/u)?.[0])]).toEqual([
          key,
          expect.toSatisfy((left: number) => left > 0),
        ]);
      }
    });
    expect(keys.map((key) => key.split(':').at(-1)).sort()).toEqual([
      'closed',
      'fence',
      'lease',
      'run',
      'tokens',
    ]);
  });

  describe('sealed', () => {
    const [first, second] = [randomBytes(32), randomBytes(32)];
    const value = { generation: 1, tokens: { accessToken: 'secret-a', refreshToken: 'secret-r' } };
    const key = (name: string): string => `holdfast:{${name}}:tokens`;

    it('X2 no token lies there as it is, nor is told so', async () => {
      const name = aName();
      const seal = { keys: { k1: first }, use: 'k1' };
      const [one, other] = (await Promise.all(
        [1, 2].map(() => shares.open({ name, seal, timeout: TIMEOUT })),
      )) as [Share, Share];
      const heard: unknown[] = [];
      other.subscribe?.((change) => void heard.push(change));
      await other.read();
      await one.replace(0, value);
      const lies = await tell(server, ['GET', key(name)]);
      expect(lies).toMatch(/\r\n1 - sealed\.k1\./u);
      expect(lies).not.toContain('secret');
      await vi.waitFor(() => expect(heard).toEqual([{ type: 'tokens', value }]), eventually);
      expect(await other.read()).toEqual(value);
    });

    it('X6 keys rotate by their ids', async () => {
      const name = aName();
      const open = (keys: Record<string, Uint8Array>, use: string): Promise<Share> =>
        shares.open({ name, seal: { keys, use }, timeout: TIMEOUT });
      const old = await open({ k1: first }, 'k1');
      await old.replace(0, value);
      const both = await open({ k1: first, k2: second }, 'k2');
      expect(await both.read()).toEqual(value);
      expect(await both.replace(1, { ...value, generation: 2 })).toBe(true);
      expect(await tell(server, ['GET', key(name)])).toMatch(/\r\n2 - sealed\.k2\./u);
      const last = await open({ k2: second }, 'k2');
      expect(await last.read()).toEqual({ ...value, generation: 2 });
      const unkeyed = await open({ k1: first }, 'k1');
      await expect(unkeyed.read()).rejects.toThrow(
        'redisShare: The stored tokens are sealed with the key k2, which is not among seal.keys.',
      );
      // Told once; it is as if nothing were stored.
      expect(await unkeyed.read()).toBeUndefined();
    });

    it('X6 what was not sealed here is not trusted: plain text, another app’s, an older one', async () => {
      const seal = { keys: { k1: first }, use: 'k1' };
      const [name, another] = [aName(), aName()];
      const plain = await shares.open({ name, timeout: TIMEOUT });
      await plain.replace(0, value);
      const share = await shares.open({ name, seal, timeout: TIMEOUT });
      await expect(share.read()).rejects.toThrow('not sealed, and are not used');
      expect(await share.replace(0, value)).toBe(true);
      const sealed = /(1 - sealed\S+)/u.exec(await tell(server, ['GET', key(name)]))?.[1] ?? '';
      await expect((await shares.open({ name, timeout: TIMEOUT })).read()).rejects.toThrow(
        'has no seal',
      );
      await tell(server, ['SET', key(another), sealed]);
      const other = await shares.open({ name: another, seal, timeout: TIMEOUT });
      await expect(other.read()).rejects.toThrow('cannot be opened with the key k1');
      await tell(server, ['SET', key(name), sealed.replace('1 -', '9 -')]);
      const late = await shares.open({ name, seal, timeout: TIMEOUT });
      await expect(late.read()).rejects.toThrow('cannot be opened with the key k1');
      expect(await late.replace(0, { ...value, generation: 1 })).toBe(true);
    });
  });
});

describe('options', () => {
  const client = { eval: async () => [], sendCommand: async () => [] };
  it.each([
    [undefined, 'redisShare: options must be an object with client and name, not undefined.'],
    [
      { name: 'a' },
      'redisShare: client must be a client of node-redis, ioredis, iovalkey or valkey-glide, not undefined.',
    ],
    [
      { client: {}, name: 'a' },
      'redisShare: client must be a client of node-redis, ioredis, iovalkey or valkey-glide, not another object.',
    ],
    [
      { client, name: '' },
      'redisShare: name must be a string that is not empty and has no braces, not "".',
    ],
    [
      { client, name: 'a{b}' },
      'redisShare: name must be a string that is not empty and has no braces, not "a{b}".',
    ],
    [
      { client, name: 'a', timeout: 5_000 },
      'redisShare: timeout must be milliseconds from 10 to 4000, not 5000.',
    ],
    [
      { client, name: 'a', ttl: 1 },
      'redisShare: ttl is no option; allowed are client, name, seal, timeout and subscriber.',
    ],
    [
      { client, name: 'a', subscriber: {} },
      'redisShare: subscriber must be a second client of valkey-glide, or absent, not another object.',
    ],
    [
      { client, name: 'a', seal: {} },
      'redisShare: seal.keys must be an object of keys by their ids.',
    ],
    [
      { client, name: 'a', seal: { keys: { k: 'secret' }, use: 'k' } },
      'redisShare: seal.keys.k must be a CryptoKey for AES-GCM, or 16, 24 or 32 bytes.',
    ],
    [
      { client, name: 'a', seal: { keys: { 'a.b': new Uint8Array(16) }, use: 'a.b' } },
      'redisShare: seal.keys: an id has 1 to 64 letters, digits, - and _, not "a.b".',
    ],
    [
      { client, name: 'a', seal: { keys: { k: new Uint8Array(16) }, use: 'x' } },
      'redisShare: seal.use must be the id of one of seal.keys.',
    ],
  ])('X5 %j is refused in one sentence', (options, sentence) => {
    expect(() => redisShare(options as never)).toThrow(new TypeError(sentence));
  });
});
