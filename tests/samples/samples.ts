import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { parseSync } from 'oxc-parser';

/** The repository's root, to which the pages' paths are relative. */
export const root: string = resolve(import.meta.dirname, '../..');

/** What a reader brings himself, declared once for all pages. */
const READER = join(root, 'tests/samples/reader.d.ts');

/** What runtimes bring of their own, and what is installed in their apps alone. */
const RUNTIMES = join(root, 'tests/samples/runtimes.d.ts');

/** A folder in the package that a page belongs to, so that a sample finds what is installed there. */
const FOLDER = '.holdfast';

/** A fenced block of TypeScript in a page. */
export interface Sample {
  /** The page, from the repository's root. */
  readonly page: string;
  /** The line of the page on which its code begins. */
  readonly line: number;
  readonly code: string;
  readonly extension: 'ts' | 'tsx';
  /** Marked as one that cannot be compiled alone: ```ts fragment. */
  readonly isFragment: boolean;
}

/** All pages of the repository, but for those in `api`, which are made out of the code. */
export const pages: readonly string[] = globSync('**/*.md', {
  cwd: root,
  exclude: (name) => ['node_modules', 'dist', 'api', FOLDER].includes(basename(name)),
}).sort();

/** The text of a page. */
export function pageText(page: string): string {
  return readFileSync(join(root, page), 'utf8');
}

/** The samples of a page, from top to bottom. */
export function samplesOf(page: string, text: string = pageText(page)): readonly Sample[] {
  const fences = /^( *)```(?:ts|js|typescript|javascript)(x?)( [^\n]*)?\n([\s\S]*?)^ *```$/gmu;
  return [...text.matchAll(fences)].map((fence) => {
    const [, indent = '', x = '', info = '', code = ''] = fence;
    return {
      page,
      line: text.slice(0, fence.index).split('\n').length + 1,
      code: installed(code.replaceAll(new RegExp(`^${indent}`, 'gmu'), ''), info),
      extension: x === 'x' ? 'tsx' : 'ts',
      isFragment: /\bfragment\b/u.test(info),
    };
  });
}

/** The first sample of a page that holds these words. */
export function sampleWith(page: string, words: string): Sample {
  const found = samplesOf(page).find(({ code }) => code.includes(words));
  if (found === undefined) throw new Error(`${page} has no sample with ${words}.`);
  return found;
}

/**
 * The code of a sample that is marked as one of an app with Apollo Client 3, ```ts apollo-3, imports that version by
 * the name under which it is installed beside 4, as the file that a bundler would find.
 */
