import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import license from 'rollup-plugin-license';
import type { Rolldown, UserConfig } from 'tsdown';

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, unknown>>>>;
}

/**
 * What a package brings within it. graphql-yoga itself runs on Node 20, and among what it asks for are releases that do
 * not say so: whoever installs it there is warned of each.
 */
const BUNDLED: Readonly<Record<string, (string | RegExp)[]>> = {
  '@holdfast/testing': [
    /^(?:graphql-yoga|@graphql-yoga\/.*|@graphql-tools\/.*|@envelop\/.*|@whatwg-node\/.*)$/,
    'cross-inspect',
    'lru-cache',
  ],
};

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
    deps: { neverBundle: [/^node:/], onlyBundle: BUNDLED[manifest.name] ?? [] },
    inputOptions: (options, format) => {
      options.plugins = [options.plugins, apollo3(format), licences(folder)];
      // Of what is bundled, the parts that take what every platform has, where there are any.
      options.resolve = { ...options.resolve, mainFields: ['browser', 'module', 'main'] };
    },
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

/**
 * Apollo Client 3 by the name that it has for an app: here it is installed under another, beside version 4.
 * It has no `exports`. A directory of it is no module for Node's ESM, and the file in it none for CommonJS.
 */
function apollo3(format: string): Rolldown.Plugin {
  const core = '@apollo/client/core';
  const id = format === 'cjs' ? core : `${core}/index.js`;
  return {
    name: 'apollo-client-3',
    resolveId: (source) =>
      source === 'apollo-client-3/core/index.js' ? { id, external: true } : undefined,
  };
}

/** What stands in a package as it is built, and is others' work, comes with their licences. */
function licences(folder: string): Rolldown.Plugin {
  // Its types say `default` of what is the module itself.
  const plugin = license as unknown as typeof license.default;
  return plugin({
    thirdParty: (parts) => {
      const others = parts.filter(({ name }) => name?.startsWith('@holdfast/') === false);
      if (others.length === 0) return;
      mkdirSync(`${folder}/dist`, { recursive: true });
      const texts = others.map((part) => part.text()).toSorted();
      writeFileSync(`${folder}/dist/THIRD-PARTY-LICENSES`, `${texts.join('\n\n---\n\n')}\n`);
    },
  }) as unknown as Rolldown.Plugin;
}

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
