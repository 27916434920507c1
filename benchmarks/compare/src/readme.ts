const BEGIN = '<!-- comparison: begin, written by npm run compare -->';
const END = '<!-- comparison: end -->';

/**
 * Puts a text between the markers of the README.
 *
 * @throws Error where a marker is missing, stands twice, or they stand in the wrong order.
 */
export function withComparison(readme: string, text: string): string {
  const [before = '', rest = ''] = split(readme, BEGIN);
  const [, after = ''] = split(readme, END);
  if (!rest.includes(END)) {
    throw new Error(`README.md: "${END}" stands before "${BEGIN}"; it has to follow it.`);
  }
  return `${before}${BEGIN}\n\n${text}\n\n${END}${after}`;
}

function split(readme: string, marker: string): readonly string[] {
  const parts = readme.split(marker);
  if (parts.length === 2) return parts;
  throw new Error(
    `README.md has the marker "${marker}" ${parts.length - 1} times; it has to be there once.`,
  );
}