function installed(code: string, info: string): string {
  if (!/\bapollo-3\b/u.test(info)) return code;
  return code.replaceAll(/(?<= from ')@apollo\/client([\w/-]*)/gu, 'apollo-client-3$1/index.js');
}

/**
 * What TypeScript says of samples under its strictest settings, each complaint with the page and its line. One
 * compiler serves all. A sample sees what the samples above it on its page import and declare, as a reader does, and
 * what `reader.d.ts` declares.
 */
export function complaints(samples: readonly Sample[]): readonly string[] {
  const files = new Map<string, Sample>();
  try {
    for (const page of new Set(samples.map((sample) => sample.page))) {
      const above: Names = new Map();
      for (const sample of samples.filter((one) => one.page === page)) {
        const file = fileOf(sample);
        files.set(file, sample);
        write(file, completed(sample, file, above));
      }
    }
    return compile(files);
  } finally {
    for (const file of files.keys()) rmSync(dirname(file), { recursive: true, force: true });
    rmSync(join(root, FOLDER), { recursive: true, force: true });
  }
}

let runs = 0;

/**
 * Runs a sample. `reader` are the values of the free names; what the sample declares at its top is returned, beside
 * what it imports.
 */
export async function run(
  sample: Sample,
  reader: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, unknown>> {
  const file = fileOf(sample);
  const free = `const { ${Object.keys(reader).join(', ')} } = globalThis.__reader;`;
  Object.assign(globalThis, { __reader: reader });
  try {
    const own = [...declared(sample)]
      .filter(([, bring]) => bring?.().startsWith('import type') !== true)
      .map(([name]) => name);
    write(file, `${free}\n${sample.code}\nexport const sample = { ${own.join(', ')} };`);
    // A module of its own for each run: what a sample makes is made anew.
    const specifier = `${file}?run=${++runs}`;
    const module: { sample: Record<string, unknown> } = await import(/* @vite-ignore */ specifier);
    return module.sample;
  } finally {
    Reflect.deleteProperty(globalThis, '__reader');
    rmSync(dirname(file), { recursive: true, force: true });
  }
}

/** How each name that is known in a page comes into a sample: the statement that brings it. */
type Names = Map<string, (from: string) => string>;

/** The sample, with what it takes from above and from its reader. Its own lines keep their numbers. */
function completed(sample: Sample, file: string, above: Names): string {
  const own = declared(sample);
  const words = new Set(sample.code.match(/[\w$]+/gu));
  const brought = new Map([...readersNames(), ...above]);
  const taken = [...brought].filter(([name]) => words.has(name) && !own.has(name));
  const lines = taken.map(([, bring]) => bring(file));
  for (const [name, bring] of own) above.set(name, bring ?? imported(name, file));
  const exported = [...own].filter(
    ([name, bring]) => bring === undefined && !isExported(sample, name),
  );
  lines.push(`export { ${exported.map(([name]) => name).join(', ')} };`);
  return `${sample.code}\n${lines.join('\n')}\n`;
}

/** The names at a sample's top: the statement that an imported one comes by, undefined where it is the sample's own. */
function declared(sample: Sample): Map<string, (() => string) | undefined> {
  const { program, module } = parseSync(`a.${sample.extension}`, sample.code);
  const names = new Map<string, (() => string) | undefined>();
  for (const { entries, moduleRequest } of module.staticImports) {
    for (const { importName, localName, isType } of entries) {
      const kind = isType ? 'import type' : 'import';
      const name = {
        Name: `{ ${importName.name} as ${localName.value} }`,
        Default: localName.value,
      };
      const what =
        importName.kind === 'NamespaceObject' ? `* as ${localName.value}` : name[importName.kind];
      names.set(localName.value, () => `${kind} ${what} from '${moduleRequest.value}';`);
    }
  }
  for (const statement of program.body) {
    const inner = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement;
    const isNamed = inner?.type === 'FunctionDeclaration' || inner?.type === 'ClassDeclaration';
    if (isNamed && inner.id) names.set(inner.id.name, undefined);
    if (inner?.type !== 'VariableDeclaration') continue;
    for (const { id } of inner.declarations)
      for (const name of bound(id)) names.set(name, undefined);
  }
  return names;
}

/** The names that a pattern binds. */
function bound(pattern: unknown): string[] {
  const { type, name, properties, elements, value, left, argument } = pattern as Pattern;
  if (type === 'Identifier') return [name ?? ''];
  const inner = [...(properties ?? []), ...(elements ?? []), value, left, argument];
  return inner.flatMap((one) => (one == null ? [] : bound(one)));
}

interface Pattern {
  readonly type: string;
  readonly name?: string;
  readonly properties?: readonly unknown[];
  readonly elements?: readonly unknown[];
  readonly value?: unknown;
  readonly left?: unknown;
  readonly argument?: unknown;
}

function isExported(sample: Sample, name: string): boolean {
  return new RegExp(`^export (?:const|let|class|(?:async )?function) ${name}\\b`, 'mu').test(
    sample.code,
  );
}

function readersNames(): Names {
  const names = readFileSync(READER, 'utf8').matchAll(
    /^export declare (?:const|function) (\w+)/gmu,
  );
  return new Map([...names].map(([, name = '']) => [name, imported(name, READER)]));
}

function imported(name: string, file: string): (from: string) => string {
  const target = file.replace(/(?:\.d)?\.tsx?$/u, '.js');
  return (from) => `import { ${name} } from './${relative(dirname(from), target)}';`;
}

function fileOf({ page, line, extension }: Sample): string {
  let home = dirname(page);
  while (!isThere(join(home, 'package.json'))) home = dirname(home);
  const name = relative(home, page).replaceAll('/', '-').replace(/\.md$/u, '');
  return join(root, home, FOLDER, `${name}-${line}.${extension}`);
}

function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** One run of the compiler: the settings of this repository, but that a reader need not annotate what he exports. */
function compile(files: ReadonlyMap<string, Sample>): readonly string[] {
  const config = join(root, FOLDER, 'tsconfig.json');
  const compilerOptions = {
    lib: ['es2023', 'dom', 'dom.iterable'],
    jsx: 'react-jsx',
    types: ['node', 'vite/client'],
    isolatedDeclarations: false,
    declaration: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
  };
  const extended = join(root, 'tsconfig.base.json');
  write(
    config,
    JSON.stringify({ extends: extended, files: [RUNTIMES, ...files.keys()], compilerOptions }),
  );
  const tsc = join(
    dirname(createRequire(import.meta.url).resolve('typescript/package.json')),
    'bin/tsc',
  );
  const args = [tsc, '-p', config, '--pretty', 'false'];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: 'utf8',
  });
  const said = stdout.split('\n').filter((line) => line !== '');
  if (status !== 0 && said.length === 0) throw new Error(`The compiler did not run: ${stderr}`);
  return said.map((line) => {
    const [, file = '', at = '', rest = ''] = /^(.+?)\((\d+),\d+\): (.*)$/u.exec(line) ?? [];
    const sample = files.get(resolve(root, file));
    return sample === undefined ? line : `${sample.page}:${sample.line + Number(at) - 1} ${rest}`;
  });
}

/** Whether a path of the repository is there. */
function isThere(path: string): boolean {
  return existsSync(join(root, path));
}
