import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundleProgram } from '../../../tests/servers/program.ts';
import type { Program } from '../../../tests/servers/program.ts';
import { redisMissing, startRedis } from '../../../tests/servers/redis.ts';
import type { RedisServer } from '../../../tests/servers/redis.ts';
import { WorkerProcess } from './process.fixture.ts';
import type { Order, Report, WorkerOptions } from './worker.fixture.ts';

type Worker = WorkerProcess<Order, Report>;

const missing = await redisMissing();
const why = missing === undefined ? '' : ` (left out: ${missing})`;

/** `PROCESSES=200` takes minutes on a small machine. */
const PROCESSES = Number(process.env['PROCESSES'] ?? 40);

const ends: (() => unknown)[] = [];
afterEach(async () => {
  // All at once: hundreds of processes take their time to end, one after the other.
  await Promise.all(ends.splice(0).map((end) => end()));
}, 300_000);

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

let program: Program;

/** So many processes; resolves once all are ready. */
async function start(count: number, options: WorkerOptions): Promise<Worker[]> {
  const workers: Worker[] = [];
  // As many at a time as there are processors: dozens that load their code at once hardly get anywhere.
  const line = async (): Promise<void> => {
    while (workers.length < count) {
      const worker: Worker = new WorkerProcess(program.file, options);
      ends.push(() => worker.kill());
      workers.push(worker);
      await worker.report('ready');
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() + 1 }, line));
  return workers;
}

const all = <T>(workers: readonly Worker[], each: (worker: Worker) => Promise<T>): Promise<T[]> =>
  Promise.all(workers.map(each));

describe.skipIf(missing)(`a fleet of processes${why}`, { timeout: 900_000 }, () => {
  beforeAll(async () => {
    program = await bundleProgram(join(import.meta.dirname, 'worker.fixture.ts'));
  });
  afterAll(() => program.remove());

  it(`T1 T14 ${PROCESSES} processes that ask for the first time at once make one token call`, async () => {
    const [server, endpoint] = [await serve(), await new Endpoint().open()];
    const options = { port: server.port, name: 'app', instances: 1, timeout: 4_000 };
    const workers = await start(PROCESSES, { ...options, tokenUrl: endpoint.url });
    const begun = performance.now();
    for (const worker of workers) worker.order('ask');
    const asked = await all(workers, (worker) => worker.report('asked'));
    expect(asked.flatMap(({ failed }) => failed)).toEqual([]);
    expect(asked.flatMap(({ signed }) => signed)).toEqual(workers.map(() => 'Bearer t1'));
    expect(endpoint.calls).toBe(1);
    const took = (performance.now() - begun).toFixed(0);
    process.stdout.write(
      `${PROCESSES} processes cold at once: 1 token call, all answered after ${took} ms\n`,
    );
  });

  it('T1 W9 W3 1,000 instances in 8 processes make one token call, and one 429 closes all of them', async () => {
    const [server, endpoint] = [await serve(), await new Endpoint().open()];
    const options = {
      port: server.port,
      name: 'app',
      instances: 125,
      tokenUrl: endpoint.url,
      timeout: 4_000,
    };
    const workers = await start(8, options);
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
