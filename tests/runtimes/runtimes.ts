import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createContext, runInContext } from 'node:vm';
import type { BuildOptions } from 'esbuild';
import { build } from 'esbuild';
import { Miniflare } from 'miniflare';
import { engines } from '../browser/engines.ts';
import type { Engine } from '../browser/engines.ts';
import { openSite } from '../browser/site.ts';
import { asByMetro, hermes, hermesVersion, runInHermes } from './hermes.ts';
import type { Endings, tell } from './story.ts';

/** Somewhere that JavaScript runs. */
export interface Runtime {
  readonly name: string;
  /** Whether its network errors say that nothing was sent, so that this is known (F9). */
  readonly namesReasons: boolean;
  /** Why a chapter is not told there, by its name. */
  readonly leftOut?: Readonly<Record<string, string>>;
  /** Why it cannot run on this machine; `undefined` where it can. */
  missing?(): string | undefined | Promise<string | undefined>;
  /** Asked for once the story is told. */
  version(): string | Promise<string>;
  readonly tell: typeof tell;
}

const require = createRequire(import.meta.url);
const exec = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));

/** The story as one script, with what it is told by in that runtime. */
function script(ending: string, options: BundleOptions = {}): Promise<string> {
  return bundled(`import { tell } from './story.ts';\n${ending}`, options);
}

type BundleOptions = Pick<BuildOptions, 'format' | 'packages' | 'supported'>;

/** A module of this folder as one script. */
export async function bundled(contents: string, options: BundleOptions = {}): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: here, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['holdfast-source', 'module', 'import'],
    define: { 'process.env.NODE_ENV': '"production"' },
    target: 'es2022',
    ...options,
  });
  return outputFiles[0]!.text;
}

interface Program {
  readonly args?: readonly string[];
  /** The packages are found and loaded as they are built, by the runtime itself; else they are in the bundle. */
  readonly built?: boolean;
}

