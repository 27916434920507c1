import type { Cancel } from '@holdfast/core';
import type { Answer, Operation } from './api.ts';
import type { Chance } from './chance.ts';
import type { Timeline } from './timeline.ts';

/** What one client has to do with the world. */
export interface Place {
  readonly timeline: Timeline;
  readonly chance: Chance;
  /** How many operations may be in flight at once, for whoever can be told. */
  readonly concurrency: number | undefined;
  /** A token to begin with, where the API wants one: the instant at which it was issued. */
  readonly token: number | undefined;
  send(operation: Operation, token: number, receive: (answer: Answer) => void): Cancel;
  /** Asks for a token; `undefined` where the endpoint is down. */
  refresh(): Promise<number | undefined>;
}

/** One client, such as a tab with the application open. */
export interface Client {
  /** Runs an operation; says once whether it was answered. */
  run(operation: Operation, settled: (answered: boolean) => void): void;
}

/** A way to treat failures. */
export interface Policy {
  readonly name: string;
  /** Whose algorithm, and of which version. */
  readonly source: string;
  client(place: Place): Client;
}
