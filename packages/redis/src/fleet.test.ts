import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { redisMissing, startRedis } from '../../../tests/servers/redis.ts';
import type { RedisServer } from '../../../tests/servers/redis.ts';
import { WorkerProcess } from './process.fixture.ts';
import type { Order, Report, WorkerOptions } from './worker.fixture.ts';

type Worker = WorkerProcess<Order, Report>;

const missing = await redisMissing();
const why = missing === undefined ? '' : ` (left out: ${missing})`;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A token endpoint that counts its calls, and names its tokens by their number. */
class Endpoint {
  calls = 0;
  url = '';

  async open(): Promise<this> {
    const server = createServer((request, response) => {
      const accessToken = `t${++this.calls}`;
      request.resume().once('end', () => response.end(JSON.stringify({ accessToken })));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    ends.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => void server.close(resolve));
    });
    return this;
  }
}

async function serve(): Promise<RedisServer> {
  const server = await startRedis();
  ends.push(() => server.close());
  return server;
}

function start(count: number, options: WorkerOptions): Worker[] {
  return Array.from({ length: count }, () => {
    const worker: Worker = new WorkerProcess('worker.fixture.ts', options);
    ends.push(() => worker.kill());
    return worker;
  });
}

const all = <T>(workers: readonly Worker[], each: (worker: Worker) => Promise<T>): Promise<T[]> =>
  Promise.all(workers.map(each));

describe.skipIf(missing)(`a fleet of processes${why}`, { timeout: 300_000 }, () => {
  it('T1 W9 W3 1,000 instances in 8 processes make one token call, and one 429 closes all of them', async () => {
    const [server, endpoint] = [await serve(), await new Endpoint().open()];
    const options = {
      port: server.port,
      name: 'app',
      instances: 125,
      tokenUrl: endpoint.url,
      timeout: 4_000,
    };
    const workers = start(8, options);
    await all(workers, (worker) => worker.report('ready'));
    for (const worker of workers) worker.order('ask');
    const asked = await all(workers, (worker) => worker.report('asked'));
    expect(asked.flatMap(({ failed }) => failed)).toEqual([]);
    expect(new Set(asked.flatMap(({ signed }) => signed))).toEqual(new Set(['Bearer t1']));
    expect(asked.flatMap(({ signed }) => signed)).toHaveLength(1_000);
    expect(endpoint.calls).toBe(1);
    for (const worker of workers) worker.order('watch');
    await all(workers, (worker) => worker.report('watching'));
    const [first] = workers as [Worker];
    first.order({ limit: 3_000 });
    const { at, until } = await first.report('limited');
    const opened = await all(workers, (worker) => worker.report('opened'));
    const delays = opened
      .flatMap(({ closed }) => closed.map((instant) => instant - at))
      .sort((a, b) => a - b);
    expect(delays).toHaveLength(1_000);
    // Wall clocks tell whole milliseconds.
    const early = opened.flatMap(({ sent }) => sent).filter((instant) => instant < until - 1);
    expect(early).toEqual([]);
    const [median, last] = [delays[500], delays.at(-1)].map((delay) => (delay ?? 0).toFixed(0));
    process.stdout.write(
      `1,000 instances in 8 processes: 1 token call; a limit known after ${median} ms (median), ${last} ms (last)\n`,
    );
  });
});
