import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';

const docs = join(import.meta.dirname, '..');

/**
 * The pictures of the concepts stand in the page itself, not behind an `img`: there they take the page's colours, light
 * or dark, and a reader finds their words. A narrow screen scrolls them.
 */
export function inlinePictures(markdown: MarkdownRenderer): void {
  const shown = markdown.renderer.rules.image;
  markdown.renderer.rules.image = (tokens, index, options, env, self) => {
    const token = tokens[index];
    const source = token?.attrGet('src') ?? '';
    const { relativePath } = env as { readonly relativePath: string };
    const file = join(docs, dirname(relativePath), source);
    if (dirname(file) !== join(docs, 'concepts')) {
      return shown?.(tokens, index, options, env, self) ?? '';
    }
    const picture = readFileSync(file, 'utf8').replace(/<style>.*<\/style>\n/u, '');
    return `<span class="timeline-frame" tabindex="0" role="group" aria-label="Picture">${picture.replaceAll('\n', '')}</span>`;
  };
}
