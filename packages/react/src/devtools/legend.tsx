import { Bar } from '@visx/shape';
import type { ReactElement, ReactNode } from 'react';
import { ROW } from './frame.ts';
import type { History, Span } from './history.ts';
import { Cross, SpanMark } from './marks.tsx';
import { texture } from './patterns.tsx';
import { WAITS } from './words.ts';

interface Sign {
  readonly words: string;
  readonly span?: Span;
}

const ATTEMPT = { kind: 'attempt', from: 0, to: 1 } as const;

const OUTCOMES: readonly Sign[] = [
  { words: 'Attempt that succeeded', span: { ...ATTEMPT, outcome: 'success' } },
  { words: 'Failed attempt', span: { ...ATTEMPT, outcome: 'failure' } },
  { words: 'Cancelled', span: { ...ATTEMPT, outcome: 'cancelled' } },
  { words: 'Under way', span: { kind: 'attempt', from: 0 } },
  { words: 'Given up' },
];

/**
 * Explains the signs: those of attempts always, each wait once there has been one, or what it is for is drawn above:
 * of the operations that waited none may be shown.
 */
export function Legend({
  history,
  prefix,
}: {
  readonly history: History;
  readonly prefix: string;
}): ReactElement {
  const seen = new Set<Span['kind']>([
    ...history.lanes.flatMap(({ spans }) => spans.map(({ kind }) => kind)),
    ...history.closures.map(({ reason }) => reason),
    ...history.refreshes.map(() => 'refresh' as const),
  ]);
  const waits = (Object.keys(WAITS) as (keyof typeof WAITS)[]).filter((kind) => seen.has(kind));
  const repeats = history.seconds.some((second) => second.repeats > 0);
  const signs: readonly Sign[] = [
    ...OUTCOMES,
    ...waits.map((kind): Sign => ({ words: WAITS[kind], span: { kind, from: 0, to: 1 } })),
  ];
  return (
    <ul className="holdfast-legend">
      {signs.map(({ words, span }) => (
        <li key={words}>
          <Swatch>
            {span === undefined ? (
              <Cross x={10} y={12} />
            ) : (
              <SpanMark span={span} from={1} to={19} y={ROW.bar / 2 + 6} prefix={prefix} />
            )}
          </Swatch>
          {words}
        </li>
      ))}
      {repeats ? (
        <li>
          <Swatch>
            <Bar
              className="holdfast-repeats"
              fill={texture(prefix, 'repeats')}
              {...{ x: 1, y: 6, width: 18, height: ROW.bar }}
            />
          </Swatch>
          Repeats among the requests
        </li>
      ) : null}
    </ul>
  );
}

function Swatch({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <svg width={20} height={ROW.bar + 7} aria-hidden="true">
      {children}
    </svg>
  );
}
