import { execFile } from 'node:child_process';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { programOnPath } from '../servers/programs.ts';
import { nodeOf } from './runtimes.ts';

const exec = promisify(execFile);
const root = resolve(import.meta.dirname, '../..');

const npm = process.platform === 'win32' ? undefined : programOnPath(['npm']);

/** Where npm says that nobody answers: no registry is within reach, which proves nothing of a package. */
const UNREACHED = /code (?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ERR_SOCKET_TIMEOUT)/u;

const ASK = `
  const { url, close } = await startFaultServer();
  const body = JSON.stringify({ query: '{ hello }' });
  const headers = { 'content-type': 'application/json' };
  console.log(await (await fetch(url, { method: 'POST', headers, body })).text());
  await close();`;

const PROGRAMS = {
  'story.mjs': `import { startFaultServer } from '@holdfast/testing';${ASK}`,
  'story.cjs': `const { startFaultServer } = require('@holdfast/testing'); (async () => {${ASK}})();`,
};

it(
  'P2 @holdfast/testing as it is packed is installed on Node 20 without a warning, and runs there',
  { timeout: 300_000 },
  async ({ skip }) => {
    const node = nodeOf('20');
    if (node === undefined) return skip('no Node 20 for this machine is installed');
    if (npm === undefined) return skip('there is no npm on the PATH');
    const folder = await mkdtemp(join(tmpdir(), 'holdfast-install-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    await writeFile(join(folder, 'package.json'), '{ "private": true }');
    const packed = ['core', 'testing'].map(async (name) => {
      const pack = [join(root, 'scripts/pnpm.mjs'), 'pack', '--json', '--pack-destination', folder];
      const cwd = join(root, 'packages', name);
      const { stdout } = await exec(process.execPath, pack, { cwd });
      return resolve(folder, /"filename":\s*"([^"]+\.tgz)"/u.exec(stdout)![1]!);
    });
    const tarballs = await Promise.all(packed);

    // Which Node it is for, npm asks the one that runs it.
    const line = [
      await realpath(npm),
      'install',
      '--no-audit',
      '--no-fund',
      '--no-update-notifier',
    ];
    const install = exec(node, [...line, ...tarballs], { cwd: folder });
    const { stderr, reason } = await install.then(
      (said) => ({ ...said, reason: undefined }),
      (error: Error) => ({ stderr: '', reason: error.message }),
    );
    if (reason !== undefined && UNREACHED.test(reason)) return skip('no registry is within reach');
    expect([reason, stderr]).toEqual([undefined, '']);

    for (const [name, program] of Object.entries(PROGRAMS)) {
      await writeFile(join(folder, name), program);
      const { stdout } = await exec(node, [join(folder, name)]);
      expect(JSON.parse(stdout)).toEqual({ data: { hello: 'Hello, world!' } });
    }
  },
);
