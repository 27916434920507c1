import type { PlaygroundClient } from '../clients/client.ts';
import { createClients } from '../clients/clients.ts';
import { clientNames, forEachClient } from '../clients/names.ts';
import type { ForEachClient } from '../clients/names.ts';
import { createNetwork } from '../clients/network.ts';
import { Tally } from '../clients/tally.ts';
import { Load } from '../load/load.ts';
import { Value } from '../readable.ts';
import type { StageState } from '../server/state.ts';
import type { TroubleName } from '../trouble/troubles.ts';
import { connectStage } from './stage-connection.ts';

/** Operations a second that run at once. */
const MODEST = 4;

/** A browser refuses requests where a page has some thousands under way. */
const MOST_IN_FLIGHT = 1_000;

/** What was last pressed, and since when the counts count; instants are epoch milliseconds. */
export interface Mark {
  readonly since: number;
  /** The first since then. Absent: nothing was pressed yet. */
  readonly trouble?: TroubleName;
  /** The newest. */
  readonly newest?: TroubleName;
}

/** Everything that the page shows and does. */
export interface Playground {
  readonly clients: ForEachClient<PlaygroundClient>;
  readonly tallies: ForEachClient<Tally>;
  readonly load: Load;
  readonly stage: Value<StageState | undefined>;
  readonly lost: Value<boolean>;
  readonly mark: Value<Mark>;
  makeTrouble(name: TroubleName): Promise<void>;
  endTrouble(): Promise<void>;
  /** Whoever is signed out is signed in. */
  signIn(): Promise<void>;
}

export async function openPlayground(): Promise<Playground> {
  const network = createNetwork();
  const { opened, state, lost, begin, clear } = await connectStage();
  const clients = await createClients(opened.servers, network);
  const tallies = forEachClient((name) => new Tally(clients[name]));
  const mark = new Value<Mark>({ since: Date.now() });
  const load = new Load({
    rate: MODEST,
    ask: (operation) => {
      for (const name of clientNames) void tallies[name].ask(operation);
    },
    hasRoom: () => network.inFlight() < MOST_IN_FLIGHT,
  });
  state.subscribe(() => {
    network.setConnected(state.get()?.active.every(({ name }) => name !== 'offline') ?? true);
  });
  load.setRunning(true);
  return {
    clients,
    tallies,
    load,
    stage: state,
    lost,
    mark,
    async makeTrouble(name) {
      const anew = state.get()?.active.length === 0;
      if (anew) {
        for (const client of clientNames) tallies[client].reset();
        mark.set({ since: Date.now(), trouble: name, newest: name });
      } else mark.set({ trouble: name, ...mark.get(), newest: name });
      await begin(name, anew);
    },
    endTrouble: clear,
    async signIn() {
      const signedOut = Object.values(clients).filter(({ signedIn }) => !signedIn.get());
      await Promise.all(signedOut.map((client) => client.signIn()));
    },
  };
}
