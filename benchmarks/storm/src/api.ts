import type { Chance } from './chance.ts';

/** One operation of a client. */
export interface Operation {
  readonly kind: 'query' | 'mutation';
  readonly name: string;
  /** Virtual instant at which it was asked for. */
  readonly began: number;
  /** How often the server has run it, whatever it then answered. */
  runs: number;
}

/** How a request was answered: an HTTP status, or 0 where there was no connection. */
export interface Answer {
  readonly status: number;
  /** Retry-After, seconds. */
  readonly retryAfter?: number;
  /** The server has run the operation. */
  readonly ran?: boolean;
  /** Milliseconds that it takes beyond what a request takes anyway. */
  readonly takes?: number;
}

export interface Request {
  readonly operation: Operation;
  /** Virtual instant. */
  readonly now: number;
  readonly chance: Chance;
}

/** What is wrong with an API; `undefined` where a request is answered well. */
export type Trouble = (request: Request) => Answer | undefined;

/**
 * A server that breaks while it answers. Half of what it fails at it has done, as where a transaction was
 * committed and the answer could not be written.
 */
export function broken({ chance }: Request): Answer {
  return { status: 500, ran: chance() < 0.5 };
}
