import { shareContract } from '@holdfast/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redisMissing, startRedis, startRedisCluster, tell } from '../../../tests/servers/redis.ts';
import type { RedisServer } from '../../../tests/servers/redis.ts';
import { clustered, Shares, single } from './clients.fixture.ts';

const missing = await redisMissing();
const why = missing === undefined ? '' : ` (left out: ${missing})`;

/** A server answers late on a busy machine, which is none of the contract's business. Milliseconds. */
const TIMEOUT = 4_000;
const PATIENCE = 60_000;
const STARTING = 120_000;

const kinds = [
  { kind: 'one server', start: async () => [await startRedis()], clients: single },
  { kind: 'a cluster', start: startRedisCluster, clients: clustered },
];

describe.skipIf(missing).each(kinds)(`shares on $kind${why}`, ({ kind, start, clients }) => {
  let servers: readonly RedisServer[];
  beforeAll(async () => {
    servers = await start();
  }, STARTING);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
  });

  for (const [client, open] of Object.entries(clients)) {
    let shares: Shares;
    const cases = shareContract({
      patience: PATIENCE,
      create: (name) => {
        shares ??= new Shares(servers, open);
        return shares.open({ name, timeout: TIMEOUT });
      },
      close: (share) => shares.close(share),
      kill: (share) => shares.close(share),
      async spoil(name) {
        // In a cluster, one of them is its home: the others refuse.
        const key = `holdfast:{${name}}:tokens`;
        const told = servers.map(async (server) => {
          await tell(server, ['DEL', key]);
          await tell(server, ['LPUSH', key, 'a list']);
        });
        await Promise.any(told);
      },
    });
    // What goes another way in a cluster is where scripts run and messages come from.
    const differs =
      /at once|comes back whole|the lease is one|others hear|told the others|nonsense/u;
    const chosen = kind === 'one server' ? cases : cases.filter(({ name }) => differs.test(name));
    describe(`redisShare by ${client} keeps the contract`, () => {
      for (const { name, run } of chosen) {
        it.concurrent(`T14 ${name}`, { timeout: 2 * PATIENCE }, async () => {
          await expect(run()).resolves.toBeUndefined();
        });
      }
    });
  }
});
