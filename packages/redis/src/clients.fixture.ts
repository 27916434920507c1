import type { Share } from '@holdfast/core';
import { GlideClient, GlideClusterClient, Logger } from '@valkey/valkey-glide';
import { Cluster, Redis } from 'ioredis';
import { Cluster as ValkeyCluster, Redis as Valkey } from 'iovalkey';
import { createClient, createCluster, createSentinel } from 'redis';
import type { RedisServer } from '../../../tests/servers/redis.ts';
import { redisShare } from './redis-share.ts';
import type { RedisShareOptions } from './redis-share.ts';

/** A client, and what ends it. */
interface Opened {
  readonly client: RedisShareOptions['client'];
  readonly subscriber?: object;
  end(): unknown;
}

type Open = (ports: readonly number[]) => Promise<Opened>;

// It writes to the terminal what the tests do to its servers.
Logger.setLoggerConfig('off');

/** Whoever listens to an error does not die of it; what it means is told by the share. */
const heard = (): void => {};

/** The clients for one server. */
export const single: Readonly<
  Record<'node-redis' | 'ioredis' | 'iovalkey' | 'valkey-glide', Open>
> = {
  async 'node-redis'([port]) {
    const client = createClient({ url: `redis://127.0.0.1:${port}` });
    client.on('error', heard);
    await client.connect();
    return { client, end: () => client.destroy() };
  },
  async ioredis([port = 0]) {
    const client = new Redis(port);
    client.on('error', heard);
    return { client, end: () => client.disconnect() };
  },
  async iovalkey([port = 0]) {
    const client = new Valkey(port);
    client.on('error', heard);
    return { client, end: () => client.disconnect() };
  },
  async 'valkey-glide'([port = 0]) {
    const addresses = [{ host: '127.0.0.1', port }];
    const [client, subscriber] = await Promise.all([
      GlideClient.createClient({ addresses }),
      GlideClient.createClient({ addresses }),
    ]);
    return {
      client,
      subscriber,
      end: () => {
        client.close();
        subscriber.close();
      },
    };
  },
};

/** The clients for a cluster. */
export const clustered: typeof single = {
  async 'node-redis'(ports) {
    const rootNodes = ports.map((port) => ({ url: `redis://127.0.0.1:${port}` }));
    const client = createCluster({ rootNodes });
    client.on('error', heard);
    await client.connect();
    return { client, end: () => client.destroy() };
  },
  async ioredis(ports) {
    const client = new Cluster(ports.map((port) => ({ host: '127.0.0.1', port })));
    client.on('error', heard);
    return { client, end: () => client.disconnect() };
  },
  async iovalkey(ports) {
    const client = new ValkeyCluster(ports.map((port) => ({ host: '127.0.0.1', port })));
    client.on('error', heard);
    return { client, end: () => client.disconnect() };
  },
  async 'valkey-glide'(ports) {
    const addresses = ports.map((port) => ({ host: '127.0.0.1', port }));
    const [client, subscriber] = await Promise.all([
      GlideClusterClient.createClient({ addresses }),
      GlideClusterClient.createClient({ addresses }),
    ]);
    return {
      client,
      subscriber,
      end: () => {
        client.close();
        subscriber.close();
      },
    };
  },
};

/** The clients that know sentinels. */
export function watched(name: string): Pick<typeof single, 'node-redis' | 'ioredis' | 'iovalkey'> {
  return {
    async 'node-redis'([port = 0]) {
      const client = createSentinel({
        name,
        sentinelRootNodes: [{ host: '127.0.0.1', port }],
        scanInterval: 200,
      });
      client.on('error', heard);
      await client.connect();
      return { client, end: () => client.destroy() };
    },
    async ioredis([port = 0]) {
      const client = new Redis({ sentinels: [{ host: '127.0.0.1', port }], name });
      client.on('error', heard);
      return { client, end: () => client.disconnect() };
    },
    async iovalkey([port = 0]) {
      const client = new Valkey({ sentinels: [{ host: '127.0.0.1', port }], name });
      client.on('error', heard);
      return { client, end: () => client.disconnect() };
    },
  };
}

/** Shares on a server, each with a client of its own, as processes have them. */
export class Shares {
  readonly #open: Open;
  readonly #ports: readonly number[];
  readonly #ends = new Map<Share, () => unknown>();

  constructor(servers: readonly Pick<RedisServer, 'port'>[], open: Open = single['node-redis']) {
    this.#ports = servers.map(({ port }) => port);
    this.#open = open;
  }

  async open(options: Omit<RedisShareOptions, 'client'>): Promise<Share> {
    const { end, ...clients } = await this.#open(this.#ports);
    const share = redisShare({ ...clients, ...options });
    this.#ends.set(share, end);
    return share;
  }

  /** Its connections are gone. */
  close(share: Share): void {
    this.#ends.get(share)?.();
    this.#ends.delete(share);
  }

  closeAll(): void {
    for (const share of this.#ends.keys()) this.close(share);
  }
}
