import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import type { Awaitable, Share, ShareChange, SharedTokens, Unsubscribe } from '@holdfast/core';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openProxy } from '../../../tests/servers/proxy.ts';
import type { Proxy } from '../../../tests/servers/proxy.ts';
import { redisMissing, startRedis, tell } from '../../../tests/servers/redis.ts';
import type { RedisServer, RedisServerOptions } from '../../../tests/servers/redis.ts';
import type { RedisClient } from './client.ts';
import { Shares, single } from './clients.fixture.ts';
import { instanceOf, Tokenry } from './instances.fixture.ts';
import type { Instance } from './instances.fixture.ts';
import { redisShare } from './redis-share.ts';

const missing = await redisMissing();
const why = missing === undefined ? '' : ` (left out: ${missing})`;

/** Milliseconds: short where nothing is to answer, long where a busy machine may take its time. */
const SHORT = 100;
const LONG = 4_000;
const eventually = { timeout: 25_000, interval: 10 };

const values = (generation: number): { generation: number; tokens: { accessToken: string } } => ({
  generation,
  tokens: { accessToken: `t${generation}` },
});

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(options?: RedisServerOptions): Promise<RedisServer> {
  const server = await startRedis(options);
  ends.push(() => server.close());
  return server;
}

async function behindProxy(server: RedisServer): Promise<Proxy> {
  const proxy = await openProxy(server.port);
  ends.push(() => proxy.close());
  return proxy;
}

function open(
  port: number,
  timeout: number,
  kind: keyof typeof single = 'node-redis',
): Promise<Share> {
  const shares = new Shares([{ port }], single[kind]);
  ends.push(() => shares.closeAll());
  return shares.open({ name: 'app', timeout });
}

/** A client that counts what it is asked. */
function countedClient(client: RedisClient): { tries(): number; readonly counted: RedisClient } {
  let count = 0;
  const counted = new Proxy(client, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      if (name === 'eval' || name === 'customCommand') count++;
      return value.bind(target) as unknown;
    },
  });
  return { tries: () => count, counted };
}

function listen(share: Share, listener: (change: ShareChange) => void): Unsubscribe {
  return share.subscribe?.(listener) ?? (() => {});
}

/** What a promise came to, where it did not reject. */
function tried<T>(answer: Awaitable<T>): Promise<T | undefined> {
  return Promise.resolve(answer).catch(() => undefined);
}

function start(share: Share, endpoint: Tokenry): Instance {
  const instance = instanceOf(share, { refresh: endpoint.refresh });
  ends.push(() => instance.resilience.dispose());
  return instance;
}

