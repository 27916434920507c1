import { useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { NOTHING } from '../run/recording.ts';
import { RUN_LASTS } from '../scenario/scenario.ts';
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
          <p className="brand">
            <b>Holdfast</b> <span>for Apollo Client and urql</span> <a href={HOME}>Get started</a>
          </p>
          <h1>One shop in trouble: with Holdfast and without</h1>
          <p className="lead">
            Two apps ask for the same at the same instants, and the same goes wrong with their API.
            All that differs is what stands between the app and the network.
          </p>
        </div>
        <Settings playback={playback} scenario={state.scenario} />
      </header>
      <main>
        <TroublePicker playback={playback} scenario={state.scenario} />
        <Headline state={state} />
        <Sides state={state} />
        <Transport playback={playback} state={state} />
        <RunLink playback={playback} scenario={state.scenario} speed={state.speed} />
        {state.recordings !== undefined && (
          <Reasons
            scenario={state.scenario}
            recordings={state.recordings}
            at={Math.floor(state.at / STEP) * STEP}
          />
        )}
      </main>
    </div>
  );
}

/** Milliseconds of the run between two pictures of what is below: they are large, and little changes. */
const STEP = 500;

/** What is going on, and in the end what came of it; read out when it changes. */
function Headline({ state }: { readonly state: PlaybackState }): ReactElement {
  const { problem, recordings, at, scenario } = state;
  const trouble = troubleOf(scenario.trouble);
  const { happens } = trouble;
  if (problem !== undefined) {
    return <p role="alert">The run could not be played: {problem}</p>;
  }
  const over = recordings !== undefined && at >= RUN_LASTS;
  const own = resultAt(recordings?.holdfast ?? NOTHING, at);
  const usual = resultAt(recordings?.usual ?? NOTHING, at);
  const well = recordings === undefined ? 'Both sides are being played …' : 'All is well …';
  const [first, second] = over
    ? verdict(own, usual)
    : [at < TROUBLE_AT ? well : happens, stageInWords(trouble, at)];
  const good = own.failed <= usual.failed;
  return (
    <div
      className="headline"
      role="status"
      data-over={over}
      data-good={over && good}
      data-testid="verdict"
    >
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
  return lasts === 0 ? label : 'Over: what waited goes out';
}

function Sides({ state }: { readonly state: PlaybackState }): ReactElement {
  const { recordings, scenario, at } = state;
  const { holdfast, usual } = recordings ?? { holdfast: NOTHING, usual: NOTHING };
  const common = { scenario, at, most: mostRequests([holdfast, usual]) };
  const results = { holdfast: resultAt(holdfast, at), usual: resultAt(usual, at) };
  return (
    <div className="sides" aria-busy={recordings === undefined}>
      <SidePanel side="holdfast" recording={holdfast} results={results} {...common} />
      <SidePanel side="usual" recording={usual} results={results} {...common} />
    </div>
  );
}
