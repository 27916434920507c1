// Runs a script of package.json after making sure that it can run: dependencies installed, packages
// built. The script has to be of the form `node <file>`. Needs Node 20 and npm, and nothing installed: it
// has no dependency.
//
//   node scripts/with-setup.mjs start:run --once
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pnpmQuietly } from './pnpm.mjs';

const oldest = 20;
const stamp = 'node_modules/.holdfast-setup';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const [task, ...args] = process.argv.slice(2);
if (task === undefined) fail('Say which script of package.json to run: with-setup.mjs <script>.');
if (Number.parseInt(process.versions.node, 10) < oldest) {
  fail(`Holdfast needs Node ${oldest} or later, and this is Node ${process.versions.node}.`);
}

install();
step('Building the packages', ['run', 'build'], 'The build failed.');
process.exitCode = await run(task, args);

/** Installs, unless what was installed last came from the same lock file and manifests. */
function install() {
  const wanted = fingerprint();
  const installed = existsSync('node_modules/.modules.yaml') && existsSync(stamp);
  if (installed && readFileSync(stamp, 'utf8') === wanted) return;
  step(
    'Installing dependencies (the first time takes a minute)',
    ['install', '--frozen-lockfile'],
    'The installation failed; it needs the network, or a filled npm and pnpm cache.',
  );
  writeFileSync(stamp, wanted);
}

/** Changes with everything that decides what an installation holds. */
function fingerprint() {
  const manifests = ['packages', 'examples', 'benchmarks'].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => `${folder}/${name}/package.json`) : [],
  );
  const files = [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    'package.json',
    'docs/package.json',
    ...manifests.toSorted(),
  ];
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}\n`);
  for (const file of files) {
    if (existsSync(file)) hash.update(`${file}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/**
 * Runs a script on this terminal, in the repository's own Node, and resolves to its exit status. No shell
 * and no pnpm in between: a signal reaches it, and how it ends is what is reported.
 */
function run(name, given) {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
  const [, file] = /^node (\S+)$/u.exec(scripts[name] ?? '') ?? [];
  if (file === undefined) fail(`package.json has no script ${name} of the form "node <file>".`);
  const own = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = `${resolve('node_modules/.bin')}${delimiter}${process.env.PATH}`;
  const child = spawn(resolve('node_modules/node/bin', own), [file, ...given], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  if (process.env.npm_lifecycle_event !== undefined) onOrphaned(() => child.kill('SIGTERM'));
  return new Promise((settle) => {
    child.on('error', (error) => fail(`${name} cannot be started: ${error.message}`));
    child.on('exit', (status, signal) => settle(status ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** npm hands a SIGTERM to its shell alone, which goes without a word to whom it has started. */
function onOrphaned(end) {
  const starter = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === starter) return;
    clearInterval(look);
    end();
  }, 500);
  look.unref();
}

/** Runs pnpm and shows what it printed only where it failed. */
function step(title, command, failure) {
  const started = Date.now();
  process.stdout.write(`${title} … `);
  const { status, output } = pnpmQuietly(command);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(status === 0 ? `done in ${seconds} s` : 'failed');
  if (status === 0) return;
  console.error(output.trimEnd());
  fail(failure, status);
}

function fail(message, status = 1) {
  console.error(message);
  process.exit(status);
}
