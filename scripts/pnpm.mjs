// The one place that says which pnpm this repository uses. Not `packageManager` in package.json:
// with it pnpm replaces itself on start, which fails where only npm may download.
//
//   node scripts/pnpm.mjs add -D -w something
import { spawn, spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const version = '12.21.0';

const windows = process.platform === 'win32';

/** What starts pnpm with these arguments, for `spawn` and `spawnSync`. */
function command(args) {
  const all = ['--yes', `pnpm@${version}`, ...args];
  // npx is a batch file on Windows, so a shell starts it, and what has spaces needs quotes there.
  return windows
    ? ['npx.cmd', all.map((arg) => (/\s/u.test(arg) ? `"${arg}"` : arg)), { shell: true }]
    : ['npx', all, {}];
}

/** Runs pnpm and gives `{ status, output }`: what it printed, both streams, is kept and not shown. */
export function pnpmQuietly(args, options = {}) {
  const [file, all, shell] = command(args);
  const run = spawnSync(file, all, {
    ...shell,
    ...options,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.error !== undefined) return { status: 1, output: `npx: ${run.error.message}` };
  return { status: run.status ?? 1, output: `${run.stdout}${run.stderr}` };
}

/** Runs pnpm on this terminal and resolves to its exit status. */
function pnpm(args) {
  const [file, all, shell] = command(args);
  const child = spawn(file, all, { ...shell, stdio: 'inherit' });
  // Ctrl+C reaches the child as well, which then ends in its own way; this process reports how.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`npx: ${error.message}`);
      resolve(1);
    });
    child.on('exit', (status, signal) => resolve(signal === null ? status : signalStatus(signal)));
  });
}

/** What a shell reports for a child that a signal ended. */
function signalStatus(signal) {
  return signal === 'SIGINT' ? 130 : 143;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = await pnpm(process.argv.slice(2));
}
