import { AxisBottom, AxisLeft } from '@visx/axis';
import { scaleLinear } from '@visx/scale';
import { Bar } from '@visx/shape';
import type { ReactElement, SVGProps } from 'react';
import { ROW } from './frame.ts';
import type { Frame } from './frame.ts';
import { texture } from './patterns.tsx';
import type { View } from './view.ts';

const HEIGHT = 44;
const AXIS = 30;
/** The least that the chart is made for, so that a single request does not fill it. */
const LOWEST_TOP = 4;
/** No more digits than there is room for. */
const COMPACT = { notation: 'compact', maximumFractionDigits: 0 } as const;

interface RequestRateProps {
  readonly view: View;
  readonly frame: Frame;
  readonly prefix: string;
  /** What the scale has room for at least. */
  readonly room: number;
}

/** Requests in each second, repeats apart; and the axis of time for all that is above. */
export function RequestRate({ view, frame, prefix, room }: RequestRateProps): ReactElement {
  const { width, stacked, left, right, x, scale, ticks } = frame;
  const top = stacked ? ROW.label + 9 : 8;
  const bottom = top + HEIGHT;
  const most = Math.max(LOWEST_TOP, room, ...view.seconds.map(({ of }) => of.requests));
  const rate = scaleLinear<number>({ domain: [0, most], range: [bottom, top] });
  return (
    <svg width={width} height={bottom + AXIS} aria-hidden="true">
      <text className="holdfast-quiet" x={0} y={stacked ? ROW.label - 2 : top + HEIGHT / 2 + 4}>
        Requests / s
      </text>
      {view.seconds.map(({ from, to, of }) => {
        const { requests, repeats } = of;
        const box = { x: x(from), width: Math.max(1, x(to) - x(from) - 1) };
        return (
          <g key={of.from}>
            <title>{`${requests} requests, ${repeats} of them repeats`}</title>
            <Bar
              {...box}
              className="holdfast-requests"
              y={rate(requests - repeats)}
              height={bottom - rate(requests - repeats)}
            />
            {repeats > 0 ? (
              <Bar
                {...box}
                className="holdfast-repeats"
                fill={texture(prefix, 'repeats')}
                y={rate(requests)}
                height={rate(requests - repeats) - rate(requests)}
              />
            ) : null}
          </g>
        );
      })}
      <AxisLeft
        scale={rate}
        left={left}
        tickValues={[most]}
        tickFormat={(requests) => Number(requests).toLocaleString('en', COMPACT)}
        tickLength={4}
        hideAxisLine
        tickComponent={tickText}
        tickLabelProps={{ dx: -4, dy: 4, textAnchor: 'end' }}
      />
      <AxisBottom
        scale={scale}
        top={bottom}
        tickValues={[...ticks]}
        tickLength={4}
        tickFormat={(seconds) =>
          Number(seconds) === 0 && view.zero === view.end ? 'now' : `${Number(seconds)} s`
        }
        tickComponent={tickText}
        tickLabelProps={{ dy: 11, textAnchor: 'middle' }}
      />
      <line className="holdfast-grid" x1={left} x2={right} y1={top} y2={top} />
    </svg>
  );
}

type TickTextProps = Pick<SVGProps<SVGTextElement>, 'x' | 'y' | 'dx' | 'dy' | 'textAnchor'> & {
  readonly formattedValue: string | undefined;
};

/** Plain text: the one that comes with the axis measures itself in an element that it leaves in the page. */
function tickText({ x, y, dx, dy, textAnchor, formattedValue }: TickTextProps): ReactElement {
  return (
    <text className="holdfast-quiet" {...{ x, y, dx, dy, textAnchor }}>
      {formattedValue}
    </text>
  );
}
