import type { Resilience } from '@holdfast/core';
import { useEffect, useId, useRef, useState, useSyncExternalStore } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import { CopyButton } from './copy-button.tsx';
import { DOCKS, useDock } from './dock.ts';
import type { Dock } from './dock.ts';
import { ActivityFacts, LimitFacts, SessionFacts } from './facts.tsx';
import { FailureFacts } from './failures.tsx';
import { meantActivity, meantHistory } from './filter.ts';
import type { HistoryRecorder } from './recorder.ts';
import { snapshotOf } from './snapshot.ts';
import { Timeline } from './timeline.tsx';
import { useTicking } from './use-ticking.ts';

interface PanelProps {
  readonly resilience: Resilience;
  readonly recorder: HistoryRecorder;
  readonly nonce: string | undefined;
  readonly onClose: () => void;
}

/** What goes on in an instance. It stands beside the page: it takes the focus once, and holds nobody in. */
export function Panel({ resilience, recorder, nonce, onClose }: PanelProps): ReactElement {
  const { session, limits, activity, clock } = resilience;
  const recorded = useSyncExternalStore(recorder.subscribe, recorder.get, recorder.get);
  const state = useSyncExternalStore(session.subscribe, session.get, session.get);
  const closed = useSyncExternalStore(limits.subscribe, limits.get, limits.get);
  const waiting = useSyncExternalStore(activity.subscribe, activity.get, activity.get);
  // An expiry counts down, whatever else happens.
  useTicking(true, clock);
  const now = clock.wall();
  const [words, setWords] = useState('');
  const [dock, setDock] = useDock();
  const title = useId();
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => close.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onClose();
  };
  const history = meantHistory(recorded, words);
  const meant = meantActivity(waiting, words);
  const snapshot = (): string =>
    snapshotOf({ at: now, session: state, limits: closed, activity: meant, history });
  return (
    <div
      className="panel"
      data-dock={dock}
      role="dialog"
      aria-labelledby={title}
      onKeyDown={onKeyDown}
    >
      <div className="bar">
        <h2 id={title}>Holdfast</h2>
        <Filter words={words} onWords={setWords} />
        <DockButtons dock={dock} onDock={setDock} />
        <CopyButton text={snapshot} short />
        <button type="button" onClick={recorder.clear}>
          Clear
        </button>
        <button type="button" ref={close} onClick={onClose}>
          Close
        </button>
      </div>
      <div className="body">
        <div className="content">
          <div className="facts">
            <SessionFacts session={state} now={now} />
            <LimitFacts limits={closed} now={now} />
            <ActivityFacts activity={meant} now={now} />
          </div>
          <Timeline history={history} now={now} title="Timeline" nonce={nonce} />
          <FailureFacts history={history} now={now} />
        </div>
      </div>
    </div>
  );
}

interface FilterProps {
  readonly words: string;
  readonly onWords: (words: string) => void;
}

function Filter({ words, onWords }: FilterProps): ReactElement {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || words === '') return;
    // What was typed goes first, and the panel with the next one.
    event.stopPropagation();
    onWords('');
  };
  return (
    <input
      type="search"
      className="filter"
      placeholder="Filter"
      aria-label="Filter operations by name or kind"
      value={words}
      onChange={({ currentTarget }) => onWords(currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  );
}

/** Of a window of 16 by 12, the part that the panel takes. */
const PARTS: Readonly<Record<Dock, string>> = {
  left: 'M1 1h5v10H1z',
  bottom: 'M1 6h14v5H1z',
  right: 'M10 1h5v10h-5z',
};

interface DockButtonsProps {
  readonly dock: Dock;
  readonly onDock: (dock: Dock) => void;
}

function DockButtons({ dock, onDock }: DockButtonsProps): ReactElement {
  return (
    <span className="docks" role="group" aria-label="Side of the window">
      {DOCKS.map((side) => (
        <button
          key={side}
          type="button"
          aria-pressed={side === dock}
          aria-label={`Dock to the ${side}`}
          title={`Dock to the ${side}`}
          onClick={() => onDock(side)}
        >
          <svg width="16" height="12" viewBox="0 0 16 12" aria-hidden="true">
            <rect
              x="0.5"
              y="0.5"
              width="15"
              height="11"
              rx="1.5"
              fill="none"
              stroke="currentColor"
            />
            <path d={PARTS[side]} fill="currentColor" />
          </svg>
        </button>
      ))}
    </span>
  );
}
