import { failureOf } from '@holdfast/core';
import type { HistoryEvent } from '@holdfast/react/devtools';
import { apolloAsUsual, apolloWithHoldfast } from '../clients/apollo.ts';
import type { Answer, ShopClient, Surroundings } from '../clients/client.ts';
import { urqlAsUsual, urqlWithHoldfast } from '../clients/urql.ts';
import type { ClientName, Scenario, Side } from '../scenario/scenario.ts';
import { SIGN_IN_AFTER, TROUBLE_AT } from '../scenario/troubles.ts';
import { createApi } from './api.ts';
import { createNetworks } from './network.ts';
import type { OperationRecord, Recording, SignInRecord, StandingRecord } from './recording.ts';
import { shopping } from './shopper.ts';
import type { ShopOperation } from './shopper.ts';
import { VirtualTime } from './virtual-time.ts';

type Create = (surroundings: Surroundings) => Promise<ShopClient>;

const CLIENTS: Readonly<Record<ClientName, Readonly<Record<Side, Create>>>> = {
  apollo: { holdfast: apolloWithHoldfast, usual: apolloAsUsual },
  urql: { holdfast: urqlWithHoldfast, usual: urqlAsUsual },
};

/** A client that rejects has failed its user as well. */
function rejected(error: unknown): Answer {
  return { data: undefined, error: error instanceof Error ? error : new Error(String(error)) };
}

function recordOf(
  { number, kind, name, shopper, at }: ShopOperation,
  { data, error }: Answer,
  end: number,
): OperationRecord {
  const known = { number, kind, name, shopper, at, end };
  if (error === undefined) return { ...known, outcome: 'answered' };
  return {
    ...known,
    outcome: data == null ? 'failed' : 'partial',
    message: error.message,
    stopped: failureOf(error)?.stopped,
  };
}

const until = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Plays one side of a scenario from beginning to end. Takes over the time of the realm that it runs in. */
export async function play(scenario: Scenario, side: Side): Promise<Recording> {
  const time = new VirtualTime(scenario.seed);
  const events: HistoryEvent[] = [];
  const standings: StandingRecord[] = [];
  const signIns: SignInRecord[] = [];
  const { shoppers } = scenario;
  const now = (): number => time.now();

  /** The first shopper's client is the one that is looked into. */
  const watched: Pick<Surroundings, 'record' | 'stand'> = {
    record: (event) => events.push(event),
    stand(standing) {
      // Of what changes in one instant, the end is what is seen.
      if (standings.at(-1)?.at === now()) standings.pop();
      standings.push({ at: now(), ...standing });
    },
  };
  const unwatched: typeof watched = { record: () => {}, stand: () => {} };

  async function shop(clients: readonly ShopClient[]): Promise<OperationRecord[]> {
    const asked = clients.flatMap((client, shopper) =>
      operationsOf(shopper).map(async (operation) => {
        await until(operation.at - now());
        return recordOf(operation, await client.ask(operation).catch(rejected), now());
      }),
    );
    return Promise.all(asked);
  }

  function operationsOf(one: number): readonly ShopOperation[] {
    return shopping(shoppers).filter(({ shopper }) => shopper === one);
  }

  async function signInAgain(client: ShopClient): Promise<void> {
    await until(TROUBLE_AT + SIGN_IN_AFTER - now());
    await client.signIn();
  }

  function noteSignIns({ signedIn: state }: ShopClient, shopper: number): void {
    let known: boolean | undefined;
    const note = (): void => {
      const signedIn = state.get();
      if (known !== signedIn) signIns.push({ at: now(), shopper, signedIn });
      known = signedIn;
    };
    state.subscribe(note);
    note();
  }

  async function whole(): Promise<Recording> {
    const api = await time.standingStill(() => createApi(scenario.trouble, now));
    const networks = createNetworks(api, time, scenario);
    const create = CLIENTS[scenario.client][side];
    // Shoppers sit at devices of their own: what one client has met, the others do not know.
    const clients = await Promise.all(
      Array.from({ length: shoppers }, (_, shopper) =>
        create({
          ...api,
          network: networks.of(shopper),
          ...(shopper === 0 ? watched : unwatched),
        }),
      ),
    );
    clients.forEach(noteSignIns);
    const again = scenario.trouble === 'revoke' ? clients.map(signInAgain) : [];
    const [operations] = await Promise.all([shop(clients), ...again]);
    const { requests } = networks;
    const { placedTwice } = api;
    return { shoppers, operations, requests, placedTwice, signIns, standings, events, end: now() };
  }

  return time.pass(whole());
}
