import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import type { Browser } from 'playwright-core';

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
 * @throws Error in one sentence where it cannot start for want of a shared library.
 *
 * @example
 * const browser = await launchBrowser();
 * const page = await browser.newPage();
 */
export async function launchBrowser(): Promise<Browser> {
  if (existsSync(INSTALLED)) return launch(INSTALLED);
  const home = await unpackedHome();
  try {
    return await launch(join(home, 'chromium'));
  } catch (error) {
    if (!MISSING_LIBRARY.test(String(error))) throw error;
    // The package brings the libraries that a bare machine lacks most often.
    const libraries = join(home, 'al2023', 'lib');
    return launch(join(home, 'chromium'), { LD_LIBRARY_PATH: libraries });
  }
}

async function launch(
  executablePath: string,
  added: Record<string, string> = {},
): Promise<Browser> {
  try {
    const env = { ...process.env, ...added };
    return await chromium.launch({ executablePath, args: FLAGS, env });
  } catch (error) {
    const library = MISSING_LIBRARY.exec(String(error))?.[1];
    if (library === undefined) throw error;
    throw new Error(
      `Chromium (${executablePath}) needs ${library}, which this machine does not have; install it, or a Chromium at ${INSTALLED}. (error while loading shared libraries: ${library}:)`,
      { cause: error },
    );
  }
}

/** Where the package's Chromium is unpacked: once for each version of it, and gone with `node_modules`. */
async function unpackedHome(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const manifest = await readFile(join(dirname(entry), '..', '..', 'package.json'), 'utf8');
  const { version } = JSON.parse(manifest) as { readonly version: string };
  const cache = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));
  const home = join(cache, `chromium-${version}`);
  if (existsSync(home)) return home;
  await mkdir(cache, { recursive: true });
  const staging = await mkdtemp(`${home}-`);
  await unpack(entry, staging);
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
async function unpack(entry: string, folder: string): Promise<void> {
  const script = `require(${JSON.stringify(entry)}).default.executablePath()`;
  const env = { ...process.env, TMPDIR: folder, AWS_EXECUTION_ENV: 'nodejs22.x' };
  await promisify(execFile)(process.execPath, ['-e', script], { env });
}
