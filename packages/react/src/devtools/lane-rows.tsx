import { Group } from '@visx/group';
import { Bar } from '@visx/shape';
import type { ReactElement } from 'react';
import { ROW } from './frame.ts';
import type { Frame } from './frame.ts';
import { Cross, SpanMark } from './marks.tsx';
import type { Span } from './history.ts';
import { wasGivenUp } from './lanes.ts';
import type { View } from './view.ts';
import { duration, laneLabel, outcomeWords, shortened, spanWords } from './words.ts';

/** Where there are more lanes than this, they are scrolled; that one is cut says that there are. */
const MOST = { wide: 12.6, stacked: 8.75 };

interface LaneRowsProps {
  readonly view: View;
  readonly frame: Frame;
  readonly prefix: string;
  readonly describedBy: string;
}

/** A lane for each operation, newest first, in a region of its own that scrolls where there are many. */
export function LaneRows({ view, frame, prefix, describedBy }: LaneRowsProps): ReactElement {
  const height = Math.max(1, view.lanes.length) * frame.row + 4;
  const highest = frame.row * (frame.stacked ? MOST.stacked : MOST.wide);
  const scrolls = height > highest;
  const region = scrolls
    ? ({ role: 'region', 'aria-label': 'Operations, newest first', tabIndex: 0 } as const)
    : {};
  return (
    <div className="holdfast-lanes" style={{ maxHeight: highest }} {...region}>
      <svg
        width={frame.width}
        height={height}
        role="img"
        aria-label="Operations over time"
        aria-describedby={describedBy}
      >
        <Bands view={view} frame={frame} height={height} />
        {view.lanes.length === 0 ? (
          <text className="holdfast-quiet" x={frame.left + 6} y={frame.row / 2 + 6}>
            No operation in this time.
          </text>
        ) : null}
        {view.lanes.map((lane, index) => (
          <LaneRow key={lane.of.id} lane={lane} top={index * frame.row} {...{ frame, prefix }} />
        ))}
      </svg>
    </div>
  );
}

interface BandsProps {
  readonly view: View;
  readonly frame: Frame;
  readonly height: number;
}

/** The grid of seconds, and what concerned all lanes. */
export function Bands({ view, frame, height }: BandsProps): ReactElement {
  const { x, scale, ticks } = frame;
  const band = { y: 0, height };
  const box = ({ from, to }: { from: number; to: number }): { x: number; width: number } => ({
    x: x(from),
    width: Math.max(1, x(to) - x(from)),
  });
  return (
    <>
      {ticks.map((tick) => (
        <line
          key={tick}
          className="holdfast-grid"
          x1={scale(tick)}
          x2={scale(tick)}
          y1={0}
          y2={height}
        />
      ))}
      {view.now < view.end ? (
        <line className="holdfast-now" x1={x(view.now)} x2={x(view.now)} y1={0} y2={height} />
      ) : null}
      {view.refreshes.map((refresh, index) => (
        <Bar key={`r${index}`} className="holdfast-band-refresh" {...band} {...box(refresh)} />
      ))}
      {view.closures.map((closure, index) => (
        <Bar
          key={`c${index}`}
          className={`holdfast-band-${closure.of.reason}`}
          {...band}
          {...box(closure)}
        />
      ))}
    </>
  );
}

interface LaneRowProps {
  readonly lane: View['lanes'][number];
  readonly top: number;
  readonly frame: Frame;
  readonly prefix: string;
}

function LaneRow({ lane, top, frame, prefix }: LaneRowProps): ReactElement {
  const { x, middle, stacked, characters } = frame;
  const label = laneLabel(lane.of);
  const end = x(lane.to);
  return (
    <Group top={top}>
      <text x={0} y={stacked ? ROW.label : middle + 4}>
        <title>{`${label}: ${outcomeWords(lane.of)}`}</title>
        {shortened(label, characters)}
      </text>
      <line className="holdfast-thread" x1={x(lane.from)} x2={end} y1={middle} y2={middle} />
      {lane.spans.map((span) => (
        <SpanMark
          key={`${span.of.from}-${span.of.kind}-${span.of.attempt ?? 0}`}
          span={span.of}
          from={x(span.from)}
          to={x(span.to)}
          y={middle}
          prefix={prefix}
          tooltip={told(span.of)}
        />
      ))}
      {wasGivenUp(lane.of) ? <Cross x={end + 9} y={middle} /> : null}
    </Group>
  );
}

function told(span: Span): string {
  const took = span.to === undefined ? '' : `, ${duration(span.to - span.from)}`;
  const outcome = span.kind === 'attempt' ? `, ${outcomeWords(span)}` : '';
  return `${spanWords(span)}${outcome}${took}`;
}
