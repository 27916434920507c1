import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { withComparison } from './readme.ts';

const BEGIN = '<!-- comparison: begin, written by npm run compare -->';
const END = '<!-- comparison: end -->';

describe('the table in the README', () => {
  it('replaces what stands between the markers, and nothing else', () => {
    const once = withComparison(`# A\n\n${BEGIN}\n\nold\n\n${END}\n\n## B\n`, 'new');
    expect(once).toBe(`# A\n\n${BEGIN}\n\nnew\n\n${END}\n\n## B\n`);
    expect(withComparison(once, 'new')).toBe(once);
  });

  it.each([
    ['no marker', 'text', /begin.* 0 times/u],
    ['no end', BEGIN, /end --.* 0 times/u],
    ['two beginnings', `${BEGIN}${BEGIN}${END}`, /begin.* 2 times/u],
    ['the end first', `${END}${BEGIN}`, /has to follow/u],
  ])('is refused where there is %s', (_name, readme, message) => {
    expect(() => withComparison(readme, 'new')).toThrow(message);
  });

  it('has its place in the README of the repository', async () => {
    const readme = await readFile(new URL('../../../README.md', import.meta.url), 'utf8');
    expect(withComparison(readme, 'new')).toContain(`${BEGIN}\n\nnew\n\n${END}`);
  });
});