describe.skipIf(missing)(`a server in trouble${why}`, { timeout: 60_000 }, () => {
  it.each(['node-redis', 'ioredis', 'iovalkey', 'valkey-glide'] as const)(
    'E1b E4 one that does not answer: a process goes on with one token call and tells so (%s)',
    async (kind) => {
      const server = await serve();
      const share = await open(server.port, SHORT, kind);
      const endpoint = new Tokenry();
      const made = Array.from({ length: 20 }, () => start(share, endpoint));
      server.freeze();
      const signed = await Promise.all(made.map((instance) => instance.ask()));
      expect(new Set(signed)).toEqual(new Set(['Bearer t1']));
      expect(endpoint.calls).toBe(1);
      const told = made.flatMap((instance) => instance.told());
      expect(told[0]).toMatch(/^share\.\w+: redisShare: Redis did not answer within 100 ms\.$/u);
      server.wake();
      // What was decided meanwhile is brought to the others.
      const other = await open(server.port, LONG);
      await vi.waitFor(async () => {
        expect((await other.read())?.tokens?.accessToken).toBe('t1');
      }, eventually);
    },
  );

  it('T9 a token that serves is used without a word to a server that does not answer', async () => {
    const server = await serve();
    const share = await open(server.port, SHORT);
    const instance = start(share, new Tokenry());
    expect(await instance.ask()).toBe('Bearer t1');
    server.freeze();
    let isSent = false;
    void instance.ask().then(() => (isSent = true));
    await Promise.resolve();
    expect(isSent).toBe(true);
    server.wake();
  });

  it.each(['node-redis', 'ioredis'] as const)(
    'T15 one that dies and comes back empty is given what was lost (%s)',
    async (kind) => {
      const server = await serve();
      const share = await open(server.port, LONG, kind);
      const heard: unknown[] = [];
      ends.push(listen(share, (change) => void heard.push(change)));
      await share.read();
      for (let generation = 0; generation < 5; generation++) {
        expect(await share.replace(generation, values(generation + 1))).toBe(true);
      }
      await share.closeUntil?.('api', Date.now() + 600_000, 'rate_limit');
      await server.kill();
      await server.restart({ empty: true });
      const other = await open(server.port, LONG);
      ends.push(listen(other, (change) => void heard.push(change)));
      await vi.waitFor(async () => expect(await other.read()).toEqual(values(5)), eventually);
      expect(await other.replace(5, values(6))).toBe(true);
      await vi.waitFor(() => {
        expect(heard).toContainEqual({ type: 'tokens', value: values(6) });
      }, eventually);
    },
  );

  it('T15 one that dies and comes back with its data goes on where it was', async () => {
    const server = await serve({ durable: true });
    const share = await open(server.port, LONG);
    await share.replace(0, values(1));
    await server.kill();
    await server.restart();
    const other = await open(server.port, LONG);
    expect(await other.read()).toEqual(values(1));
    await vi.waitFor(async () => {
      expect(await tried(share.replace(1, values(2)))).not.toBe(undefined);
    }, eventually);
    await vi.waitFor(async () => expect(await other.read()).toEqual(values(2)), eventually);
  });

  it('T15 one that was gone for long and comes back empty is given what was lost before another may use what is older', async () => {
    // The longest pauses between two tries to reach it.
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.999);
    onTestFinished(() => void random.mockRestore());
    const once = (generation: number): SharedTokens => ({
      generation,
      tokens: { accessToken: `t${generation}`, refreshToken: `r${generation}` },
    });
    const story = async (kind: keyof typeof single): Promise<unknown> => {
      const server = await serve();
      const { end, client, ...others } = await single[kind]([server.port]);
      ends.push(end);
      const { tries, counted } = countedClient(client);
      const share = redisShare({ ...others, client: counted, name: 'app', timeout: 1_000 });
      ends.push(listen(share, () => {}));
      await tried(share.replace(0, once(1)));
      await server.kill();
      await expect(share.replace(1, once(2))).rejects.toThrow('redisShare:');
      const before = tries();
      await vi.waitFor(() => expect(tries() - before).toBeGreaterThanOrEqual(6), eventually);
      await server.restart({ empty: true });
      // A process that begins with what its app remembers.
      const other = await open(server.port, LONG);
      await other.replace(0, once(1));
      return other.lease?.(() => Promise.resolve(other.read()));
    };
    const kinds = Object.keys(single) as (keyof typeof single)[];
    expect(await Promise.all(kinds.map(story))).toEqual(kinds.map(() => once(2)));
  });

  it('T15 an older state that comes back is overcome by whoever knows more', async () => {
    const server = await serve();
    const share = await open(server.port, LONG);
    ends.push(listen(share, () => {}));
    await share.read();
    await share.replace(0, values(1));
    const old = /\r\n(1 .*)\r\n$/su.exec(await tell(server, ['GET', 'holdfast:{app}:tokens']))?.[1];
    await share.replace(1, values(2));
    await tell(server, ['SET', 'holdfast:{app}:tokens', old ?? '']);
    // Seen with the next question.
    expect(await share.read()).toEqual(values(2));
    const other = await open(server.port, LONG);
    await vi.waitFor(async () => expect(await other.read()).toEqual(values(2)), eventually);
  });

  it('E1b one that is full refuses what is new: told, and the process goes on', async () => {
    const server = await serve();
    await tell(server, ['CONFIG', 'SET', 'maxmemory', '1']);
    const share = await open(server.port, LONG);
    const endpoint = new Tokenry();
    const made = [start(share, endpoint), start(share, endpoint)];
    expect(await Promise.all(made.map((instance) => instance.ask()))).toEqual([
      'Bearer t1',
      'Bearer t1',
    ]);
    expect(endpoint.calls).toBe(1);
    expect(made.flatMap((instance) => instance.told()).join('\n')).toContain('OOM');
    await tell(server, ['CONFIG', 'SET', 'maxmemory', '0']);
    const other = await open(server.port, LONG);
    await vi.waitFor(async () => {
      expect((await other.read())?.tokens?.accessToken).toBe('t1');
    }, eventually);
  });

  it.each(['a connection that stalls', 'a connection that is cut'])(
    'T14 after %s the process reads what it has missed',
    async (what) => {
      const server = await serve();
      const proxy = await behindProxy(server);
      const share = await open(proxy.port, LONG);
      const other = await open(server.port, LONG);
      const heard: unknown[] = [];
      ends.push(listen(share, (change) => void heard.push(change)));
      await other.replace(0, values(1));
      await vi.waitFor(() => expect(heard).toHaveLength(1), eventually);
      proxy.stall();
      await other.replace(1, values(2));
      await other.closeUntil?.('api', Date.now() + 600_000, 'outage');
      if (what.endsWith('cut')) proxy.cut();
      proxy.resume();
      await vi.waitFor(() => {
        expect(heard).toContainEqual({ type: 'tokens', value: values(2) });
        expect(heard).toContainEqual(expect.objectContaining({ type: 'closed', scope: 'api' }));
      }, eventually);
    },
  );

  it('T14 an answer that comes late is no harm: a lease that nobody waits for is let go', async () => {
    const server = await serve();
    const proxy = await behindProxy(server);
    const [share, other] = [await open(proxy.port, SHORT), await open(server.port, LONG)];
    proxy.stall();
    await expect(share.lease?.(async () => 'done')).rejects.toThrow('did not answer within 100 ms');
    await expect(share.replace(0, values(1))).rejects.toThrow('did not answer within 100 ms');
    proxy.resume();
    expect(await other.lease?.(async () => 'had')).toBe('had');
    await vi.waitFor(async () => expect(await other.read()).toEqual(values(1)), eventually);
    expect(await other.replace(1, values(2))).toBe(true);
    await vi.waitFor(async () => expect(await share.read()).toEqual(values(2)), eventually);
  });

  it('T15 what was brought while nobody could store it keeps the lease until it is stored', async () => {
    const server = await serve();
    const proxy = await behindProxy(server);
    const [share, other] = [await open(proxy.port, SHORT), await open(server.port, LONG)];
    const once = (generation: number, refreshToken: string): object => ({
      generation,
      tokens: { accessToken: `t${generation}`, refreshToken },
    });
    await other.replace(0, once(1, 'r1') as never);
    await vi.waitFor(async () => expect(await share.read()).toEqual(once(1, 'r1')), eventually);
    await share
      .lease?.(async () => {
        proxy.stall();
        // The token endpoint has answered, and Redis does not.
        await expect(share.replace(1, once(2, 'r2') as never)).rejects.toThrow('did not answer');
      })
      .catch(() => undefined);
    const read = other.lease?.(() => Promise.resolve(other.read()));
    proxy.resume();
    expect(await read).toEqual(once(2, 'r2'));
  });

  it('T15 a refresh token that serves once is left to a process that has gone silent for longer than other tokens', async () => {
    const server = await serve();
    const share = await open(server.port, LONG);
    /** Milliseconds that the lease lasts, from a moment before it was taken. */
    const lasts = async (): Promise<number> => {
      const begun = performance.now();
      let left = 0;
      await share.lease?.(async () => {
        const reply = await tell(server, ['PTTL', 'holdfast:{app}:lease']);
        left = Number(/\d+/u.exec(reply)?.[0]) + performance.now() - begun;
      });
      return left;
    };
    expect(await lasts()).toBeGreaterThanOrEqual(5_000);
    await share.replace(0, { generation: 1, tokens: { accessToken: 'a', refreshToken: 'r' } });
    // A server that has just come up gives it to nobody for a while: the second time it does.
    await lasts();
    expect(await lasts()).toBeGreaterThanOrEqual(8_000);
  });

  it('X6 E1b one that answers nonsense is as good as none', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      // Each command begins with the number of its parts.
      socket.on('data', (part) => {
        const commands = part.toString().match(/^\*\d+\r$/gmu)?.length ?? 0;
        socket.write('$3\r\nmoo\r\n'.repeat(commands));
      });
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const { Redis } = await import('ioredis');
    const client = new Redis({
      port: (server.address() as AddressInfo).port,
      enableReadyCheck: false,
      disableClientInfo: true,
    });
    client.on('error', () => {});
    ends.push(() => client.disconnect());
    const endpoint = new Tokenry();
    const instance = start(redisShare({ client, name: 'app', timeout: LONG }), endpoint);
    expect(await instance.ask()).toBe('Bearer t1');
    expect(endpoint.calls).toBe(1);
    expect(instance.told().join('\n')).toContain('redisShare: Redis cannot be asked');
  });

  it('T14 E3 a process whose client was closed goes on alone, and comes to its end', async () => {
    const server = await serve();
    const shares = new Shares([server]);
    const share = await shares.open({ name: 'app', timeout: LONG });
    const endpoint = new Tokenry();
    const instance = start(share, endpoint);
    shares.closeAll();
    expect(await instance.ask()).toBe('Bearer t1');
    expect(instance.told()[0]).toContain('Redis cannot be asked');
  });
});
