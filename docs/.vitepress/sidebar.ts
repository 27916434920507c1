import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DefaultTheme } from 'vitepress';

type Item = DefaultTheme.SidebarItem;

const docs = join(import.meta.dirname, '..');

/**
 * What the site is made of, in the order in which one reads it. A page's name is its heading; a recipe needs to be put
 * into `recipes/`, and no more.
 *
 * @param reference The pages of the API reference.
 */
export function sidebar(reference: Item[]): DefaultTheme.SidebarMulti {
  const recipes = globSync('recipes/*.md', { cwd: docs })
    .map((file) => file.replace(/\.md$/u, ''))
    .filter((name) => name !== 'recipes/README')
    .toSorted();
  const packages = globSync('*/README.md', { cwd: join(docs, '../packages') }).toSorted();
  const guide: Item[] = [
    group('Start in five minutes', ['start/apollo', 'start/urql', 'start/fetch', 'start/react']),
    group('Concepts', [
      'concepts/session',
      'concepts/gate',
      'concepts/outage',
      'concepts/budget',
      'concepts/mutations',
    ]),
    group('Recipes', [...recipes, 'cross-origin', 'shares', 'testing', 'opentelemetry']),
    group('Coming from', [
      'migrate/retry-link',
      'migrate/token-refresh-link',
      'migrate/auth-exchange',
      'migrate/retry-exchange',
      'migrate/axios',
    ]),
    {
      text: 'Reference',
      items: [
        { text: 'Options', link: '/packages/core#options' },
        { text: 'Known APIs', link: '/profiles/' },
        { text: 'API reference', link: '/api/core' },
        ...pages(['runtimes', 'glossary']),
        { text: 'Security', link: '/security' },
      ],
    },
    {
      text: 'Packages',
      items: packages.map((file) => {
        const name = file.replace('/README.md', '');
        return { text: `@holdfast/${name}`, link: `/packages/${name}` };
      }),
    },
    {
      text: 'Measured',
      items: [
        { text: 'Comparison', link: '/comparison' },
        { text: 'Benchmarks', link: '/benchmarks' },
        { text: 'Storms', link: '/storms/' },
      ],
    },
    {
      text: 'For contributors',
      items: [
        { text: 'Contributing', link: '/contributing' },
        ...pages(['architecture', 'behaviour']),
      ],
    },
  ];
  return { '/': guide, '/api/': [{ text: 'API reference', items: reference }] };
}

function group(text: string, names: readonly string[]): Item {
  return { text, items: pages(names) };
}

/** The pages that are there, each by its heading, or by the shorter name that its front matter has. */
function pages(names: readonly string[]): Item[] {
  return names.flatMap((name) => {
    const file = join(docs, `${name}.md`);
    if (!existsSync(file)) return [];
    const text = readFileSync(file, 'utf8');
    const title = /^nav: (.+)$/mu.exec(text)?.[1] ?? /^# (.+)$/mu.exec(text)?.[1] ?? name;
    return [{ text: title.replaceAll('`', ''), link: `/${name}` }];
  });
}
