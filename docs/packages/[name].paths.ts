import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, basename, join } from 'node:path';

const packages = join(import.meta.dirname, '../../packages');

/** A page for each package: its README. */
export default {
  watch: ['../../packages/*/README.md'] as const,
  paths: (): { params: { name: string }; content: string }[] =>
    globSync('*/README.md', { cwd: packages })
      .filter((file) => existsSync(join(packages, dirname(file), 'package.json')))
      .map((file) => ({
        params: { name: basename(dirname(file)) },
        content: readFileSync(join(packages, file), 'utf8'),
      })),
};
