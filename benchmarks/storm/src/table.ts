/** A Markdown table, its columns as wide as their widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

export function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

/** A duration in seconds; `Infinity`, for one whose end was not seen. */
export function lasted(ms: number): string {
  return ms === Infinity ? 'not seen' : `${ms / 1_000} s`;
}
