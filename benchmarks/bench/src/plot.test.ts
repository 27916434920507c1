import { expect, it } from 'vitest';
import { drawPlot } from './plot.ts';

const { svg } = drawPlot({
  name: 'growth',
  title: 'Growth',
  across: 'operations',
  lines: [
    { title: 'core', points: [1, 10, 100].map((x) => ({ x, nanoseconds: 500 })) },
    { title: 'urql', points: [1, 10, 100].map((x) => ({ x, nanoseconds: 900 })) },
  ],
});

it('says what it shows in words: title, axis, lines', () => {
  expect(svg).toContain('<title>Growth</title>');
  for (const word of ['operations', 'core', 'urql', '800 ns']) expect(svg).toContain(`>${word}<`);
});

it('has another colour for a dark page in place of each that it draws with', () => {
  const [, dark = ''] = /prefers-color-scheme:dark\)\{(.*)\}<\/style>/.exec(svg) ?? [];
  // What is drawn without width, or has no area, is not seen.
  const seen = svg.replaceAll(/stroke="[^"]*" stroke-width="0"|fill="#000"/g, '');
  const drawn = new Set(seen.match(/(?:fill|stroke)="#[0-9a-f]{3,6}"/gi));
  expect(drawn.size).toBeGreaterThan(3);
  const unchanged = [...drawn].filter((attribute) => !dark.includes(`[${attribute}]`));
  expect(unchanged).toEqual([]);
});
