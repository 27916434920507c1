import type {
  Attempt,
  AttemptReceiver,
  Cancel,
  Clock,
  ConnectionLoss,
  Failure,
  OperationInfo,
  Resilience,
  Signal,
  Transport,
} from '@holdfast/core';
import { connectionPolicy } from '@holdfast/core/socket';
import type { Told } from './message.ts';
import { Operations, signedOut } from './operations.ts';
import type { Ended } from './operations.ts';
import { OperationEnded } from './socket-closed.ts';
import type { CloseLike } from './socket-closed.ts';

/** A socket that was opened with a permit. */
export interface Holder {
  /** No query or mutation is under way over it. */
  readonly idle: boolean;
  /** The server has let it in. */
  readonly acknowledged: boolean;
  abandon(): void;
  /** Whoever opened it is not signed in any more. */
  depart(): void;
}

/** The core's leave to open one socket. */
export interface Permit {
  readonly headers: Attempt['headers'];
  readonly receiver: AttemptReceiver<Told>;
  /** The socket that was opened with it. */
  holder: Holder | undefined;
}

/** The answer to a socket that is to be opened. */
export type Entrance =
  | { readonly type: 'open'; readonly permit: Permit }
  /** Without an `error`: not now; graphql-ws is to wait. */
  | { readonly type: 'refused'; readonly error: unknown };

const THERE = { data: true } as const;

/**
 * The connection of one graphql-ws client, as one operation of the core: each socket is an attempt. The
 * core says when one may be opened and what comes after it; this hands questions and answers to and fro.
 */
export class Connection {
  readonly operations: Operations;
  readonly #resilience: Resilience;
  /** What the last loss means for those who went over the connection, until they are told. */
  #loss: ConnectionLoss | undefined;
  #url: string | undefined;
  #running = false;
  #stop: Cancel | undefined;
  #permit: Permit | undefined;
  /** What the core ended the connection with, until graphql-ws comes for it. */
  #verdict: { readonly error: unknown } | undefined;
  /** Resolves graphql-ws's `retryWait`. */
  #waiter: (() => void) | undefined;
  /** graphql-ws has been let go on, and has not opened a socket since. */
  #expected = false;
  /** Its `url` is a function that takes time. */
  #late = false;
  readonly #known = new WeakSet<object>();
  readonly #final = new WeakSet<object>();

  constructor(resilience: Resilience) {
    this.#resilience = resilience;
    this.operations = new Operations(() => resilience.clock.monotonic());
  }

  get clock(): Clock {
    return this.#resilience.clock;
  }

  /** The core has ended it, and graphql-ws has not come for that yet. */
  get ended(): boolean {
    return this.#verdict !== undefined;
  }

  /** What signs the socket that is open now; `undefined` where none of ours is. */
  get headers(): Attempt['headers'] | undefined {
    return this.#permit?.holder === undefined ? undefined : this.#permit.headers;
  }

