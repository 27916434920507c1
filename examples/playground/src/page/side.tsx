import type { ReactElement, ReactNode } from 'react';
import type { Recording } from '../run/recording.ts';
import { PARTS } from '../scenario/scenario.ts';
import type { Side, Scenario } from '../scenario/scenario.ts';
import { RequestChart } from './request-chart.tsx';
import type { Result } from './result.ts';
import { Shop } from './shop.tsx';

export const TITLES: Readonly<Record<Side, string>> = {
  holdfast: 'With Holdfast',
  usual: 'Without',
};

interface SidePanelProps {
  readonly side: Side;
  readonly scenario: Scenario;
  readonly recording: Recording;
  readonly results: Readonly<Record<Side, Result>>;
  readonly at: number;
  readonly most: number;
}

/** One side: what its user sees, what came of it, and what the server had to bear. */
export function SidePanel({
  side,
  scenario,
  recording,
  results,
  at,
  most,
}: SidePanelProps): ReactElement {
  const title = TITLES[side];
  const result = results[side];
  const other = results[side === 'holdfast' ? 'usual' : 'holdfast'];
  return (
    <section className="side" data-side={side} aria-labelledby={`side-${side}`}>
      <h2 id={`side-${side}`}>
        {title} <small>{PARTS[scenario.client][side]}</small>
      </h2>
      <dl className="score">
        <Score
          side={side}
          name="failed"
          value={result.failed}
          // Who is told at once that he has to sign in is no worse off.
          bad={result.failed - result.sessionless > other.failed}
        >
          failed for the user
        </Score>
        <Score side={side} name="requests" value={result.requests} bad={false}>
          requests at the server
        </Score>
        <Score
          side={side}
          name="twice"
          value={result.placedTwice}
          bad={result.placedTwice > other.placedTwice}
        >
          orders placed twice
        </Score>
      </dl>
      <Shop recording={recording} at={at} label={`The shop, ${title.toLowerCase()}`} />
      <RequestChart
        recording={recording}
        trouble={scenario.trouble}
        at={at}
        most={most}
        label="Requests each half second"
      />
    </section>
  );
}

interface ScoreProps {
  readonly side: Side;
  readonly name: string;
  readonly value: number;
  /** Whether it is worse than on the other side. */
  readonly bad: boolean;
  readonly children: ReactNode;
}

function Score({ side, name, value, bad, children }: ScoreProps): ReactElement {
  return (
    <div data-bad={bad}>
      <dt>{children}</dt>
      <dd data-testid={`${side}-${name}`}>{value}</dd>
    </div>
  );
}
