import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
const compiler = join(dirname(manifest), 'bin', 'tsc');

/** What the compiler says of an app that uses the sources of this package. */
function complaints(app: string): string {
  const folder = fileURLToPath(new URL(`../type-tests/${app}`, import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', folder], {
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`;
}

it.each(['plain', 'overridden'])('A1 compiles in an app with %s types', (app) => {
  expect(complaints(app)).toBe('');
});
