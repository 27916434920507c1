import { ResilienceProvider, ResilienceStatus } from '@holdfast/react';
import { Timeline } from '@holdfast/react/devtools';
import { useId, useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import type { PlaygroundClient } from '../clients/client.ts';
import type { LastFailure, Tally } from '../clients/tally.ts';
import { useNow } from './use-now.ts';

/** Milliseconds that a picture shows. */
const WINDOW = 30_000;

function Failed({ failure }: { readonly failure: LastFailure }): ReactElement {
  return (
    <p className="failed">
      Last failure, of {failure.operation}: “{failure.message}” {failure.advice}
    </p>
  );
}

interface ClientCardProps {
  readonly client: PlaygroundClient;
  readonly tally: Tally;
  /** Whether it explains the signs of the picture. */
  readonly legend: boolean;
}

/** What one client has lately done. */
export function ClientCard({ client, tally, legend }: ClientCardProps): ReactElement {
  const { title, parts, history, resilience } = client;
  const id = useId();
  const now = useNow();
  const isSignedIn = useSyncExternalStore(client.signedIn.subscribe, client.signedIn.get);
  const past = useSyncExternalStore(history.subscribe, history.get);
  return (
    <article className="card" aria-labelledby={id}>
      <div className="card-head">
        <h3 id={id}>{title}</h3>
        <p className="standing">
          {resilience === undefined ? (
            !isSignedIn && 'Signed out'
          ) : (
            <ResilienceProvider resilience={resilience}>
              <ResilienceStatus />
            </ResilienceProvider>
          )}
        </p>
      </div>
      <p className="parts">{parts}</p>
      <Timeline
        history={past}
        title={`${title}: operations`}
        now={now}
        window={WINDOW}
        packed
        legend={legend}
      />
      {tally.lastFailure !== undefined && <Failed failure={tally.lastFailure} />}
    </article>
  );
}
