import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type DefaultTheme, type UserConfig } from 'vitepress';
import llmstxt from 'vitepress-plugin-llms';
import { linkWithinSite, slug } from './links.ts';
import { inlinePictures } from './pictures.ts';
import { sidebar } from './sidebar.ts';

interface Manifest {
  readonly description: string;
  readonly homepage: string;
  readonly bugs: string;
}

const manifest = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'),
) as Manifest;
const repository = manifest.bugs.replace(/\/issues$/u, '');
const { pathname: base } = new URL(manifest.homepage);

/** llms.txt, and each page as Markdown beside it. The plugin is typed by another Vite than VitePress brings. */
const llms = llmstxt({
  domain: new URL(manifest.homepage).origin,
  ignoreFiles: ['api/**/namespaces/**'],
}) as unknown as NonNullable<NonNullable<UserConfig['vite']>['plugins']>[number];

const nav: DefaultTheme.NavItem[] = [
  { text: 'Get started', link: '/start/apollo', activeMatch: '^/start/' },
  { text: 'Concepts', link: '/concepts/session', activeMatch: '^/concepts/' },
  { text: 'Recipes', link: '/recipes/', activeMatch: '^/recipes/' },
  { text: 'Migrate', link: '/migrate/retry-link', activeMatch: '^/migrate/' },
  { text: 'Known APIs', link: '/profiles/' },
  { text: 'API', link: '/api/core', activeMatch: '^/api/' },
  // A page of its own, which the router of this site does not know.
  { text: 'Playground', link: '/playground/', target: '_self' },
];

const config: UserConfig<DefaultTheme.Config> = defineConfig({
  lang: 'en',
  title: 'Holdfast',
  description: manifest.description,
  base,
  cleanUrls: true,
  lastUpdated: false,
  // The style that switches transitions off while the scheme changes is put in at each start as well, and has every
  // element's style computed twice more, within the milliseconds in which a phone is busiest.
  appearance: { disableTransition: false },
  sitemap: { hostname: manifest.homepage },
  head: [['link', { rel: 'icon', href: `${base}icon.svg`, type: 'image/svg+xml' }]],
  // Each page of a folder that GitHub shows by its README.
  rewrites: { ':folder/README.md': ':folder/index.md' },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: slug },
    toc: { slugify: slug },
    config: (markdown) => {
      linkWithinSite(markdown, repository);
      inlinePictures(markdown);
    },
  },
  // What is made out of something else is not edited where it stands.
  transformPageData: ({ filePath, frontmatter }) => {
    if (/^api\/|\[/u.test(filePath)) frontmatter['editLink'] = false;
  },
  vite: { plugins: [llms] },
  themeConfig: {
    logo: { src: '/icon.svg', width: 24, height: 24 },
    nav,
    sidebar: sidebar(reference()),
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repository }],
    editLink: { pattern: `${repository}/edit/main/docs/:path` },
    footer: {
      message: `MIT. Made by npm run site from the <a href="${repository}">repository</a>.`,
    },
  },
});

export default config;

/** The pages of the reference, where it has been made. */
function reference(): DefaultTheme.SidebarItem[] {
  const file = join(import.meta.dirname, '../api/sidebar.json');
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as DefaultTheme.SidebarItem[])
    : [];
}
