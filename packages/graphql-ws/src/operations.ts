import { operationsIn } from '@holdfast/core';
import type { ConnectionLoss, Failure, OperationInfo, StopReason } from '@holdfast/core';
import { read } from './message.ts';
import type { Message } from './message.ts';
import { OperationEnded, SocketClosed } from './socket-closed.ts';
import type { CloseLike } from './socket-closed.ts';

/** With these a server closes over an operation that it cannot take, and not only over its own trouble. */
const OVER_AN_OPERATION: ReadonlySet<number> = new Set([1011, 4500]);
/** How soon a server closes over what it was sent, as a rule; in milliseconds. */
export const SOON = 1_000;
/** After this long it has let an operation in, although nothing has come of it; in milliseconds. */
const LONG = 30_000;

const ENDS = /"type"\s*:\s*"(?:complete|error)"/;

/** An operation that goes over sockets, one after another. */
export class Operation {
  readonly id: string;
  readonly kind: OperationInfo['kind'];
  /** The socket that it has been sent over and is under way on. */
  socket: object | undefined;
  /** Monotonic instant at which it was sent, and its place among all that were. */
  at = 0;
  place = 0;
  /** Something has come of it. */
  heard = false;
  /** More is to come of it, as far as is known. */
  more = true;
  /** It waits to be sent over the socket that is open. */
  held = false;
  /** How many sockets in a row were closed over operations while it was one of those. */
  losses = 0;
  /** Whoever began it has signed out since. */
  departed: Failure | undefined;
  /** What it gets where graphql-ws would have it sent again. */
  end: Error | undefined;

  constructor(id: string, kind: OperationInfo['kind']) {
    this.id = id;
    this.kind = kind;
  }
}

/** What an operation gets that is not sent over the next socket: an error, or the end of what it had. */
export interface Ended {
  readonly id: string;
  readonly error: Error | undefined;
}

/**
 * The operations of one connection. graphql-ws sends everything that is under way once more over the next
 * socket and asks nobody: here stands what must not be (S1, S4, T11b).
 */
export class Operations {
  /** The one that must be alone on the next socket, for it to be known whether sockets break over it. */
  trial: Operation | undefined;
  readonly #known = new Map<string, Operation>();
  readonly #now: () => number;
  #places = 0;

  /** @param now monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The operation of a `subscribe` message. */
  of({ id, payload }: Message): Operation {
    const name = String(id);
    let operation = this.#known.get(name);
    if (operation === undefined) {
      operation = new Operation(name, kindOf(payload));
      this.#known.set(name, operation);
    }
    return operation;
  }

  sent(operation: Operation, socket: object): void {
    operation.socket = socket;
    operation.held = false;
    operation.at = this.#now();
    operation.place = ++this.#places;
  }

  /** Nobody wants it any more, or the server has ended it. */
  over(id: string): Operation | undefined {
    const operation = this.#known.get(id);
    this.#known.delete(id);
    return operation;
  }

