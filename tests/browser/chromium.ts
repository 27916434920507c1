import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

export type { Browser, Page } from 'playwright-core';

const INSTALLED = '/usr/bin/chromium';

/** Nothing that asks anybody but the page's own server, and nothing that needs a GPU or a first run. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const MISSING_LIBRARY = /error while loading shared libraries: (\S+):/u;

/**
 * A real headless Chromium with a profile of its own, gone with `close()`: the machine's, or else the one
 * that comes with `@sparticuz/chromium`.
 *
 * @throws Error in one sentence where a shared library is missing that the package does not bring either.
 *
 * @example
 * const browser = await launchBrowser();
 * const page = await browser.newPage();
 */
export async function launchBrowser(): Promise<Browser> {
  if (existsSync(INSTALLED)) return launch(INSTALLED);
  const home = await unpackedHome();
  const executable = join(home, 'chromium');
  try {
    return await launch(executable);
  } catch (error) {
    if (!MISSING_LIBRARY.test(String(error))) throw error;
    // The package brings what a bare machine lacks. It goes second, since it is older than the machine's.
    return launch(executable, { LD_LIBRARY_PATH: join(home, 'al2023', 'lib') }).catch(explain);
  }
}

function launch(executablePath: string, added: Record<string, string> = {}): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS, env: { ...process.env, ...added } });
}

function explain(error: unknown): never {
  const library = MISSING_LIBRARY.exec(String(error))?.[1];
  if (library === undefined) throw error;
  throw new Error(
    `Chromium needs the shared library ${library}, which cannot be loaded on this machine; install it, or a Chromium as ${INSTALLED}.`,
    { cause: error },
  );
}

/** Where the package's Chromium is unpacked: once for each version of it, and gone with `node_modules`. */
async function unpackedHome(): Promise<string> {
  const manifest = findPackageJSON('@sparticuz/chromium', import.meta.url);
  if (manifest === undefined) throw new Error('@sparticuz/chromium is not installed.');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { readonly version: string };
  const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
  const home = join(cache, `chromium-${version}`);
  if (existsSync(home)) return home;
  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(`${home}-`);
  await unpack(staging);
  try {
    await rename(staging, home);
  } catch {
    // Another test process has been faster.
    await rm(staging, { recursive: true });
  }
  return home;
}

/**
 * The package unpacks to the temporary folder, where two processes that do so at once spoil each other's
 * files. A process with a temporary folder of its own does it for us; what the package takes for a sign of
 * a bare machine makes it unpack its libraries too.
 */
async function unpack(folder: string): Promise<void> {
  const script = `import chromium from '@sparticuz/chromium'; await chromium.executablePath();`;
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const env = { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'nodejs22.x' };
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { cwd, env });
}
