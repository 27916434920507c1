import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort, installed, programOnPath } from './programs.ts';

/** A Redis or Valkey on 127.0.0.1, as a process of its own. */
export interface RedisServer {
  readonly port: number;
  readonly url: string;
  /** Gone within the same moment, as by a crash. */
  kill(): Promise<void>;
  /** After `kill`: once more on the same port. `empty`: without what was stored. */
  restart(options?: { readonly empty?: boolean }): Promise<void>;
  /** Answers nobody, and keeps its connections, until `wake`. */
  freeze(): void;
  wake(): void;
  close(): Promise<void>;
}

export interface RedisServerOptions {
  /** What stands on its command line beside the port and the folder. */
  readonly args?: readonly string[] | undefined;
  /** What is stored outlives a crash. Default `false`. */
  readonly durable?: boolean | undefined;
}

/** A program that is a Redis server when it is started under that name. */
interface Program {
  readonly file: string;
  readonly name: string;
}

let found: Promise<Program | string> | undefined;

/**
 * Why no server can be started on this machine; `undefined` where one can. Looked for on the PATH; else Debian's
 * package is installed, where this process may do that. No package of the npm registry brings one that needs neither
 * a download nor a compiler.
 */
export async function redisMissing(): Promise<string | undefined> {
  found ??= find();
  const program = await found;
  return typeof program === 'string' ? program : undefined;
}

/**
 * Starts a server.
 *
 * @throws Error where there is none: see {@link redisMissing}.
 *
 * @example
 * const server = await startRedis();
 * const client = await createClient({ url: server.url }).connect();
 */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  found ??= find();
  const program = await found;
  if (typeof program === 'string') throw new Error(program);
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-redis-'));
  const server = new Started(program, folder, await freePort(), options);
  await server.restart();
  return server;
}

/** A cluster of three servers, which share the slots. */
export async function startRedisCluster(): Promise<readonly RedisServer[]> {
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
  const servers = await Promise.all([1, 2, 3].map(() => startRedis({ args })));
  const slots = [0, 5_461, 10_923, 16_384];
  const [first] = servers as [RedisServer];
  for (const [index, server] of servers.entries()) {
    const [from = 0, to = 0] = slots.slice(index);
    await tell(server, ['CLUSTER', 'SET-CONFIG-EPOCH', String(index + 1)]);
    await tell(server, ['CLUSTER', 'ADDSLOTSRANGE', String(from), String(to - 1)]);
    if (index > 0) await tell(server, ['CLUSTER', 'MEET', '127.0.0.1', String(first.port)]);
  }
  for (const server of servers) {
    await until(async () => {
      const said = await tell(server, ['CLUSTER', 'INFO']);
      return said.includes('cluster_state:ok') && said.includes('cluster_known_nodes:3');
    });
  }
  return servers;
}

/** A server, its replica, and a sentinel that puts the replica in the server's place once it is gone. */
export async function startRedisSentinel(name: string): Promise<{
  readonly primary: RedisServer;
  readonly replica: RedisServer;
  readonly sentinel: RedisServer;
}> {
  const primary = await startRedis();
  const args = ['--replicaof', '127.0.0.1', String(primary.port)];
  const replica = await startRedis({ args: [...args, '--repl-diskless-sync-delay', '0'] });
  await until(async () =>
    (await tell(replica, ['INFO', 'replication'])).includes('master_link_status:up'),
  );
  const sentinel = await startRedis({ args: ['--sentinel'] });
  await tell(sentinel, ['SENTINEL', 'MONITOR', name, '127.0.0.1', String(primary.port), '1']);
  await tell(sentinel, ['SENTINEL', 'SET', name, 'down-after-milliseconds', '500']);
  await tell(sentinel, ['SENTINEL', 'SET', name, 'failover-timeout', '3000']);
  await until(async () =>
    (await tell(sentinel, ['SENTINEL', 'REPLICAS', name])).includes(String(replica.port)),
  );
  return { primary, replica, sentinel };
}

