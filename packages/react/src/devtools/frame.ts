import { scaleLinear } from '@visx/scale';
import type { View } from './view.ts';
import { laneLabel } from './words.ts';

/** Pixels of one character of the labels: they are of one width. */
const CHARACTER = 6.7;
const NARROW = 560;
/** Room for a scroll bar, and for half of the axis's last label. */
const RIGHT = 18;
/** Room for the numbers of the chart below. */
const LEFT = 34;
const WIDEST_GUTTER = 264;

export const ROW = { bar: 12, wide: 24, stacked: 36, label: 15 } as const;

/** Where things are. */
export interface Frame {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  /** Labels stand above their rows, since there is no room beside them. */
  readonly stacked: boolean;
  /** How many characters a label may have. */
  readonly characters: number;
  /** The height of a row. */
  readonly row: number;
  /** The middle of a row's bar, from the row's top. */
  readonly middle: number;
  /** Where the seconds of the axis are. */
  readonly scale: ReturnType<typeof scaleLinear<number>>;
  readonly ticks: readonly number[];
  x(instant: number): number;
}

/**
 * @param width Pixels there are in all.
 * @param named Whether there must be room for the names of operations.
 */
export function frameOf(width: number, view: View, named: boolean): Frame {
  const { lanes, start, now, end, zero } = view;
  const stacked = width < NARROW;
  const names = named ? lanes.map(({ of }) => laneLabel(of).length) : [];
  const longest = Math.max(12, ...names);
  const gutter = Math.min(WIDEST_GUTTER, width * 0.4, Math.ceil(longest * CHARACTER) + 14);
  const left = stacked ? LEFT : Math.round(gutter);
  const right = Math.max(left + 1, width - RIGHT);
  const room = stacked ? width - RIGHT : left - 14;
  const scale = scaleLinear<number>({
    domain: [(start - zero) / 1000, (end - zero) / 1000],
    range: [left, right],
  });
  return {
    width,
    left,
    right,
    stacked,
    characters: Math.max(4, Math.floor(room / CHARACTER)),
    row: stacked ? ROW.stacked : ROW.wide,
    middle: stacked ? ROW.label + 4 + ROW.bar / 2 : ROW.wide / 2 + 2,
    scale,
    ticks: scale.ticks(Math.max(2, Math.floor((right - left) / 72))),
    x: (instant) => scale((Math.min(Math.max(instant, start), now) - zero) / 1000),
  };
}

/** The width in pixels that a text takes. */
export function textWidth(text: string): number {
  return Math.ceil(text.length * CHARACTER);
}