/** Something with a command line, which ends by itself when the story is over (E3). */
function program(
  name: string,
  file: () => string | undefined,
  { args = [], built = false }: Program = {},
): Runtime {
  return {
    name,
    namesReasons: true,
    missing: () => (file() === undefined ? `no ${name} for this machine is installed` : undefined),
    version: async () => {
      const { stdout } = await exec(file()!, ['--version']);
      return stdout.split('\n')[0]!.trim() + (built ? ', the built packages' : '');
    },
    async tell(servers) {
      // Packages are looked for from where a module lies.
      const parent = built ? join(here, '../../node_modules') : tmpdir();
      const folder = await mkdtemp(join(parent, '.holdfast-runtime-'));
      try {
        const path = join(folder, 'story.mjs');
        const given = '(globalThis.Deno?.args ?? globalThis.process.argv.slice(2))[0]';
        await writeFile(
          path,
          await script(`console.log(JSON.stringify(await tell(JSON.parse(${given}))));`, {
            packages: built ? 'external' : 'bundle',
          }),
        );
        const { stdout } = await exec(file()!, [...args, path, JSON.stringify(servers)]);
        return JSON.parse(stdout) as Endings;
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  };
}

/** The program in the package that another one brings for this platform. */
function within(parent: string, packages: readonly string[], file: string): string | undefined {
  const from = createRequire(require.resolve(`${parent}/package.json`));
  for (const name of packages) {
    try {
      const path = join(from.resolve(`${name}/package.json`), '..', file);
      if (existsSync(path)) return path;
    } catch {
      // It is not for this platform: the next one may be.
    }
  }
  return undefined;
}

const { platform, arch } = process;

/** An older Node, from a package of its own for each platform. */
export function nodeOf(major: string): string | undefined {
  const file = join(here, `../../node_modules/node-${major}-${platform}-${arch}/bin/node`);
  return existsSync(file) ? file : undefined;
}

const suffix = platform === 'win32' ? '.exe' : '';
const DENO = { darwin: '', linux: '-glibc', win32: '' } as Readonly<Record<string, string>>;
const RUST = { arm64: 'arm64', x64: 'x64' } as Readonly<Record<string, string>>;

/** Why a chapter is not told in a browser. */
const LEFT_OUT: Readonly<Record<string, Runtime['leftOut']>> = {
  Chromium: { 'lost mutation': 'Chromium itself sends again what is reset on a used connection' },
  Firefox: { 'lost mutation': 'Firefox itself sends again what is reset on a used connection' },
};

/** A page of another origin than the servers. */
function browser({ name, missing, launch }: Engine): Runtime {
  let version = '';
  return {
    name,
    namesReasons: false,
    leftOut: LEFT_OUT[name] ?? {},
    missing,
    version: () => version,
    async tell(servers) {
      const site = await openSite(await script('globalThis.tell = tell;'));
      try {
        const launched = await launch();
        version = launched.version;
        try {
          const page = await launched.openPage(site.origin);
          return await page.evaluate(
            (given) => (globalThis as unknown as { tell: typeof tell }).tell(given),
            servers,
          );
        } finally {
          await launched.close();
        }
      } finally {
        await site.close();
      }
    },
  };
}

/** What a screen of React Native lacks beside Node, and Hermes does not bring either. */
const LACKING = ['DOMException', 'crypto', 'performance', 'structuredClone', 'ReadableStream'];
const THERE = [
  'AbortController',
  'clearTimeout',
  'console',
  'fetch',
  'FormData',
  'Headers',
  'queueMicrotask',
  'Request',
  'Response',
  'setTimeout',
  'TextDecoder',
  'TextEncoder',
  'URL',
  'URLSearchParams',
] as const;

export const runtimes: readonly Runtime[] = [
  program('Node', () => process.execPath),
  ...['22', '20'].map((major) => program(`Node ${major}`, () => nodeOf(major), { built: true })),
  program('Bun', () =>
    within(
      'bun-runtime',
      [
        `@oven/bun-${platform === 'win32' ? 'windows' : platform}-${arch === 'arm64' ? 'aarch64' : arch}`,
      ],
      `bin/bun${suffix}`,
    ),
  ),
  program(
    'Deno',
    () =>
      within('deno-runtime', [`@deno/${platform}-${RUST[arch]}${DENO[platform]}`], `deno${suffix}`),
    { args: ['run', '--quiet', '--no-config', '--allow-net'] },
  ),
  {
    name: 'workerd',
    namesReasons: false,
    version: () => {
      const path = createRequire(require.resolve('miniflare')).resolve('workerd/package.json');
      return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
    },
    async tell(servers) {
      const worker = new Miniflare({
        modules: true,
        script: await script(
          'export default { fetch: async (request) => Response.json(await tell(await request.json())) };',
        ),
        compatibilityDate: '2026-07-01',
      });
      try {
        const body = JSON.stringify(servers);
        const answer = await worker.dispatchFetch('http://worker.test', { method: 'POST', body });
        return (await answer.json()) as Endings;
      } finally {
        await worker.dispose();
      }
    },
  },
  ...engines.map(browser),
  {
    name: 'as in React Native',
    namesReasons: false,
    version: () => `Node ${process.versions.node} without ${LACKING.join(', ')}`,
    async tell(servers) {
      const globals = Object.fromEntries(THERE.map((name) => [name, globalThis[name]]));
      const context = createContext({ ...globals, navigator: { product: 'ReactNative' } });
      const code = await script('globalThis.tell = tell;', { format: 'iife' });
      runInContext(code, context);
      const own = context as unknown as { readonly tell: typeof tell };
      return { ...(await own.tell(servers)) };
    },
  },
  {
    name: 'Hermes',
    namesReasons: false,
    missing: () => (hermes() === undefined ? 'no Hermes for this machine is installed' : undefined),
    version: hermesVersion,
    async tell(servers) {
      const begin = `import { begin } from './hermes-story.ts'; begin(${JSON.stringify(servers)});`;
      const source = await bundled(begin, { format: 'iife' });
      return runInHermes(await asByMetro(source));
    },
  },
];
