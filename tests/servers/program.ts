import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** A program in one file: many processes of it start in a fraction of the time that its sources would take. */
export interface Program {
  readonly file: string;
  remove(): Promise<void>;
}

/** What CommonJS packages ask for, which a module does not have. */
const REQUIRE = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

/**
 * Bundles a program for Node, with the sources of this workspace.
 *
 * @param source its path.
 *
 * @example
 * const program = await bundleProgram(join(import.meta.dirname, 'worker.fixture.ts'));
 * const worker = fork(program.file);
 */
export async function bundleProgram(source: string): Promise<Program> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-program-'));
  const file = join(folder, 'program.mjs');
  await build({
    entryPoints: [source],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['holdfast-source'],
    banner: { js: REQUIRE },
  });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}
