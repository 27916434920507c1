import { useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { troubleOf } from '../trouble/troubles.ts';
import type { Trouble } from '../trouble/troubles.ts';
import type { Playground } from './playground.ts';

function inWords({ label, happens, look }: Trouble): string {
  return `${label}: ${happens} ${look}`;
}

/** What the newest trouble is about; read out once, when it is made. */
export function WhatToSee({ playground }: { readonly playground: Playground }): ReactElement {
  const { newest } = useSyncExternalStore(playground.mark.subscribe, playground.mark.get);
  return (
    <section className="what-to-see" aria-labelledby="look">
      <h2 id="look">What to look for</h2>
      <p role="status">
        {newest === undefined
          ? 'All is well: every operation is one request, and nobody needs a new token.'
          : inWords(troubleOf(newest))}
      </p>
    </section>
  );
}
