import { build } from 'esbuild';
import type { Metafile, Plugin } from 'esbuild';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { repository } from '../repository.ts';

/** What an app has anyway: its client, and what that stands on. */
const clients = ['@apollo/client', 'rxjs', '@urql/core', 'wonka', 'graphql', 'react', 'react-dom'];

const conditions = ['production', 'module'];

export interface BundleInput {
  /** A module that imports what an app would, and exports it: all of that is kept. */
  readonly entry: URL;
  /** The one module of a client that is measured itself, such as `@apollo/client/link/retry`. */
  readonly parts?: readonly string[];
  /** Further packages that are not counted. */
  readonly external?: readonly string[];
  /** Bundle the sources in place of the built packages: they say which folder the bytes come from. */
  readonly fromSources?: boolean;
}

export interface Bundle {
  readonly minified: number;
  readonly gzipped: number;
  readonly metafile: Metafile;
}

/** Bundles and minifies for browsers as an app would, and compresses at gzip's highest level. */
export async function bundle(input: BundleInput): Promise<Bundle> {
  const { entry, parts = [], external = [], fromSources = false } = input;
  const result = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
    absWorkingDir: repository,
    conditions: fromSources ? ['holdfast-source', ...conditions] : conditions,
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [leftOut([...clients, ...external], parts)],
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`esbuild wrote nothing for ${entry.pathname}`);
  return {
    minified: file.contents.byteLength,
    gzipped: gzipSync(file.contents, { level: 9 }).byteLength,
    metafile: result.metafile,
  };
}

/** Leaves packages out of a bundle, but for the named modules of them and what those import by a path. */
function leftOut(packages: readonly string[], parts: readonly string[]): Plugin {
  return {
    name: 'left-out',
    setup(builder) {
      builder.onResolve({ filter: /^[^./]/ }, ({ path, kind, resolveDir, pluginData }) => {
        if (pluginData === 'seen') return undefined;
        if (parts.includes(path)) {
          return builder.resolve(path, { kind, resolveDir, pluginData: 'seen' });
        }
        const isOut = packages.some((name) => path === name || path.startsWith(`${name}/`));
        return isOut ? { path, external: true } : undefined;
      });
    },
  };
}