  /** graphql-ws opens a socket. */
  enter(url: string, holder: Holder): Entrance {
    this.#url = String(url);
    if (this.#expected && !this.#running) this.#late = true;
    this.#expected = false;
    this.#begin();
    const verdict = this.#verdict;
    this.#verdict = undefined;
    if (verdict !== undefined) return { type: 'refused', error: verdict.error };
    const permit = this.#permit;
    if (permit === undefined) return { type: 'refused', error: undefined };
    permit.holder = holder;
    return { type: 'open', permit };
  }

  /** An attempt is over; the core decides at once, or asks the application first. */
  report(permit: Permit, error: unknown, seen?: Signal): void {
    if (this.#permit === permit) this.#permit = undefined;
    permit.receiver.error(error, seen);
  }

  /** Which operations end with a socket; asked once what it ended with has been reported. */
  lost(socket: object, event: CloseLike | undefined, stood: boolean): readonly Ended[] {
    const loss = this.#loss;
    this.#loss = undefined;
    if (stood) this.operations.forgetLeft(socket);
    return this.operations.lost(socket, event, loss);
  }

  /** Nothing follows this: whoever gets it has got the last word. */
  finish(error: unknown): void {
    if (isObject(error)) this.#final.add(error);
  }

  /** Whether nothing follows this; graphql-ws is then told of it, and takes it to its subscribers. */
  isFinal(error: unknown): boolean {
    if (this.#verdict !== undefined && this.#verdict.error === error) this.#verdict = undefined;
    return isObject(error) && this.#final.has(error);
  }

  /** graphql-ws hears this from us, and need not tell us. */
  know(problem: unknown): void {
    if (isObject(problem)) this.#known.add(problem);
  }

  /** graphql-ws needs no connection any more (E1). */
  leave(): void {
    const stop = this.#stop;
    this.#running = false;
    this.#stop = undefined;
    this.#permit = undefined;
    this.#verdict = undefined;
    stop?.();
  }

  /** The same, from graphql-ws: there is no operation any more. */
  forsake(): void {
    this.leave();
    this.operations.clear();
  }

  /** graphql-ws's question, asked for each of its subscribers. */
  shouldRetry(problem: unknown): boolean {
    const permit = this.#permit;
    if (isObject(problem) && !this.#known.has(problem) && !this.#final.has(problem)) {
      this.#known.add(problem);
      // A fault that graphql-ws itself has found, such as a message that it cannot read.
      if (permit?.holder !== undefined) {
        const { holder } = permit;
        this.report(permit, problem);
        // Its subscribers have let go of the socket already: what must not be sent again is caught there.
        for (const ended of this.lost(holder, undefined, holder.acknowledged)) {
          this.operations.keep(ended);
        }
        holder.abandon();
      }
    }
    return !this.isFinal(problem) && (this.#running || this.#verdict !== undefined);
  }

  /** Until a socket may be opened, or it is clear that none may be. Never rejects: graphql-ws would hang. */
  retryWait(): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        this.#waiter = undefined;
        this.#expected = true;
        resolve();
        queueMicrotask(() => queueMicrotask(() => this.#forgo()));
      };
      this.#begin();
      if (this.#permit !== undefined || !this.#running) settle();
      else this.#waiter = settle;
    });
  }

  /** Everybody has unsubscribed during the wait: graphql-ws lets it pass, and opens nothing (E1). */
  #forgo(): void {
    if (this.#expected && !this.#late) this.leave();
  }

  #begin(): void {
    if (this.#running || this.#verdict !== undefined) return;
    this.#running = true;
    const info: OperationInfo = {
      kind: 'subscription',
      connection: connectionPolicy({
        idle: () => this.#permit?.holder?.idle !== false,
        lost: (loss) => {
          this.#loss = loss;
        },
        signedOut: (failure) => this.#signedOut(failure),
      }),
      name: 'connection',
      endpoint: this.#url,
    };
    const transport: Transport<Told> = {
      send: ({ headers }, receiver) => this.#permitted({ headers, receiver, holder: undefined }),
      read: (about) => (about === 'busy' ? undefined : THERE),
    };
    const stop = this.#resilience.execute(info, transport, {
      next: () => {},
      complete: () => {},
      error: (error) => this.#ended(error),
    });
    if (this.#running) this.#stop = stop;
  }

  /** Whoever was signed in is not any more: what was begun under that sign-in is not sent again (T11b). */
  #signedOut(failure: Failure): void {
    this.operations.depart(failure);
    const holder = this.#permit?.holder;
    if (holder?.acknowledged === true) return holder.depart();
    // Who waits for a socket is not known one by one.
    const stop = this.#stop;
    this.#ended(new OperationEnded(signedOut(failure, this.operations.haveBeenSent), undefined));
    stop?.();
    holder?.abandon();
  }

  #permitted(permit: Permit): Cancel {
    this.#permit = permit;
    this.#waiter?.();
    return () => {
      if (this.#permit === permit) this.#permit = undefined;
      if (permit.holder !== undefined) permit.holder.abandon();
      // Nobody came to use it, and nobody waits.
      else if (this.#waiter === undefined) this.leave();
    };
  }

  #ended(error: unknown): void {
    this.#running = false;
    this.#stop = undefined;
    this.#permit = undefined;
    this.#verdict = { error };
    this.finish(error);
    this.#waiter?.();
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
