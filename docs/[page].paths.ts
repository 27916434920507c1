import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** What stands at the repository's root, where GitHub looks for it. */
export default {
  watch: ['../SECURITY.md', '../CONTRIBUTING.md'] as const,
  paths: (): { params: { page: string }; content: string }[] =>
    ['SECURITY.md', 'CONTRIBUTING.md'].map((file) => ({
      params: { page: file.replace('.md', '').toLowerCase() },
      content: readFileSync(join(root, file), 'utf8'),
    })),
};
