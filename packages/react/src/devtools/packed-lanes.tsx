import { useState } from 'react';
import type { ReactElement } from 'react';
import type { Frame } from './frame.ts';
import { Bands } from './lane-rows.tsx';
import { wasGivenUp } from './lanes.ts';
import { createPacking } from './packing.ts';
import { texture } from './patterns.tsx';
import type { Texture } from './patterns.tsx';
import type { Stretch, View } from './view.ts';
import type { Span } from './history.ts';

/** Pixels. Rows are squeezed before they are scrolled, and the picture is as high with one as with many. */
const HEIGHT = 144;
const ROW = { highest: 12, lowest: 4 };

/** Whatever is short must still be seen. */
const THINNEST = 2;
/** Between two of one row. */
const GAP = 2;
/** What the cross of one that was given up takes. */
const CROSS = 8;

interface PackedLanesProps {
  readonly view: View;
  readonly frame: Frame;
  readonly prefix: string;
  readonly describedBy: string;
}

/** Operations without names, as many on a row as there is room for. Few shapes, however many they are. */
export function PackedLanes({ view, frame, prefix, describedBy }: PackedLanesProps): ReactElement {
  const [packing] = useState(createPacking);
  const { x } = frame;
  const lanes = view.lanes.toReversed();
  const rows = packing.rowsOf(
    lanes.map((lane) => ({
      id: lane.of.id,
      from: x(lane.from),
      to: Math.max(x(lane.from) + THINNEST, x(lane.to)) + GAP + (wasGivenUp(lane.of) ? CROSS : 0),
    })),
  );
  const row = Math.max(
    ROW.lowest,
    Math.min(ROW.highest, HEIGHT / Math.max(1, ...rows.map((at) => at + 1))),
  );
  const height = Math.max(HEIGHT, ...rows.map((at) => (at + 1) * row));
  const shapes = new Shapes();
  lanes.forEach((lane, index) => {
    const top = (rows[index] ?? 0) * row;
    for (const span of lane.spans) shapes.span(span, { frame, top, row });
    if (wasGivenUp(lane.of))
      shapes.cross(x(lane.to) + CROSS / 2 + 1, top + row / 2, Math.min(3, row / 2));
  });
  const scrolls = height > HEIGHT;
  // By the timeline's own title: a page may have several, and no two regions one name.
  const region = scrolls
    ? ({ role: 'region', 'aria-labelledby': `${prefix}-title`, tabIndex: 0 } as const)
    : {};
  return (
    <div className="holdfast-lanes" style={{ maxHeight: HEIGHT }} {...region}>
      <svg
        width={frame.width}
        height={height}
        role="img"
        aria-label="Operations over time"
        aria-describedby={describedBy}
      >
        <Bands view={view} frame={frame} height={height} />
        {shapes.drawn(prefix)}
      </svg>
    </div>
  );
}

interface Place {
  readonly frame: Frame;
  readonly top: number;
  readonly row: number;
}

/** Everything of one look is one path. */
class Shapes {
  readonly #paths = new Map<string, string>();

  span({ from, to, of }: Stretch<Span>, { frame, top, row }: Place): void {
    const left = frame.x(from);
    const width = Math.max(THINNEST, frame.x(to) - left);
    const look = of.kind === 'attempt' ? attemptLook(of) : of.kind;
    // A failed attempt has its flag here too: within its row, above what is left of the bar.
    const flag = of.outcome === 'failure' ? (row - 1) / 2 : 0;
    this.#add(
      look,
      `M${px(left)} ${px(top + flag)}h${px(width)}v${px(row - 1 - flag)}h${px(-width)}z`,
    );
    if (flag > 0) this.#add(look, `M${px(left + width / 2 - 4)} ${px(top)}h8l-4 ${px(flag)}z`);
  }

  cross(x: number, y: number, reach: number): void {
    const [across, back] = [px(2 * reach), px(-2 * reach)];
    this.#add(
      'cross',
      `M${px(x - reach)} ${px(y - reach)}l${across} ${across}m0 ${back}l${back} ${across}`,
    );
  }

  drawn(prefix: string): ReactElement[] {
    return [...this.#paths].map(([look, d]) =>
      isTexture(look) ? (
        <path
          key={look}
          className={`holdfast-wait holdfast-wait-${look}`}
          fill={texture(prefix, look)}
          d={d}
        />
      ) : (
        <path key={look} className={LOOKS[look] ?? ''} d={d} />
      ),
    );
  }

  #add(look: string, path: string): void {
    this.#paths.set(look, (this.#paths.get(look) ?? '') + path);
  }
}

const LOOKS: Readonly<Record<string, string>> = {
  open: 'holdfast-attempt',
  success: 'holdfast-attempt holdfast-success',
  failure: 'holdfast-attempt holdfast-failure',
  cancelled: 'holdfast-attempt holdfast-cancelled',
  cross: 'holdfast-cross',
};

function attemptLook({ to, outcome }: Span): string {
  return to === undefined ? 'open' : (outcome ?? 'cancelled');
}

function isTexture(look: string): look is Texture {
  return !Object.hasOwn(LOOKS, look);
}

/** A tenth of a pixel is enough. */
function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}
