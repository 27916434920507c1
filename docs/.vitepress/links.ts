import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

/** The repository's root. */
const root = join(import.meta.dirname, '../..');

/** Files of the repository that are pages of the site under another address. */
const elsewhere: Readonly<Record<string, string>> = {
  'README.md': '/',
  'SECURITY.md': '/security',
  'CONTRIBUTING.md': '/contributing',
};

/**
 * Pages link to each other, and to what else is in the repository, by paths that hold on GitHub. On the site they lead
 * to the page that is made out of that file, or to GitHub where there is none.
 */
export function linkWithinSite(markdown: MarkdownRenderer, repository: string): void {
  markdown.core.ruler.push('links-within-site', ({ tokens, env }) => {
    const page = sourceOf((env as { readonly relativePath: string }).relativePath);
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      if (token.type !== 'link_open') continue;
      const target = token.attrGet('href') ?? '';
      if (!/^(?:[a-z][a-z+.-]*:|#|\/)/u.test(target)) {
        token.attrSet('href', addressOf(page, target, repository));
      }
    }
  });
}

/** The anchor of a heading, as GitHub makes it. */
export function slug(heading: string): string {
  const shown = heading.trim().toLowerCase();
  return shown.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/gu, '-');
}

/** The file of the repository that a page is made out of. */
function sourceOf(page: string): string {
  const name = /^packages\/([\w-]+)\.md$/u.exec(page)?.[1];
  if (name !== undefined) return `packages/${name}/README.md`;
  const own = Object.entries(elsewhere).find(([, address]) => `${address.slice(1)}.md` === page);
  return own?.[0] ?? `docs/${page}`;
}

function addressOf(page: string, target: string, repository: string): string {
  const [path = '', anchor] = target.split('#');
  const file = normalize(join(dirname(page), decodeURI(path))).replace(/\/$/u, '');
  const hash = anchor === undefined ? '' : `#${anchor}`;
  // The front page of the site has other headings than that of the repository.
  const address = file === 'README.md' && hash !== '' ? undefined : pageOf(file);
  if (address !== undefined) return `${address}${hash}`;
  const kind = isFolder(file) ? 'tree' : 'blob';
  return `${repository}/${kind}/main/${file}${hash}`;
}

/** The address of the page that is made out of a file or folder; undefined where none is. */
function pageOf(file: string): string | undefined {
  if (file in elsewhere) return elsewhere[file];
  const name = /^packages\/([\w-]+)(?:\/README\.md)?$/u.exec(file)?.[1];
  if (name !== undefined) return `/packages/${name}`;
  const report = /^api\/(.+)\.api\.md$/u.exec(file)?.[1];
  if (report !== undefined) return `/api/${entryOf(report)}`;
  const own = /^docs\/(.+)$/u.exec(file)?.[1];
  if (own === undefined) return undefined;
  if (isFolder(file)) return existsSync(join(root, file, 'README.md')) ? `/${own}/` : undefined;
  const written = /^(.*?)(?:(^|\/)(?:README|index))?\.md$/u.exec(own);
  return written === null ? undefined : `/${written[1]}${written[2] ?? ''}`;
}

/** The entry that a report of the public surface is of: `core-browser` is `core/browser`, `graphql-ws` itself. */
function entryOf(report: string): string {
  return isFolder(`packages/${report}`) ? report : report.replace(/-(?=[^-]+$)/u, '/');
}

function isFolder(file: string): boolean {
  const path = join(root, file);
  return existsSync(path) && statSync(path).isDirectory();
}
