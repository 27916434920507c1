import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './repository.ts';

/**
 * Sees to it that what is measured is what the sources say.
 *
 * @throws Error where a package is not built, or was built before its sources changed.
 */
export function requireBuilt(names: readonly string[]): void {
  for (const name of names) {
    const folder = join(repository, 'packages', name);
    const built = statSync(join(folder, 'dist/index.mjs'), { throwIfNoEntry: false });
    if (built !== undefined && built.mtimeMs >= newest(join(folder, 'src'))) continue;
    const { name: full } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      readonly name: string;
    };
    throw new Error(
      `${full} is ${built === undefined ? 'not built' : 'older than its sources'}: run \`node scripts/pnpm.mjs run build\` first, or give --sources to measure the sources.`,
    );
  }
}

/** When the youngest source was written; tests are not built. */
function newest(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => /\.tsx?$/.test(file) && !/\.(test|fixture)\./.test(file));
  return Math.max(...sources.map((file) => statSync(join(folder, file)).mtimeMs));
}
