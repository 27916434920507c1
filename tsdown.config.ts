import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { UserConfig } from 'tsdown';

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;
}

/**
 * Each package as ESM and CommonJS with their declarations. Where a package looks at `NODE_ENV`, also as ESM
 * for production: that is what a page without a bundler gets, where there is no `process` to look at.
 */
const packages: UserConfig[] = folders().flatMap((folder) => {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Manifest;
  const common: UserConfig = {
    cwd: folder,
    name: manifest.name,
    entry: sources(manifest, folder),
    platform: 'neutral',
    deps: { neverBundle: [/^node:/] },
    target: 'es2022',
    sourcemap: true,
    fixedExtension: true,
  };
  const both: UserConfig = { ...common, format: ['esm', 'cjs'], dts: { oxc: true }, clean: true };
  if (!JSON.stringify(manifest.exports).includes('/production/')) return [both];
  const production: UserConfig = {
    ...common,
    name: `${manifest.name} (production)`,
    format: ['esm'],
    dts: false,
    clean: false,
    outDir: 'dist/production',
    define: { 'process.env.NODE_ENV': '"production"' },
  };
  return [both, production];
});

function folders(): string[] {
  const all = readdirSync('packages').map((name) => `packages/${name}`);
  return all.filter((folder) => existsSync(`${folder}/package.json`));
}

/** The source of each entry, as `exports` names it under the development condition. */
function sources({ name, exports }: Manifest, folder: string): string[] {
  const entries = Object.values(exports).flatMap((target) => {
    const source = typeof target === 'object' ? target['holdfast-source'] : undefined;
    return typeof source === 'string' ? [source] : [];
  });
  const missing = entries.find((entry) => !existsSync(`${folder}/${entry}`));
  if (missing === undefined) return entries;
  throw new Error(`${name} exports ${missing}, which is not there.`);
}

export default packages;
