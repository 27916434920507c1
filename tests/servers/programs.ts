import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

const LOCK = join(tmpdir(), 'holdfast-debian-install');

/** Nothing that is only recommended, and a mirror that does not answer is given up before the tests are. */
const INSTALL = [
  'export DEBIAN_FRONTEND=noninteractive',
  'install() { apt-get install -y --no-install-recommends -o Acquire::http::Timeout=20 "$@"; }',
  'install "$@" && exit',
  'apt-get update -o Acquire::http::Timeout=20 && install "$@"',
].join('\n');

/** Where the first of these programs lies that the PATH leads to; `undefined` where it leads to none. */
export function programOnPath(names: readonly string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const files = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return files.find((file) => existsSync(file));
}

/**
 * Installs Debian's packages where this process may do that, which takes a minute or so; answers why they are not there,
 * and `undefined` where they are.
 *
 * @example
 * const reason = await installed(['xvfb']);
 */
export async function installed(packages: readonly string[]): Promise<string | undefined> {
  const names = packages.join(' and ');
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    return `this process may not install Debian's ${names}`;
  }
  // Test files run beside each other, and only one may install at a time. One that does not end is given up, with all
  // that it has started; whoever waits in line waits for two of them.
  const giveUp = ['timeout', '--kill-after=10', '150', 'sh', '-c', INSTALL, 'sh', ...packages];
  try {
    await exec('flock', ['--timeout', '320', LOCK, ...giveUp], { maxBuffer: 16 * 1_024 * 1_024 });
    return undefined;
  } catch (error) {
    const { code, stderr } = error as { readonly code?: unknown; readonly stderr?: string };
    const said = stderr?.trim().split('\n').at(-1) || `it has ended with ${String(code)}`;
    return `Debian's ${names} cannot be installed: ${said}`;
  }
}

/** A port of 127.0.0.1 that nobody listens at, for a program that does not choose one by itself. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => void server.close(resolve));
  return port;
}
