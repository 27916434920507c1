import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { bundled } from './runtimes.ts';

const exec = promisify(execFile);
const { resolve } = createRequire(import.meta.url);

const FOLDERS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux64-bin/hermesc',
  darwin: 'osx-bin/hermesc',
  win32: 'win64-bin/hermesc.exe',
};
const program = process.arch === 'x64' || process.platform === 'darwin';
const file = program ? FOLDERS[process.platform] : undefined;
const compiler = file && join(resolve('hermes-compiler/package.json'), '../hermesc', file);

const rows: string[] = [];

afterAll(() => {
  // The last one that was published on its own is 0.12 of 2022, which tells the story among the other runtimes.
  const notRun = 'not run: no package of the registry brings a Hermes of today that runs by itself';
  console.log(['Hermes of today', ...rows, notRun].join('\n'));
});

it('P1 its compiler takes the story as Metro hands it over, every pattern included', async ({
  skip,
}) => {
  if (compiler === undefined) {
    const reason = `no compiler of Hermes for ${process.platform} on ${process.arch} is installed`;
    rows.push(`skipped: ${reason}`);
    skip(reason);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-hermes-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const compile = async (source: string): Promise<number> => {
    const [script, bytecode] = [join(folder, 'story.js'), join(folder, 'story.hbc')];
    await writeFile(script, source);
    await exec(compiler, ['-O', '-w', '-emit-binary', '-out', bytecode, script]);
    return (await stat(bytecode)).size;
  };
  // It says no to what it does not know.
  await expect(compile('globalThis.pattern = /a/v;')).rejects.toThrow(/Invalid regular expression/);

  const story = `import { tell } from './story.ts';\nglobalThis.tell = tell;`;
  // Metro's preset rewrites the async generators, which are urql's, as esbuild does here.
  const supported = { 'async-generator': false };
  const size = await compile(await bundled(story, { format: 'iife', supported }));
  expect(size).toBeGreaterThan(0);
  const { stdout } = await exec(compiler, ['--version']);
  const version = /release version: (\S+)/.exec(stdout)?.[1];
  rows.push(`compiled by hermesc ${version} to ${Math.round(size / 1_000)} KB of bytecode`);
});
