import { useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { MOST_OPERATIONS } from '../load/load.ts';
import type { Load } from '../load/load.ts';

/** How much is asked of each client. */
export function LoadPanel({ load }: { readonly load: Load }): ReactElement {
  const { rate, running, heldBack } = useSyncExternalStore(load.state.subscribe, load.state.get);
  return (
    <section aria-labelledby="load">
      <h2 id="load">Load</h2>
      <div className="load">
        <label htmlFor="rate">Operations a second, of each client</label>
        <output htmlFor="rate">{rate}</output>
        <input
          id="rate"
          type="range"
          min={0}
          max={MOST_OPERATIONS}
          value={rate}
          aria-describedby="mutations"
          onChange={({ target }) => load.setRate(target.valueAsNumber)}
        />
        <p id="mutations">
          {heldBack
            ? 'Held back: a thousand requests are under way.'
            : 'Every fourth is a mutation.'}
        </p>
        <button type="button" onClick={() => load.setRunning(!running)}>
          {running ? 'Pause' : 'Start'}
        </button>
      </div>
    </section>
  );
}
