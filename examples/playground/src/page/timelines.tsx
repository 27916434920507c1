import { emptyHistory, nextHistory, Timeline } from '@holdfast/react/devtools';
import type { History } from '@holdfast/react/devtools';
import { useMemo } from 'react';
import type { ReactElement } from 'react';
import type { Recording } from '../run/recording.ts';
import { BEGINNING, RUN_LASTS } from '../scenario/scenario.ts';
import type { Recordings } from './playback.ts';
import { mostRequests } from './request-chart.tsx';
import { TITLES } from './side.tsx';

/** What was known at each instant; asked for in order it costs what is new. */
function historyOf({ events }: Recording): (at: number) => History {
  let known = { at: 0, next: 0, history: emptyHistory };
  return (at) => {
    if (at < known.at) known = { at: 0, next: 0, history: emptyHistory };
    let { next, history } = known;
    for (; next < events.length; next += 1) {
      const event = events[next];
      if (event === undefined || event.at > BEGINNING + at) break;
      history = nextHistory(history, event);
    }
    known = { at, next, history };
    return history;
  };
}

interface TimelinesProps {
  readonly recordings: Recordings;
  /** Milliseconds since the run began. */
  readonly at: number;
}

/** What each client did, and when: a module of its own, which is loaded when somebody comes near it. */
export function Timelines({ recordings, at }: TimelinesProps): ReactElement {
  const { holdfast, usual } = recordings;
  const room = useMemo(
    () => mostRequests([holdfast, usual].map(ofFirstShopper), 1_000),
    [holdfast, usual],
  );
  return (
    <>
      <Doings title={TITLES.holdfast} recording={holdfast} at={at} room={room} />
      <Doings title={TITLES.usual} recording={usual} at={at} room={room} />
    </>
  );
}

/** The requests of the client whose timeline it is. */
function ofFirstShopper(recording: Recording): Recording {
  return { ...recording, requests: recording.requests.filter(({ shopper }) => shopper === 0) };
}

interface DoingsProps {
  readonly title: string;
  readonly recording: Recording;
  readonly at: number;
  readonly room: number;
}

function Doings({ title, recording, at, room }: DoingsProps): ReactElement {
  const what = recording.shoppers === 1 ? 'operations' : 'operations of the first shopper';
  const history = useMemo(() => historyOf(recording), [recording]);
  return useMemo(
    () => (
      <Timeline
        history={history(at)}
        title={`${title}: ${what}`}
        from={BEGINNING}
        now={BEGINNING + at}
        window={RUN_LASTS}
        packed
        requestRoom={room}
      />
    ),
    [history, title, what, at, room],
  );
}
