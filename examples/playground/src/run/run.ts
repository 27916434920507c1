import { failureOf } from '@holdfast/core';
import type { HistoryEvent } from '@holdfast/react/devtools';
import { apolloAsUsual, apolloWithHoldfast } from '../clients/apollo.ts';
import type { Answer, ShopClient, Surroundings } from '../clients/client.ts';
import { urqlAsUsual, urqlWithHoldfast } from '../clients/urql.ts';
import type { ClientName, Scenario, Side } from '../scenario/scenario.ts';
import { SIGN_IN_AFTER, TROUBLE_AT } from '../scenario/troubles.ts';
import { createApi } from './api.ts';
import { createNetwork } from './network.ts';
import type { OperationRecord, Recording, StandingRecord } from './recording.ts';
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
  const signIns: { at: number; signedIn: boolean }[] = [];
  const now = (): number => time.now();

  async function shop(client: ShopClient): Promise<OperationRecord[]> {
    const asked = shopping(scenario.shoppers).map(async (operation) => {
      await until(operation.at - now());
      return recordOf(operation, await client.ask(operation).catch(rejected), now());
    });
    return Promise.all(asked);
  }

  async function signInAgain(client: ShopClient): Promise<void> {
    await until(TROUBLE_AT + SIGN_IN_AFTER - now());
    await client.signIn();
  }

  async function whole(): Promise<Recording> {
    const api = await time.standingStill(() => createApi(scenario.trouble, now));
    const network = createNetwork(api, time, scenario);
    const client = await CLIENTS[scenario.client][side]({
      ...api,
      network,
      record: (event) => events.push(event),
      stand(standing) {
        // Of what changes in one instant, the end is what is seen.
        if (standings.at(-1)?.at === now()) standings.pop();
        standings.push({ at: now(), ...standing });
      },
    });
    const note = (): void => {
      const signedIn = client.signedIn.get();
      if (signIns.at(-1)?.signedIn !== signedIn) signIns.push({ at: now(), signedIn });
    };
    client.signedIn.subscribe(note);
    note();
    const [operations] = await Promise.all([
      shop(client),
      ...(scenario.trouble === 'revoke' ? [signInAgain(client)] : []),
    ]);
    const { requests } = network;
    const { placedTwice } = api;
    return { operations, requests, placedTwice, signIns, standings, events, end: now() };
  }

  return time.pass(whole());
}
