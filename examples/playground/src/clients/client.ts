import type { Readable } from '@holdfast/core';
import type { HistoryEvent } from '@holdfast/react/devtools';
import type { Network } from '../run/network.ts';
import type { StandingRecord } from '../run/recording.ts';
import type { ShopOperation } from '../run/shopper.ts';

/** What a client hands to its application. */
export interface Answer {
  readonly data: unknown;
  readonly error: Error | undefined;
}

/** One of the four, signed in. */
export interface ShopClient {
  /** Rejects only where the client breaks its word: errors are part of an answer. */
  ask(operation: ShopOperation): Promise<Answer>;
  readonly signedIn: Readable<boolean>;
  signIn(): Promise<void>;
}

/** What a client is made with. */
export interface Surroundings {
  readonly url: string;
  readonly tokenUrl: string;
  readonly network: Network;
  record(event: HistoryEvent): void;
  /** Hears what an instance of Holdfast says of itself. */
  stand(standing: Omit<StandingRecord, 'at'>): void;
}
