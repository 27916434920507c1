import { describe, expect, it } from 'vitest';
import { PALETTE, paletteStyle } from './palette.ts';

/** Relative luminance, WCAG 2.2. */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const share = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * Number(red) + 0.7152 * Number(green) + 0.0722 * Number(blue);
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (Number(high) + 0.05) / (Number(low) + 0.05);
}

describe.each([
  ['light', 0],
  ['dark', 1],
] as const)('the palette in %s', (_name, index) => {
  const of = (name: keyof typeof PALETTE): string => PALETTE[name][index];

  it.each(['ink', 'muted'] as const)('%s can be read on every ground', (name) => {
    for (const ground of ['surface', 'raised'] as const) {
      expect(contrast(of(name), of(ground))).toBeGreaterThanOrEqual(4.5);
    }
  });

  it.each(['success', 'failure', 'cancelled', 'refresh', 'limit', 'muted'] as const)(
    '%s can be seen on its ground',
    (name) => expect(contrast(of(name), of('surface'))).toBeGreaterThanOrEqual(3),
  );
});

it('a style names every colour three times: for any browser, by scheme, and forced', () => {
  const style = paletteStyle('.somewhere');
  for (const name of Object.keys(PALETTE)) {
    expect(style.split(`--holdfast-${name}:`)).toHaveLength(4);
  }
});
