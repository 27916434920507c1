// The reference in docs/api, made by TypeDoc out of the doc comments of whatever the packages export. It is made at
// each build and not kept. TypeDoc needs the compiler of TypeScript 6, which this folder has for it.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Application, Converter } from 'typedoc';

const docs = join(import.meta.dirname, '..');
const packages = join(docs, '../packages');

const { bugs } = JSON.parse(readFileSync(join(docs, '../package.json'), 'utf8'));
const repository = bugs.replace(/\/issues$/u, '');

/** Writes docs/api and the part of the sidebar that leads to it. */
export async function makeReference() {
  // What several packages hand on is described where it is at home, which is the first that has it.
  const names = ['core', ...readdirSync(packages).filter((name) => name !== 'core')];
  const entries = new Map(names.flatMap(entriesOf));
  const target = join(docs, 'api');
  rmSync(target, { recursive: true, force: true });
  const app = await Application.bootstrapWithPlugins({
    entryPoints: [...entries.keys()],
    tsconfig: join(import.meta.dirname, 'tsconfig.reference.json'),
    plugin: ['typedoc-plugin-markdown'],
    out: target,
    entryFileName: 'index',
    router: 'module',
    sortEntryPoints: false,
    readme: 'none',
    name: 'API reference',
    hidePageHeader: true,
    hideBreadcrumbs: true,
    useHTMLAnchors: true,
    pageTitleTemplates: { module: '@holdfast/{name}' },
    basePath: join(docs, '..'),
    disableGit: true,
    sourceLinkTemplate: `${repository}/blob/main/{path}#L{line}`,
    excludePrivate: true,
    excludeExternals: true,
    skipErrorChecking: true,
    logLevel: 'Warn',
    validation: false,
  });
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) module.name = nameOf(module, entries);
  });
  const project = await app.convert();
  if (project === undefined) throw new Error('TypeDoc could not read the packages.');
  await app.generateOutputs(project);
  const items = [...entries.values()].map((name) => {
    const isFolder = existsSync(join(target, name, 'index.md'));
    return { text: `@holdfast/${name}`, link: `/api/${name}${isFolder ? '/' : ''}` };
  });
  writeFileSync(join(target, 'sidebar.json'), JSON.stringify(items));
}

/** The entries of a package: the file, and the name under which it is imported, without the scope. */
function entriesOf(name) {
  const manifest = join(packages, name, 'package.json');
  if (!existsSync(manifest)) return [];
  const { exports } = JSON.parse(readFileSync(manifest, 'utf8'));
  return Object.entries(exports).flatMap(([path, conditions]) => {
    const source = conditions['holdfast-source'];
    return source === undefined ? [] : [[join(packages, name, source), join(name, path)]];
  });
}

function nameOf(module, entries) {
  const file = module.sources?.[0]?.fullFileName ?? '';
  const name = entries.get(file);
  if (name === undefined) throw new Error(`${relative(packages, file)} is no entry.`);
  return name;
}
