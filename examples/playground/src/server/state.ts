import type { ForEachClient } from '../clients/names.ts';
import type { TroubleName } from '../trouble/troubles.ts';

/** Where one of the servers is. */
export interface Addresses {
  readonly graphql: string;
  readonly token: string;
}

/** The first thing that a page is told: its own four servers. */
export interface StageOpened {
  readonly id: string;
  readonly servers: ForEachClient<Addresses>;
}

/** What a server has seen since the counts began. */
export interface ServerCounts {
  /** GraphQL requests. */
  readonly requests: number;
  /** Requests to the token endpoint, sign-ins included. */
  readonly tokenCalls: number;
  /** Times that an order was placed which had been placed before. */
  readonly placedTwice: number;
}

/** What a page is told several times a second. */
export interface StageState {
  readonly counts: ForEachClient<ServerCounts>;
  /** What is wrong now, and for how many milliseconds more. */
  readonly active: readonly { readonly name: TroubleName; readonly left: number }[];
}
