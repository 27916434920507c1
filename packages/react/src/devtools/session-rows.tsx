import { Group } from '@visx/group';
import { Bar } from '@visx/shape';
import type { ReactElement, ReactNode } from 'react';
import { ROW, textWidth } from './frame.ts';
import type { Frame } from './frame.ts';
import { Patterns, texture } from './patterns.tsx';
import type { View } from './view.ts';
import { CLOSED, duration, outcomeWords } from './words.ts';

interface RowsProps {
  readonly view: View;
  readonly frame: Frame;
  readonly prefix: string;
}

/** What concerns all operations: which token, when it was refreshed, when a limit or an outage was. */
export function SessionRows({ view, frame, prefix }: RowsProps): ReactElement {
  const rows = [
    { label: 'Token', marks: <Generations view={view} frame={frame} /> },
    { label: 'Refresh', marks: <Refreshes view={view} frame={frame} prefix={prefix} /> },
    { label: 'Held back', marks: <Closures view={view} frame={frame} prefix={prefix} /> },
  ];
  return (
    <svg width={frame.width} height={rows.length * frame.row + 2} aria-hidden="true">
      <Patterns prefix={prefix} />
      {rows.map(({ label, marks }, index) => (
        <Row key={label} label={label} top={index * frame.row} frame={frame}>
          {marks}
        </Row>
      ))}
    </svg>
  );
}

interface RowProps {
  readonly label: string;
  readonly top: number;
  readonly frame: Frame;
  readonly children: ReactNode;
}

function Row({ label, top, frame, children }: RowProps): ReactElement {
  const { stacked, middle, left, right } = frame;
  return (
    <Group top={top}>
      <text className="holdfast-quiet" x={0} y={stacked ? ROW.label - 3 : middle + 4}>
        {label}
      </text>
      <line className="holdfast-grid" x1={left} x2={right} y1={middle} y2={middle} />
      {children}
    </Group>
  );
}

function boxOf({ from, to }: { from: number; to: number }, { x, middle }: Frame): Box {
  const left = x(from);
  return {
    x: left,
    y: middle - ROW.bar / 2 - 1,
    width: Math.max(3, x(to) - left),
    height: ROW.bar + 2,
  };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The first words that fit, or none: a label is never cut off. */
function Label({
  box,
  words,
}: {
  readonly box: Box;
  readonly words: readonly string[];
}): ReactNode {
  const fitting = words.find((word) => textWidth(word) + 8 <= box.width);
  if (fitting === undefined) return null;
  return (
    <text x={box.x + 4} y={box.y + box.height - 3}>
      {fitting}
    </text>
  );
}

function Generations({ view, frame }: Omit<RowsProps, 'prefix'>): ReactElement {
  return (
    <>
      {view.generations.map((stretch) => {
        const { generation, signedOut } = stretch.of;
        const box = boxOf(stretch, frame);
        const name = signedOut === true ? 'signed out' : `token ${generation}`;
        const words = signedOut === true ? [name, 'out'] : [name, `${generation}`];
        return (
          <g key={generation}>
            <title>{name}</title>
            <Bar {...box} rx={2} className="holdfast-generation" />
            <Label box={box} words={words} />
          </g>
        );
      })}
    </>
  );
}

function Refreshes({ view, frame, prefix }: RowsProps): ReactElement {
  return (
    <>
      {view.refreshes.map((stretch, index) => {
        const { of } = stretch;
        const box = boxOf(stretch, frame);
        const took = of.to === undefined ? '' : `, ${duration(of.to - of.from)}`;
        const failed = of.outcome === 'failure';
        return (
          <g key={index}>
            <title>{`Token refresh, ${outcomeWords(of)}${took}`}</title>
            <Bar
              {...box}
              className="holdfast-wait holdfast-wait-refresh"
              fill={texture(prefix, 'refresh')}
            />
            {failed ? <path className="holdfast-failure" d={flag(box)} /> : null}
          </g>
        );
      })}
    </>
  );
}

function flag({ x, y, width }: Box): string {
  return `M${x + width / 2 - 4.5} ${y - 5}h9l-4.5 5z`;
}

function Closures({ view, frame, prefix }: RowsProps): ReactElement {
  return (
    <>
      {view.closures.map((stretch, index) => {
        const box = boxOf(stretch, frame);
        const took = duration(stretch.to - stretch.from);
        return (
          <g key={index}>
            <title>{`${CLOSED[stretch.of.reason]}: ${stretch.of.scope}, ${took}`}</title>
            <Bar
              {...box}
              className={`holdfast-wait holdfast-wait-${stretch.of.reason}`}
              fill={texture(prefix, stretch.of.reason)}
            />
          </g>
        );
      })}
    </>
  );
}
