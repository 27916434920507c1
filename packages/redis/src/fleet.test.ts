import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { openProxy } from '../../../tests/servers/proxy.ts';
import { redisMissing, startRedis } from '../../../tests/servers/redis.ts';
import type { RedisServer } from '../../../tests/servers/redis.ts';
import type { Order, Report, WorkerOptions } from './worker.fixture.ts';

const missing = await redisMissing();
const why = missing === undefined ? '' : ` (left out: ${missing})`;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A process of the app. */
class Worker {
  readonly #process: ChildProcess;
  readonly #reports: Report[] = [];
  #heard = (): void => {};

  constructor(options: WorkerOptions) {
    this.#process = fork(
      fileURLToPath(new URL('worker.fixture.ts', import.meta.url)),
      [JSON.stringify(options)],
      { execArgv: ['--conditions=holdfast-source', '--no-warnings'] },
    );
    this.#process.on('message', (said: Report) => {
      this.#reports.push(said);
      this.#heard();
    });
    ends.push(() => this.kill());
  }

  order(order: Order): void {
    this.#process.send(order);
  }

  async report<T extends Report['type']>(type: T): Promise<Extract<Report, { type: T }>> {
    for (;;) {
      const place = this.#reports.findIndex((said) => said.type === type);
      if (place >= 0) return this.#reports.splice(place, 1)[0] as Extract<Report, { type: T }>;
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  async kill(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return;
    const over = new Promise((resolve) => void this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await over;
  }
}

/**
 * A token endpoint that rotates refresh tokens and revokes all of them when one is used again, where the app has them.
 */
class Endpoint {
  calls = 0;
  reuses = 0;
  url = '';
  #current = '';
  /** Keeps its answers back. */
  before: () => Promise<void> = async () => {};

  async open(rotates: boolean): Promise<this> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (part: Buffer) => (body += part.toString()));
      request.on('end', () => void answer(body).then((text) => response.end(text)));
    });
    const answer = async (given: string): Promise<string> => {
      const number = ++this.calls;
      if (rotates && given !== this.#current) this.reuses++;
      this.#current = `r${number}`;
      await this.before();
      return JSON.stringify({
        accessToken: `t${number}`,
        ...(rotates && { refreshToken: this.#current }),
      });
    };
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    ends.push(() => {
      server.closeAllConnections();
      return new Promise((resolve) => void server.close(resolve));
    });
    return this;
  }
}

async function serve(durable = false): Promise<RedisServer> {
  const server = await startRedis({ durable });
  ends.push(() => server.close());
  return server;
}

function start(count: number, options: WorkerOptions): Worker[] {
  return Array.from({ length: count }, () => new Worker(options));
}

const all = <T>(workers: readonly Worker[], each: (worker: Worker) => Promise<T>): Promise<T[]> =>
  Promise.all(workers.map(each));

describe.skipIf(missing)(`a fleet of processes${why}`, { timeout: 300_000 }, () => {
  it('T1 W9 W3 1,000 instances in 8 processes make one token call, and one 429 closes all of them', async () => {
    const [server, endpoint] = [await serve(), await new Endpoint().open(false)];
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

  it('T15 no trouble of the server, its connections or its processes uses a refresh token twice', async () => {
    const [server, endpoint] = [await serve(true), await new Endpoint().open(true)];
    const proxy = await openProxy(server.port);
    ends.push(() => proxy.close());
    const options = { name: 'app', instances: 3, tokenUrl: endpoint.url, timeout: 1_000 };
    // One of them is behind a line that breaks.
    const workers = [proxy.port, server.port, server.port, server.port].flatMap((port) =>
      start(1, { ...options, port }),
    );
    await all(workers, (worker) => worker.report('ready'));
    const agreed = async (): Promise<void> => {
      for (;;) {
        for (const worker of workers) worker.order('ask');
        const asked = await all(workers, (worker) => worker.report('asked'));
        expect(asked.flatMap(({ failed }) => failed)).toEqual([]);
        const newest = `Bearer t${endpoint.calls}`;
        if (asked.flatMap(({ signed }) => signed).every((signed) => signed === newest)) return;
      }
    };
    await agreed();
    const troubles: Readonly<Record<string, () => Promise<void>>> = {
      'nothing happens': async () => {},
      'the server dies, and comes back with its data': async () => {
        await server.kill();
        await server.restart();
      },
      'the server dies, and comes back empty': async () => {
        await server.kill();
        await server.restart({ empty: true });
      },
      'a connection is cut': async () => proxy.cut(),
      'a connection stalls': async () => {
        proxy.stall();
        setTimeout(proxy.resume, 2_000);
      },
      'the server stalls': async () => {
        server.freeze();
        setTimeout(() => server.wake(), 1_500);
      },
      'a process that waits dies, and another one takes its place': async () => {
        const place = workers.length - 1;
        await workers[place]?.kill();
        const [worker] = start(1, { ...options, port: server.port }) as [Worker];
        workers[place] = worker;
        await worker.report('ready');
      },
    };
    for (const [trouble, happens] of Object.entries(troubles)) {
      let isOver = false;
      // In the middle of a token call: the refresh token before is used, and the new one nobody's yet.
      endpoint.before = async () => {
        if (isOver) return;
        isOver = true;
        await happens();
      };
      // The last one only waits: whoever asks the token endpoint when it dies takes the session along.
      for (const worker of workers.slice(0, -1)) worker.order('renew');
      await all(workers.slice(0, -1), (worker) => worker.report('asked'));
      await agreed();
      expect([trouble, isOver, endpoint.reuses]).toEqual([trouble, true, 0]);
    }
    process.stdout.write(`${endpoint.calls} rotations in trouble: 0 sessions lost\n`);
  });
});
