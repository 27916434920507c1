import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { UserConfig } from 'tsdown';

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;
}

/** One configuration for every package: ESM and CJS, each with its own declarations. */
const packages: UserConfig[] = folders().map((folder) => {
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as Manifest;
  return {
    cwd: folder,
    name: manifest.name,
    entry: sources(manifest, folder),
    format: ['esm', 'cjs'],
    platform: 'neutral',
    deps: { neverBundle: [/^node:/] },
    target: 'es2022',
    dts: { oxc: true },
    sourcemap: true,
    fixedExtension: true,
    clean: true,
  };
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
