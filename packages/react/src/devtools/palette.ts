export type Colour =
  | 'surface'
  | 'raised'
  | 'ink'
  | 'muted'
  | 'line'
  | 'success'
  | 'failure'
  | 'cancelled'
  | 'refresh'
  | 'limit';

/** Each colour in light and dark, and what stands for it where the user forces colours. */
export const PALETTE: Readonly<
  Record<Colour, readonly [light: string, dark: string, forced: string]>
> = {
  surface: ['#ffffff', '#15181d', 'Canvas'],
  raised: ['#eef1f4', '#232932', 'Canvas'],
  ink: ['#1b2128', '#e8ebef', 'CanvasText'],
  muted: ['#525c67', '#a9b3be', 'CanvasText'],
  line: ['#d5dbe1', '#363f4a', 'GrayText'],
  success: ['#0b6bb5', '#5ab0f2', 'LinkText'],
  failure: ['#c2410c', '#ff9162', 'CanvasText'],
  cancelled: ['#66707c', '#98a3b0', 'GrayText'],
  refresh: ['#7b3fa0', '#cf9bea', 'CanvasText'],
  limit: ['#8a5a00', '#e8b84a', 'CanvasText'],
};

/** How a style names a colour. */
export function colour(name: Colour): string {
  return `var(--holdfast-${name})`;
}

const declared = (value: (colours: (typeof PALETTE)[Colour]) => string): string =>
  Object.entries(PALETTE)
    .map(([name, colours]) => `--holdfast-${name}: ${value(colours)};`)
    .join(' ');

/**
 * The palette as custom properties of what a selector names. It follows the `color-scheme` in force there:
 * the host page's, and through it the user's preference.
 */
export function paletteStyle(selector: string): string {
  return `
${selector} { ${declared(([light]) => light)} }
@supports (color: light-dark(#000, #fff)) {
  ${selector} { ${declared(([light, dark]) => `light-dark(${light}, ${dark})`)} }
}
@media (forced-colors: active) {
  ${selector} { ${declared(([, , forced]) => forced)} }
}`;
}
