import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import { section, tableLines } from './table.ts';

const table = {
  title: 'Sizes',
  notes: ['Measured.'],
  head: ['bundle', 'gzipped'],
  rows: [
    ['core', '5.90 KiB'],
    ['a | b', '12 B'],
  ],
};

describe('a table', () => {
  it('is Markdown with its numbers aligned', () => {
    expect(tableLines(table)).toEqual([
      '| bundle |  gzipped |',
      '| ------ | -------: |',
      '| core   | 5.90 KiB |',
      '| a \\| b |     12 B |',
    ]);
  });

  it('is left as it is by prettier, the heading and notes above it too', async () => {
    const text = `${section(table)}\n`;
    expect(text).toContain('### Sizes\n\nMeasured.\n\n| bundle');
    expect(await format(text, { parser: 'markdown' })).toBe(text);
  });

  it('refuses a row that does not fit its head', () => {
    const uneven = { ...table, rows: [['core']] };
    expect(() => tableLines(uneven)).toThrow('A row of "Sizes" has 1 cells where its head has 2.');
  });
});
