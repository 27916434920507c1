import { scaleLinear } from '@visx/scale';
import type { ReactElement } from 'react';
import { RUN_LASTS } from '../run/shopper.ts';
import type { Recording, RequestRecord } from '../run/recording.ts';
import { TROUBLE_AT, troubleOf } from '../scenario/troubles.ts';
import type { TroubleName } from '../scenario/troubles.ts';

/** Milliseconds that one bar stands for. */
const STEP = 500;

const SIZE = { width: 560, height: 120, left: 26, right: 6, top: 8, bottom: 22 } as const;

const isRefused = ({ status }: RequestRecord): boolean => status === undefined || status >= 400;

interface Bar {
  readonly answered: number;
  readonly refused: number;
}

/** The requests of each half second. */
function barsOf({ requests }: Recording, at: number): readonly Bar[] {
  const bars = Array.from({ length: RUN_LASTS / STEP }, () => ({ answered: 0, refused: 0 }));
  for (const request of requests) {
    const bar = bars[Math.floor(request.at / STEP)];
    if (bar === undefined || request.at > at || request.kind !== 'graphql' || !request.arrived) {
      continue;
    }
    bar[isRefused(request) ? 'refused' : 'answered'] += 1;
  }
  return bars;
}

/** The most requests of a half second, of both sides: the top of the scale that they share. */
export function mostRequests(recordings: readonly Recording[]): number {
  const all = recordings.flatMap((recording) => barsOf(recording, Infinity));
  return Math.max(4, ...all.map(({ answered, refused }) => answered + refused));
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
  const { width, height, left, right, top, bottom } = SIZE;
  const x = scaleLinear<number>({ domain: [0, RUN_LASTS], range: [left, width - right] });
  const y = scaleLinear<number>({ domain: [0, most], range: [height - bottom, top] });
  const bar = x(STEP) - x(0) - 2;
  const ends = TROUBLE_AT + Math.max(troubleOf(trouble).lasts, 150);
  const ticks = y.ticks(3).filter(Number.isInteger);
  return (
    <figure className="chart">
      <figcaption>{label}</figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${label}, over time`}>
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
        {[0, 5, 10, 15, 20].map((second) => (
          <text
            key={second}
            x={x(second * 1_000)}
            y={height - 6}
            textAnchor={second === 20 ? 'end' : second === 0 ? 'start' : 'middle'}
          >
            {`${second} s`}
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
    </figure>
  );
}
