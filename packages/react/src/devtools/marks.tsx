import { Bar } from '@visx/shape';
import type { ReactElement } from 'react';
import { ROW } from './frame.ts';
import type { Span } from './history.ts';
import { texture } from './patterns.tsx';

/** Whatever is short must still be seen. */
const THINNEST = 3;

interface SpanMarkProps {
  readonly span: Span;
  readonly from: number;
  readonly to: number;
  /** The middle of the row. */
  readonly y: number;
  readonly prefix: string;
  /** What a tooltip says. */
  readonly tooltip?: string;
}

/** One attempt or wait. */
export function SpanMark({ span, from, to, y, prefix, tooltip }: SpanMarkProps): ReactElement {
  const title = tooltip === undefined ? null : <title>{tooltip}</title>;
  const width = Math.max(THINNEST, to - from);
  const box = { x: from, y: y - ROW.bar / 2, width, height: ROW.bar };
  if (span.kind !== 'attempt') {
    return (
      <Bar
        {...box}
        className={`holdfast-wait holdfast-wait-${span.kind}`}
        fill={texture(prefix, span.kind)}
      >
        {title}
      </Bar>
    );
  }
  const outcome = span.to === undefined ? '' : ` holdfast-${span.outcome ?? 'cancelled'}`;
  return (
    <g>
      {title}
      <Bar {...box} rx={2} className={`holdfast-attempt${outcome}`} />
      {span.outcome === 'failure' ? <Flag x={from + width / 2} y={y - ROW.bar / 2} /> : null}
    </g>
  );
}

/** Marks a failed attempt, however short it was. */
function Flag({ x, y }: { readonly x: number; readonly y: number }): ReactElement {
  return <path className="holdfast-failure" d={`M${x - 4.5} ${y - 6}h9l-4.5 5.5z`} />;
}

/** Marks the end of an operation that was given up. */
export function Cross({ x, y }: { readonly x: number; readonly y: number }): ReactElement {
  const path = `M${x - 3.5} ${y - 3.5}l7 7m0 -7l-7 7`;
  return <path className="holdfast-cross" d={path} />;
}
