import { markdownTable } from 'markdown-table';

/** A table as it is printed and written: Markdown that prettier leaves as it is. */
export interface Table {
  readonly title: string;
  /** What the numbers are and how they were taken; paragraphs. */
  readonly notes: readonly string[];
  readonly head: readonly string[];
  /** As many cells a row as the head has. The first column is text, the others are aligned as numbers. */
  readonly rows: readonly (readonly string[])[];
}

/** The lines of the table alone. */
export function tableLines({ title, head, rows }: Omit<Table, 'notes'>): string[] {
  const uneven = rows.find((row) => row.length !== head.length);
  if (uneven !== undefined) {
    throw new RangeError(
      `A row of "${title}" has ${uneven.length} cells where its head has ${head.length}.`,
    );
  }
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const align = head.map((_, column) => (column === 0 ? null : 'right'));
  return markdownTable(cells, { align }).split('\n');
}

/** The table below a heading of the given level. */
export function section(table: Table, level = 3): string {
  const heading = `${'#'.repeat(level)} ${table.title}`;
  return [heading, ...table.notes, tableLines(table).join('\n')].join('\n\n');
}
