import type { Resilience } from '@holdfast/core';
import { useEffect, useId, useRef, useSyncExternalStore } from 'react';
import type { KeyboardEvent, ReactElement } from 'react';
import { ActivityFacts, FailureFacts, LimitFacts, SessionFacts } from './facts.tsx';
import type { HistoryRecorder } from './recorder.ts';
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
  const history = useSyncExternalStore(recorder.subscribe, recorder.get, recorder.get);
  const state = useSyncExternalStore(session.subscribe, session.get, session.get);
  const closed = useSyncExternalStore(limits.subscribe, limits.get, limits.get);
  const waiting = useSyncExternalStore(activity.subscribe, activity.get, activity.get);
  // An expiry counts down, whatever else happens.
  useTicking(true, clock);
  const now = clock.wall();
  const title = useId();
  const close = useRef<HTMLButtonElement>(null);
  useEffect(() => close.current?.focus(), []);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    onClose();
  };
  return (
    <div className="panel" role="dialog" aria-labelledby={title} onKeyDown={onKeyDown}>
      <div className="bar">
        <h2 id={title}>Holdfast</h2>
        <button type="button" onClick={recorder.clear}>
          Clear
        </button>
        <button type="button" ref={close} onClick={onClose}>
          Close
        </button>
      </div>
      <div className="body">
        <div className="facts">
          <SessionFacts session={state} now={now} />
          <LimitFacts limits={closed} now={now} />
          <ActivityFacts activity={waiting} now={now} />
        </div>
        <Timeline history={history} now={now} title="Timeline" nonce={nonce} />
        <FailureFacts failures={history.failures} now={now} />
      </div>
    </div>
  );
}
