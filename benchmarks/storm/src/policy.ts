import type { Chance } from './chance.ts';
import type { Timeline } from './timeline.ts';
import type { Wire } from './wire.ts';

/** Where a client lives: a browser's tab has a smaller budget than a server process. */
export type Habitat = 'tab' | 'process';

/** What a client is given. */
export interface Place {
  /** Its number in the storm. */
  readonly id: number;
  readonly habitat: Habitat;
  readonly wire: Wire;
  readonly timeline: Timeline;
  readonly chance: Chance;
  /** A token to begin with, where the API wants one. */
  readonly token: string | undefined;
}

/** One client: a tab, or a process. */
export interface Client {
  /** Runs a query; says once whether it was answered. */
  query(settled: (answered: boolean) => void): void;
}

/** A way to treat failures. */
export interface Policy {
  readonly name: string;
  /** Whose algorithm, and of which version. */
  readonly source: string;
  client(place: Place): Client;
}
