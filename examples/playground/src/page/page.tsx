import { useSyncExternalStore } from 'react';
import type { ReactElement } from 'react';
import { clientNames } from '../clients/names.ts';
import { ClientCard } from './client-card.tsx';
import { LoadPanel } from './load-panel.tsx';
import { Numbers } from './numbers.tsx';
import type { Playground } from './playground.ts';
import { TroublePanel } from './trouble-panel.tsx';
import { NowProvider, useTicking } from './use-now.ts';
import { WhatToSee } from './what-to-see.tsx';

export function Page({ playground }: { readonly playground: Playground }): ReactElement {
  const now = useTicking();
  const lost = useSyncExternalStore(playground.lost.subscribe, playground.lost.get);
  return (
    <NowProvider value={now}>
      <header>
        <h1>Holdfast playground</h1>
        <p>
          Four clients send the same operations at the same instants, each to its own copy of one
          server: Apollo and urql, with Holdfast and with what they bring themselves. Make trouble,
          and see what each of them makes of it. Try <em>Expire the token</em> first.
        </p>
        {lost && (
          <p className="lost" role="alert">
            The server has gone. Start it again, and this page loads anew.
          </p>
        )}
      </header>
      <main>
        <div className="controls">
          <TroublePanel playground={playground} />
          <LoadPanel load={playground.load} />
        </div>
        <div className="findings">
          <WhatToSee playground={playground} />
          <Numbers playground={playground} />
          <section className="pictures" aria-labelledby="pictures">
            <h2 id="pictures">The last half minute</h2>
            <div className="cards">
              {clientNames.map((name, index) => (
                <ClientCard
                  key={name}
                  client={playground.clients[name]}
                  tally={playground.tallies[name]}
                  legend={index === 0}
                />
              ))}
            </div>
          </section>
        </div>
      </main>
    </NowProvider>
  );
}
