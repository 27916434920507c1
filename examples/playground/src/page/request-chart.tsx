import { scaleLinear } from '@visx/scale';
import { useEffect, useRef, useState } from 'react';
import type { ReactElement, RefObject } from 'react';
import type { Recording } from '../run/recording.ts';
import { RUN_LASTS } from '../scenario/scenario.ts';
import { TROUBLE_AT, troubleOf } from '../scenario/troubles.ts';
import type { TroubleName } from '../scenario/troubles.ts';

/** Milliseconds that one bar stands for. */
const STEP = 500;

const SIZE = { height: 120, left: 26, right: 6, top: 8, bottom: 22 } as const;

/** Pixels, until it is measured. */
const ASSUMED = 560;

/** Pixels that a label of the time axis needs. */
const LABEL = 56;

const KEY = [
  ['chart-answered', 'answered'],
  ['chart-refused', 'refused'],
  ['chart-trouble', 'trouble'],
] as const;

interface Bar {
  readonly answered: number;
  readonly refused: number;
}

/** The requests of each step. */
function barsOf({ requests }: Recording, at: number, step = STEP): readonly Bar[] {
  const bars = Array.from({ length: RUN_LASTS / step }, () => ({ answered: 0, refused: 0 }));
  for (const request of requests) {
    const bar = bars[Math.floor(request.at / step)];
    if (bar === undefined || request.at > at || request.kind !== 'graphql' || !request.arrived) {
      continue;
    }
    // What is under way is not refused yet.
    bar[request.served || request.end > at ? 'answered' : 'refused'] += 1;
  }
  return bars;
}

/** The most requests of a step, of both sides: the top of the scale that they share. */
export function mostRequests(recordings: readonly Recording[], step: number = STEP): number {
  const all = recordings.flatMap((recording) => barsOf(recording, Infinity, step));
  return Math.max(4, ...all.map(({ answered, refused }) => answered + refused));
}

/** The width that there is, so that what is written has one size on every screen. */
function useWidth(): [RefObject<HTMLDivElement | null>, number] {
  const place = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(ASSUMED);
  useEffect(() => {
    if (place.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.floor(entry.contentRect.width));
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  return [place, width];
}

interface RequestChartProps {
  readonly recording: Recording;
  readonly trouble: TroubleName;
  readonly at: number;
  readonly most: number;
  readonly label: string;
}

/** What the server had to bear, over time. Both charts have one scale in both directions. */
export function RequestChart({
  recording,
  trouble,
  at,
  most,
  label,
}: RequestChartProps): ReactElement {
  const { height, left, right, top, bottom } = SIZE;
  const [place, measured] = useWidth();
  const width = Math.max(measured, left + right + LABEL);
  const x = scaleLinear<number>({ domain: [0, RUN_LASTS], range: [left, width - right] });
  const y = scaleLinear<number>({ domain: [0, most], range: [height - bottom, top] });
  const bar = Math.max(1, (x(STEP) - x(0)) * 0.85);
  const ends = TROUBLE_AT + Math.max(troubleOf(trouble).lasts, 150);
  const ticks = y.ticks(3).filter(Number.isInteger);
  const seconds = x.ticks(Math.min(4, Math.floor((width - left - right) / LABEL)));
  return (
    <figure className="chart">
      <figcaption>
        {label}
        {KEY.map(([name, words]) => (
          <span key={name}>
            <i className={`chart-key ${name}`} /> {words}
          </span>
        ))}
      </figcaption>
      <div ref={place}>
        <svg width={width} height={height} role="img" aria-label={`${label}, over time`}>
          <rect
            className="chart-trouble"
            x={x(TROUBLE_AT)}
            width={x(ends) - x(TROUBLE_AT)}
            y={top}
            height={height - bottom - top}
          />
          {ticks.map((tick) => (
            <g key={tick}>
              <line className="chart-grid" x1={left} x2={width - right} y1={y(tick)} y2={y(tick)} />
              <text x={left - 6} y={y(tick) + 4} textAnchor="end">
                {tick}
              </text>
            </g>
          ))}
          {seconds.map((instant) => (
            <text
              key={instant}
              x={x(instant)}
              y={height - 6}
              textAnchor={instant === RUN_LASTS ? 'end' : instant === 0 ? 'start' : 'middle'}
            >
              {`${instant / 1_000} s`}
            </text>
          ))}
          {barsOf(recording, at).map(({ answered, refused }, index) => (
            <g key={index}>
              {answered > 0 && (
                <rect
                  className="chart-answered"
                  x={x(index * STEP) + 1}
                  width={bar}
                  y={y(answered)}
                  height={y(0) - y(answered)}
                />
              )}
              {refused > 0 && (
                <rect
                  className="chart-refused"
                  x={x(index * STEP) + 1}
                  width={bar}
                  y={y(answered + refused)}
                  height={y(answered) - y(answered + refused)}
                />
              )}
            </g>
          ))}
          {at < RUN_LASTS && (
            <line className="chart-now" x1={x(at)} x2={x(at)} y1={top} y2={height - bottom} />
          )}
        </svg>
      </div>
    </figure>
  );
}
