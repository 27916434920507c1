import { gzipSync } from 'node:zlib';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { profileOf } from './responses/all.fixture.ts';

const folder = new URL('../src/', import.meta.url).pathname;

/** Bytes, gzipped, of what a bundler keeps for these imports from the whole package; the core is not in it. */
function bytes(...names: readonly string[]): number {
  const wanted = names.join(', ');
  const { outputFiles } = buildSync({
    stdin: {
      contents: `import { ${wanted} } from './index.ts'; globalThis.kept = [${wanted}];`,
      resolveDir: folder,
    },
    bundle: true,
    minify: true,
    format: 'esm',
    external: ['@holdfast/core'],
    write: false,
  });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

describe('what a profile costs', () => {
  const around = bytes();
  const sizes = Object.keys(profileOf)
    .map((name) => ({ name, size: bytes(name) - around }))
    .sort((one, other) => one.size - other.size);

  it('is under 500 bytes at the median, since nothing of the others comes along', () => {
    expect(sizes[Math.floor(sizes.length / 2)]!.size).toBeLessThan(500);
    expect(sizes.at(-1)!.size).toBeLessThan(1_000);
    expect(around).toBeLessThan(100);
  });
});
