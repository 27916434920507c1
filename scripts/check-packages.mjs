// Packs every package as it would be published, and checks what is in the pack: its manifest, publint,
// and whether its types resolve for ESM and CommonJS. Needs a build.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { pnpmQuietly } from './pnpm.mjs';

/** Where the repository is: the manifest at its root says it, and those of the packages say the same. */
const { repository } = JSON.parse(readFileSync('package.json', 'utf8'));
const address = repository.url.replace(/^git\+|\.git$/gu, '');

const folders = readdirSync('packages').map((name) => `packages/${name}`);
const packages = folders.filter((folder) => existsSync(`${folder}/package.json`));
const target = mkdtempSync(join(tmpdir(), 'holdfast-packages-'));

try {
  const failed = packages.filter((folder) => !check(folder));
  if (failed.length > 0) process.exitCode = 1;
} finally {
  rmSync(target, { recursive: true, force: true });
}

/** Checks one package, prints its problems, and tells whether there were none. */
function check(folder) {
  const { name } = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const problems = problemsOf(folder);
  console.log(`${problems.length === 0 ? '✓' : '✗'} ${name}`);
  for (const problem of problems) console.error(problem.replaceAll(/^/gmu, '    '));
  return problems.length === 0;
}

function problemsOf(folder) {
  if (!existsSync(`${folder}/dist`)) return ['dist is missing: run the build first.'];
  const pack = pnpmQuietly(['pack', '--json', '--pack-destination', target], { cwd: folder });
  if (pack.status !== 0) return [`pnpm pack failed:\n${pack.output}`];
  const tarball = /"filename":\s*"([^"]+\.tgz)"/u.exec(pack.output)?.[1];
  if (tarball === undefined) return [`pnpm pack named no file:\n${pack.output}`];
  const file = resolve(target, tarball);
  return [
    ...manifestProblems(file),
    ...addressProblems(folder),
    ...toolProblems('publint', ['run', file, '--strict']),
    // `node16`: what `moduleResolution: node10` makes of more than one entry is of no interest any more.
    ...toolProblems('attw', [file, '--profile', 'node16', '--no-emoji', '--no-color']),
  ];
}

/** What only packing shows: workspace versions replaced, and nothing of the sources' own condition left. */
function manifestProblems(tarball) {
  const files = spawnSync('tar', ['-tzf', tarball], { encoding: 'utf8' }).stdout.trim().split('\n');
  const packed = spawnSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' });
  const manifest = packed.stdout;
  const problems = [];
  if (manifest.includes('holdfast-source')) {
    problems.push('exports still hold the condition holdfast-source: see publishConfig.exports.');
  }
  if (manifest.includes('workspace:')) problems.push('A dependency still says workspace:.');
  const needed = ['README.md', 'LICENSE', 'CHANGELOG.md'].filter(
    (name) => !files.includes(`package/${name}`),
  );
  if (needed.length > 0) problems.push(`The pack has no ${needed.join(' and no ')}.`);
  const { exports, publishConfig } = JSON.parse(manifest);
  if (publishConfig?.exports !== undefined) problems.push('publishConfig.exports was not applied.');
  for (const path of pathsIn(exports)) {
    if (!files.includes(`package/${path.slice(2)}`))
      problems.push(`exports name ${path}: no such file.`);
  }
  return problems;
}

/** What a registry shows beside a package, and what it compares with the workflow that published it. */
function addressProblems(folder) {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const wanted = {
    homepage: `${address}/tree/main/${folder}#readme`,
    bugs: `${address}/issues`,
    repository: { ...repository, directory: folder },
  };
  const wrong = Object.entries(wanted).filter(
    ([field, value]) => !isDeepStrictEqual(manifest[field], value),
  );
  const problems = wrong.map(([field, value]) => `${field} is to be ${JSON.stringify(value)}.`);
  if (!manifest.keywords?.includes('graphql')) problems.push('keywords are to hold "graphql".');
  if (manifest.publishConfig?.provenance !== true) {
    problems.push('publishConfig.provenance is to be true.');
  }
  return problems;
}

function pathsIn(part) {
  return typeof part === 'string' ? [part] : Object.values(part).flatMap(pathsIn);
}

function toolProblems(tool, args) {
  const run = spawnSync(tool, args, { encoding: 'utf8', shell: process.platform === 'win32' });
  return run.status === 0 ? [] : [`${tool}:\n${run.stdout}${run.stderr}`.trimEnd()];
}
