import type { Habitat } from './policy.ts';
import type { TokenLimit } from './token-endpoint.ts';
import type { Trouble } from './trouble.ts';

/** Who uses the API. Each client sends queries at random instants, as often whatever comes of them. */
export interface Population {
  readonly habitat: Habitat;
  /** How many there are in the story. */
  readonly clients: number;
  /** How many are simulated, each with an instance of its own; the server is made smaller in proportion. */
  readonly simulated: number;
  /** Milliseconds between two moments at which a client asks for something, on average. */
  readonly every: number;
  /** How many queries it sends at such a moment. */
  readonly burst: number;
  /** Everybody asks at instant 0 as well, such as after a push message. */
  readonly atOnce?: boolean;
}

/** One storm: who sends what, and what goes wrong. Times in virtual milliseconds. */
export interface Scenario {
  readonly id: string;
  readonly population: Population;
  readonly troubles: readonly Trouble[];
  /** Clients stop asking; what is under way comes to its end. */
  readonly until: number;
  readonly server: ServerSize;
  /** The API wants tokens, and this is how many are issued. */
  readonly tokens?: { readonly limit?: TokenLimit };
}

export interface ServerSize {
  /** How much of the normal load it can serve; `Infinity` where clients are to meet nothing but the trouble. */
  readonly headroom: number;
  /** Seconds of work that may wait. */
  readonly queue: number;
  /** Milliseconds until the gateway's 504. */
  readonly patience: number;
}

/** Half as much again as the normal load, and a queue that holds more than anybody waits for. */
export const ORDINARY_SERVER: ServerSize = { headroom: 1.5, queue: 15, patience: 10_000 };

/** Serves any number of clients, so that they do not meet each other and can be simulated in turns. */
export const ENDLESS_SERVER: ServerSize = { headroom: Infinity, queue: 15, patience: 10_000 };

/** Requests a second, as long as nothing is wrong; of the clients that are simulated. */
export function normalLoad({ simulated, every, burst }: Population): number {
  return (simulated * burst * 1_000) / every;
}
