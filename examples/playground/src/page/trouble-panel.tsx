import { useState, useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { clientNames } from '../clients/names.ts';
import { troubles } from '../trouble/troubles.ts';
import type { Trouble } from '../trouble/troubles.ts';
import type { Playground } from './playground.ts';

interface TroubleButtonProps {
  readonly trouble: Trouble;
  /** Milliseconds; `undefined`: not on. */
  readonly left: number | undefined;
  onPress(): void;
}

function TroubleButton({ trouble, left, onPress }: TroubleButtonProps): ReactElement {
  const { name, label, happens } = trouble;
  return (
    <li>
      <button
        type="button"
        className="trouble"
        data-on={left !== undefined}
        aria-describedby={`happens-${name}`}
        onClick={onPress}
      >
        {label}
        {left !== undefined && <span className="left">{Math.ceil(left / 1_000)} s left</span>}
      </button>
      <p id={`happens-${name}`}>{happens}</p>
    </li>
  );
}

/** Everything that can be made to go wrong, and the ways back. */
export function TroublePanel({ playground }: { readonly playground: Playground }): ReactElement {
  const { stage, clients, makeTrouble, endTrouble, signIn } = playground;
  const [complaint, setComplaint] = useState('');
  const perform = (work: Promise<void>): void => {
    setComplaint('');
    work.catch((error: unknown) => setComplaint(`That failed. ${String(error)}`));
  };
  const state = useSyncExternalStore(stage.subscribe, stage.get);
  const left = (name: string): number | undefined =>
    state?.active.find((active) => active.name === name)?.left;
  // The stage tells of itself several times a second: often enough to see who is signed out.
  const signedOut = clientNames.filter((name) => !clients[name].signedIn.get());
  return (
    <section aria-labelledby="troubles">
      <h2 id="troubles">Make trouble</h2>
      <ul className="troubles">
        {troubles.map((trouble) => (
          <TroubleButton
            key={trouble.name}
            trouble={trouble}
            left={left(trouble.name)}
            onPress={() => perform(makeTrouble(trouble.name))}
          />
        ))}
      </ul>
      <div className="ways-back">
        <button type="button" onClick={() => perform(endTrouble())}>
          All well again
        </button>
        <button type="button" onClick={() => perform(signIn())}>
          Sign in again
        </button>
        <p role="status">
          {signedOut.length === 0
            ? 'All four are signed in.'
            : `Signed out: ${signedOut.map((name) => clients[name].title).join(', ')}.`}
        </p>
        <p role="alert">{complaint}</p>
      </div>
    </section>
  );
}
