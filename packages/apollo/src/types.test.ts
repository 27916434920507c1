import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
const compiler = join(dirname(manifest), 'bin', 'tsc');

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What the compiler says of this package's sources in an app, and of the app. */
function complaints(app: string): readonly string[] {
  const project = `packages/apollo/type-tests/${app}`;
  const { stdout } = spawnSync(process.execPath, [compiler, '-p', project], {
    cwd: root,
    encoding: 'utf8',
  });
  const others = /^packages\/(?!apollo\/)/u;
  return stdout.split('\n').filter((line) => /^\S/u.test(line) && !others.test(line));
}

it.each(['plain', 'overridden', 'v3'])('A1 compiles in an app with %s types', (app) => {
  expect(complaints(app)).toEqual([]);
});
