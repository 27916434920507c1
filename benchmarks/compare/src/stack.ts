import type { Application } from './application.ts';
import type { Outcome } from './outcome.ts';

export interface Request {
  readonly document: string;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
  /** Given to the client as both clients take it: in `context.fetchOptions`. */
  readonly signal?: AbortSignal | undefined;
}

/** A query that a component has subscribed to. */
export interface Running {
  readonly outcome: Promise<Outcome>;
  /** The component goes away. */
  stop(): void;
}

/** What the scenarios need of a client: the same for all of them. */
export interface StackClient {
  query(request: Request): Running;
  mutate(request: Request): Promise<Outcome>;
  close(): void;
}

/** What a stack is set up for. */
export interface Setting {
  readonly url: string;
  readonly application: Application;
  /** Deadlines in milliseconds, where a stack can have one. Default: the stack's own. */
  readonly attemptTimeout?: number | undefined;
  readonly refreshTimeout?: number | undefined;
  /** The longest hint, in milliseconds, that a tuned stack honours. Default 30,000, as Holdfast's. */
  readonly longestHint?: number | undefined;
  /** A callback of the application that throws: the one that signs, or the one that is asked about retries. */
  readonly throwing?: 'sign' | 'retry' | undefined;
}

/** A client with its links or exchanges, as an application would set it up. */
export interface Stack {
  readonly name: string;
  /** What is in it, for the reader of the comparison. Markdown. */
  readonly contents: string;
  /** Ours: it has to meet every expectation. */
  readonly holdfast: boolean;
  /** Whether it learns of dead tokens from the server's answers too, and not from the clock alone. */
  readonly readsAnswers: boolean;
  start(setting: Setting): StackClient;
}

/** For {@link Setting.throwing}. */
export function makeMistake(): never {
  throw new Error('A mistake of the application.');
}
