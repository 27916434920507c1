import { useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { RUN_LASTS } from '../run/shopper.ts';
import { TROUBLE_AT, troubleOf } from '../scenario/troubles.ts';
import type { Trouble } from '../scenario/troubles.ts';
import { RunLink, Settings, Transport, TroublePicker } from './controls.tsx';
import type { Playback, PlaybackState } from './playback.ts';
import { Reasons } from './reasons.tsx';
import { mostRequests } from './request-chart.tsx';
import { resultAt, verdict } from './result.ts';
import { SidePanel } from './side.tsx';

export function Page({ playback }: { readonly playback: Playback }): ReactElement {
  const state = useSyncExternalStore(playback.subscribe, playback.get);
  const touched = (): void => playback.touch();
  return (
    <div onPointerDown={touched} onKeyDown={touched}>
      <header>
        <div>
          <p className="brand">Holdfast</p>
          <h1>One shop, twice. See what trouble makes of it.</h1>
          <p className="lead">
            The same people do the same at the same instants, and the same goes wrong. All that
            differs is what stands between the app and its API.
          </p>
        </div>
        <Settings playback={playback} state={state} />
      </header>
      <main>
        <TroublePicker playback={playback} state={state} />
        <Headline state={state} />
        <Sides state={state} />
        <Transport playback={playback} state={state} />
        <RunLink playback={playback} state={state} />
        {state.recordings !== undefined && (
          <Reasons trouble={state.scenario.trouble} recordings={state.recordings} at={state.at} />
        )}
      </main>
    </div>
  );
}

/** What is going on, and in the end what came of it; read out when it changes. */
function Headline({ state }: { readonly state: PlaybackState }): ReactElement {
  const { problem, recordings, at, scenario } = state;
  const trouble = troubleOf(scenario.trouble);
  const { happens } = trouble;
  if (problem !== undefined) {
    return <p role="alert">The run could not be played: {problem}</p>;
  }
  const over = recordings !== undefined && at >= RUN_LASTS;
  const [first, second] = over
    ? verdict(resultAt(recordings.holdfast, RUN_LASTS), resultAt(recordings.usual, RUN_LASTS))
    : [at < TROUBLE_AT ? 'All is well …' : happens, stageInWords(trouble, at)];
  return (
    <div className="headline" role="status" data-over={over} data-testid="verdict">
      <p>{first}</p>
      {/* While it counts seconds it is for the eyes alone. */}
      <p aria-hidden={!over}>{second}</p>
    </div>
  );
}

/** How far it has come. */
function stageInWords({ label, lasts }: Trouble, at: number): string {
  const since = at - TROUBLE_AT;
  if (since < 0) return `Next: ${label}`;
  if (since < lasts) return `${label}: ${Math.ceil((lasts - since) / 1_000)} s to go`;
  return lasts === 0 ? label : `${label}: over, and what waited goes out`;
}

function Sides({ state }: { readonly state: PlaybackState }): ReactElement {
  const { recordings, scenario, at } = state;
  if (recordings === undefined) return <div className="sides" aria-busy="true" />;
  const { holdfast, usual } = recordings;
  const common = { scenario, at, most: mostRequests([holdfast, usual]) };
  return (
    <div className="sides">
      <SidePanel side="holdfast" recording={holdfast} result={resultAt(holdfast, at)} {...common} />
      <SidePanel side="usual" recording={usual} result={resultAt(usual, at)} {...common} />
    </div>
  );
}
