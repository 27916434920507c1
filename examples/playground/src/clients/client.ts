import type { HistoryRecorder } from '@holdfast/react/devtools';
import type { LoadOperation } from '../load/operation.ts';
import type { Readable, Resilience } from '@holdfast/core';

/** How many operations a history keeps: half a minute of twenty a second. */
export const KEPT = 600;

/** What a client hands to its application. */
export interface Answer {
  readonly data: unknown;
  readonly error: Error | undefined;
}

/** One of the four, as the page sees it. */
export interface PlaygroundClient {
  readonly title: string;
  /** What it is made of. */
  readonly parts: string;
  /** Rejects only where the client breaks its word: errors are part of an answer. */
  ask(operation: LoadOperation): Promise<Answer>;
  readonly signedIn: Readable<boolean>;
  signIn(): Promise<void>;
  readonly history: HistoryRecorder;
  /** How many requests were sent between a hint and the instant that it named. */
  early(): number;
  /** Where Holdfast is at work. */
  readonly resilience?: Resilience;
}