  /** Takes a message from the server; answers with the operation that it is for, where that is looked at. */
  received(data: unknown): Operation | undefined {
    if (typeof data !== 'string' || !(this.#listening || ENDS.test(data))) return undefined;
    const { id, type, payload } = read(data);
    if (type === 'complete' || type === 'error') return this.over(String(id));
    const operation = this.#known.get(String(id));
    if (operation === undefined || type !== 'next') return undefined;
    operation.heard = true;
    operation.losses = 0;
    operation.more = property(payload, 'hasNext') === true;
    return operation;
  }

  /** Something was sent over a socket, this one or an earlier one. */
  get haveBeenSent(): boolean {
    return this.#places > 0;
  }

  /** No query or mutation is under way over a socket. */
  idle(socket: object): boolean {
    return this.#over(socket).every(({ kind }) => kind === 'subscription');
  }

  /** Whoever was signed in is not any more. */
  depart(failure: Failure): void {
    for (const operation of this.#known.values()) operation.departed = failure;
  }

  /**
   * A socket is lost: which operations end with it. The others may be sent over the next one.
   *
   * @param event `undefined` where this side gave it up.
   * @param loss `undefined` where nothing was wrong with it.
   */
  lost(socket: object, event: CloseLike | undefined, loss: ConnectionLoss | undefined): Ended[] {
    const over = this.#over(socket);
    for (const operation of this.#known.values()) operation.held = false;
    const culprit = loss === undefined ? undefined : this.#culprit(over, event, loss);
    const ended: Ended[] = [];
    for (const operation of over) {
      operation.socket = undefined;
      if (operation.kind !== 'subscription' && operation.heard && !operation.more) {
        // All of its answer was there, but for the word that it was.
        ended.push({ id: operation.id, error: undefined });
        continue;
      }
      const failure = endOf(operation, loss, operation === culprit);
      if (failure === undefined) continue;
      ended.push({ id: operation.id, error: new OperationEnded(failure, event) });
    }
    return ended;
  }

  /** Keeps for an operation what it gets when graphql-ws would send it again. */
  keep({ id, error }: Ended): void {
    const operation = this.#known.get(id);
    if (operation !== undefined) operation.end = error ?? new SocketClosed(undefined);
  }

  /** Forgets those that were not sent over a socket on which they could have been. */
  forgetLeft(socket: object): void {
    for (const operation of this.#known.values()) {
      if (operation.socket !== socket && !operation.held) this.over(operation.id);
    }
  }

  /** What an operation gets that must not be sent again; `undefined` where it may be sent. */
  refused({ id, kind, departed, place, end }: Operation): Ended | undefined {
    const error =
      departed === undefined
        ? (end ?? (kind === 'mutation' && place > 0 ? new SocketClosed(undefined) : undefined))
        : new OperationEnded(signedOut(departed, place > 0), undefined);
    if (error === undefined) return undefined;
    this.over(id);
    return { id, error };
  }

  clear(): void {
    this.#known.clear();
    this.trial = undefined;
  }

  /** Somebody waits for something that only a look into each message can tell. */
  get #listening(): boolean {
    for (const { heard, kind } of this.#known.values()) {
      if (!heard || kind !== 'subscription') return true;
    }
    return false;
  }

  #over(socket: object): Operation[] {
    return [...this.#known.values()].filter((operation) => operation.socket === socket);
  }

  /**
   * The operation that a socket was closed over, where that is certain and has happened often enough. Of
   * several it is the one that was there each time; before it pays for that, it is sent alone once.
   */
  #culprit(
    over: readonly Operation[],
    event: CloseLike | undefined,
    { failure, attempts }: ConnectionLoss,
  ): Operation | undefined {
    const isOther = failure.freshToken === true || failure.kind === 'rate_limited';
    if (event === undefined || !OVER_AN_OPERATION.has(event.code) || isOther) return undefined;
    const suspects = this.#suspects(over);
    // A mutation ends with the first.
    if (suspects.at(-1)?.kind === 'mutation') return undefined;
    for (const operation of suspects) operation.losses++;
    const most = Math.max(...suspects.map(({ losses }) => losses));
    const suspect = suspects.filter(({ losses }) => losses === most).at(-1);
    if (suspect === undefined) return undefined;
    const isCertain = suspects.length === 1;
    if (isCertain && suspect.losses >= attempts) return suspect;
    if (!isCertain && suspect.losses >= attempts - 1) this.trial = suspect;
    return undefined;
  }

  /** Those of which nothing has come, and which were sent so late that it may be one of them; the last one last. */
  #suspects(over: readonly Operation[]): Operation[] {
    const now = this.#now();
    const silent = over.filter(({ heard }) => !heard).sort((one, two) => one.place - two.place);
    for (const operation of silent) if (now - operation.at >= LONG) operation.losses = 0;
    const late = silent.filter(({ at }) => now - at < SOON);
    return late.length > 0 ? late : silent.slice(-1).filter(({ at }) => now - at < LONG);
  }
}

/** The end of what its user left behind: only of what was never sent is it known that it has not run (F9). */
export function signedOut(departed: Failure, wasSent: boolean): Failure {
  const failure: Failure = { ...departed, attempts: wasSent ? 1 : 0, stopped: 'signed_out' };
  return wasSent ? { ...failure, executed: undefined } : failure;
}

/** Why an operation is not sent over the next socket; `undefined` where it may be. */
function endOf(
  { kind, heard, departed, losses }: Operation,
  loss: ConnectionLoss | undefined,
  isCulprit: boolean,
): Failure | undefined {
  if (departed !== undefined) {
    const { advice } = kind === 'mutation' && loss !== undefined ? loss.unknown : departed;
    return { ...signedOut(departed, true), advice };
  }
  if (loss === undefined) return undefined;
  if (kind === 'mutation') return loss.unknown;
  const stopped = (reason: StopReason): Failure => ({
    ...loss.failure,
    attempts: Math.max(1, losses),
    stopped: reason,
  });
  if (kind === 'query' && heard) return stopped('delivered_data');
  return isCulprit ? stopped('attempts') : undefined;
}

/**
 * A document that is none, or does not say which of its operations is meant, is the server's to refuse. A server that
 * does not must not be sent it twice where it may be a mutation (M1).
 */
function kindOf(payload: unknown): OperationInfo['kind'] {
  const name = property(payload, 'operationName') || undefined;
  const document = String(property(payload, 'query'));
  const all = operationsIn(document);
  const meant = all.find((each) => (name === undefined ? all.length === 1 : each.name === name));
  return meant?.kind ?? (/\bmutation\b/.test(document) ? 'mutation' : 'subscription');
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}
