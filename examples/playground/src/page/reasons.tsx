import { nextHistory, emptyHistory, Timeline } from '@holdfast/react/devtools';
import type { History } from '@holdfast/react/devtools';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import type { Recording } from '../run/recording.ts';
import { BEGINNING, PARTS, RUN_LASTS } from '../scenario/scenario.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { troubleOf } from '../scenario/troubles.ts';
import type { Recordings } from './playback.ts';
import { mostRequests } from './request-chart.tsx';
import { resultAt } from './result.ts';
import type { Result } from './result.ts';
import { TITLES } from './side.tsx';

/** How many operations a timeline keeps: all of ten shoppers. */
const KEPT = 400;

/** Milliseconds of the run between two pictures of a timeline: they are large, and little changes. */
const STEP = 500;

/** What was known at each instant; asked for in order it costs what is new. */
function historyOf({ events }: Recording): (at: number) => History {
  let known = { at: 0, next: 0, history: emptyHistory };
  return (at) => {
    if (at < known.at) known = { at: 0, next: 0, history: emptyHistory };
    let { next, history } = known;
    for (; next < events.length; next += 1) {
      const event = events[next];
      if (event === undefined || event.at > BEGINNING + at) break;
      history = nextHistory(history, event, KEPT);
    }
    known = { at, next, history };
    return history;
  };
}

const ROWS: readonly (readonly [keyof Result, string])[] = [
  ['asked', 'Operations asked'],
  ['open', 'Without an answer yet'],
  ['failed', 'Failed for the user'],
  ['partial', 'Answered in part'],
  ['requests', 'Requests at the server'],
  ['early', 'Sent before Retry-After was over'],
  ['tokenCalls', 'Token calls'],
  ['placedTwice', 'Orders placed twice or more'],
  ['surplus', 'Orders nobody asked for'],
];

interface ReasonsProps {
  readonly scenario: Scenario;
  readonly recordings: Recordings;
  readonly at: number;
}

/** For whoever wants to know why: what each client did, and when. */
export function Reasons({ scenario, recordings, at }: ReasonsProps): ReactElement {
  const shown = Math.floor(at / STEP) * STEP;
  const { holdfast, usual } = recordings;
  const room = useMemo(() => mostRequests([holdfast, usual], 1_000), [holdfast, usual]);
  return (
    <section className="reasons" aria-labelledby="reasons">
      <h2 id="reasons">Why</h2>
      <p className="why">{troubleOf(scenario.trouble).why}</p>
      <div className="timelines">
        <Doings title={TITLES.holdfast} recording={holdfast} at={shown} room={room} />
        <Doings title={TITLES.usual} recording={usual} at={shown} room={room} />
      </div>
      <div className="figures">
        <Numbers recordings={recordings} at={shown} />
        <Fairness scenario={scenario} />
      </div>
    </section>
  );
}

interface DoingsProps {
  readonly title: string;
  readonly recording: Recording;
  readonly at: number;
  readonly room: number;
}

function Doings({ title, recording, at, room }: DoingsProps): ReactElement {
  const history = useMemo(() => historyOf(recording), [recording]);
  return useMemo(
    () => (
      <Timeline
        history={history(at)}
        title={`${title}: operations`}
        from={BEGINNING}
        now={BEGINNING + at}
        window={RUN_LASTS}
        packed
        requestRoom={room}
      />
    ),
    [history, title, at, room],
  );
}

/** For whoever does not trust a comparison, with the code of both sides. */
function Fairness({
  scenario: { client, shoppers },
}: Pick<ReasonsProps, 'scenario'>): ReactElement {
  const { usual } = PARTS[client];
  return (
    <div className="fairness">
      <h2>What is compared</h2>
      <p>
        Real clients, not drawings of them: both sides were just played in your browser, against a
        GraphQL server of their own, in virtual time and with the same latencies. Holdfast has its
        defaults. Without it there are <a href={`${SOURCES}/clients/${client}.ts`}>{usual}</a>, set
        up as their documentation shows; made better by hand, they do better than this.
      </p>
      <p>
        Refresh tokens serve once, and using one twice ends the session, as RFC 9700 advises.
        {shoppers > 1 &&
          ` The ${shoppers} shoppers share one client here, and with it one retry budget, which is meant for one tab.`}
      </p>
    </div>
  );
}

function Numbers({ recordings, at }: Omit<ReasonsProps, 'scenario'>): ReactElement {
  const own = resultAt(recordings.holdfast, at);
  const usual = resultAt(recordings.usual, at);
  return (
    <table className="numbers">
      <caption>All that was counted</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{TITLES.holdfast}</th>
          <th scope="col">{TITLES.usual}</th>
        </tr>
      </thead>
      <tbody>
        {ROWS.map(([name, title]) => (
          <tr key={name}>
            <th scope="row">{title}</th>
            <td data-testid={`holdfast-all-${name}`}>{own[name]}</td>
            <td data-testid={`usual-all-${name}`}>{usual[name]}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