/** Sends one command, in the form of the protocol; answers the reply's text. */
export function tell(
  { port }: { readonly port: number },
  command: readonly string[],
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let reply = '';
    socket.on('data', (part) => {
      reply += part.toString();
      // The reply to a PING that was sent behind it says where it ends.
      if (!reply.endsWith('+PONG\r\n')) return;
      socket.destroy();
      reply = reply.slice(0, -'+PONG\r\n'.length);
      if (reply.startsWith('-')) reject(new Error(`${command.join(' ')}: ${reply}`));
      else resolve(reply);
    });
    socket.on('close', () => reject(new Error(`${command.join(' ')}: there was no reply`)));
    socket.on('error', reject);
    for (const words of [command, ['PING']]) {
      const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      socket.write(`*${words.length}\r\n${parts.join('')}`);
    }
  });
}

/** Asks until something is so: a server tells nobody of it. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error('A server of the test did not get ready.');
    await new Promise((resolve) => void setTimeout(resolve, 20));
  }
}

async function find(): Promise<Program | string> {
  const there = serverOnPath();
  if (there !== undefined) return there;
  // The package of the tools brings the server's program, and starts no service.
  const reason = await installed(['redis-tools']);
  if (reason !== undefined) return `There is no redis-server or valkey-server: ${reason}.`;
  return serverOnPath() ?? 'redis-tools has brought no server.';
}

function serverOnPath(): Program | undefined {
  const file = programOnPath(['redis-server', 'valkey-server', 'redis-check-rdb']);
  if (file === undefined) return undefined;
  const name = basename(file);
  // The tool is the server's own program, which looks at the name that it is started under.
  return { file, name: name === 'redis-check-rdb' ? 'redis-server' : name };
}

class Started implements RedisServer {
  readonly port: number;
  readonly url: string;
  readonly #program: Program;
  readonly #folder: string;
  readonly #options: RedisServerOptions;
  #process: ChildProcess | undefined;
  readonly #end = (): void => void this.#process?.kill('SIGKILL');

  constructor(program: Program, folder: string, port: number, options: RedisServerOptions) {
    this.port = port;
    this.url = `redis://127.0.0.1:${port}`;
    this.#program = program;
    this.#folder = folder;
    this.#options = options;
    // A test runner that ends leaves no server behind.
    process.once('exit', this.#end);
  }

  async restart({ empty = false }: { readonly empty?: boolean } = {}): Promise<void> {
    if (empty) await this.#forget();
    const { file, name } = this.#program;
    const { args = [], durable = false } = this.#options;
    const isSentinel = args.includes('--sentinel');
    const config = join(this.#folder, 'sentinel.conf');
    if (isSentinel) await writeFile(config, '', { flag: 'a' });
    const own = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder];
    const kept = durable
      ? ['--appendonly', 'yes', '--appendfsync', 'always']
      : ['--appendonly', 'no'];
    const line = isSentinel ? [config, ...own, ...args] : [...own, '--save', '', ...kept, ...args];
    const started = spawn(file, line, { argv0: name, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#process = started;
    const said: string[] = [];
    await new Promise<void>((resolve, reject) => {
      started.once('error', reject);
      started.once('exit', () =>
        reject(new Error(`${name} has ended: ${said.slice(-3).join(' ')}`)),
      );
      createInterface({ input: started.stdout }).on('line', (text) => {
        said.push(text);
        if (/Ready to accept connections|Sentinel ID is/u.test(text)) resolve();
      });
    });
  }

  async kill(): Promise<void> {
    const running = this.#process;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const over = new Promise((resolve) => void running.once('exit', resolve));
    running.kill('SIGKILL');
    await over;
  }

  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  wake(): void {
    this.#process?.kill('SIGCONT');
  }

  async close(): Promise<void> {
    process.off('exit', this.#end);
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #forget(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await mkdir(this.#folder, { recursive: true });
  }
}
