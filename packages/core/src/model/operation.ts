import type { Awaitable, Cancel } from './clock.ts';
import type { ResilienceEvent } from './event.ts';
import type { Failure } from './failure.ts';
import type { Signal } from './signal.ts';

/** What an application may say of a single operation, in Apollo's and urql's context under `resilience`. */
export interface OperationOptions {
  /** `false`: repeat nothing but the replay after a refresh (R4b). `true`: retry even where the instance does not. */
  readonly retry?: boolean | undefined;
  /** The operation may run twice without harm: a mutation so marked is retried as a query is (M1). */
  readonly idempotent?: boolean | undefined;
  /** `false`: carry no token and wait for none. For sign-in and refresh operations (T13). */
  readonly auth?: boolean | undefined;
  /**
   * Total deadline in milliseconds over all waits and attempts, in place of the instance's limits, that of
   * one attempt included. Of a subscription: until its first event. Default: the instance's `timeout`.
   */
  readonly timeout?: number | undefined;
  /** The rate-limit scope. Default: the instance's `rateLimit.scope`, else the endpoint (W7). */
  readonly scope?: string | undefined;
}

/** What the loss of a connection means for the operations that went over it. */
export interface ConnectionLoss {
  /** What was said of it, as the profile reads it. */
  readonly failure: Failure;
  /** The same for a mutation that went over it: delivered, since nobody knows whether it ran (M1). */
  readonly unknown: Failure;
  /** How often an operation may be sent that connections break over: `retry.attempts`. */
  readonly attempts: number;
}

/** What else there is to know of a connection. */
export interface Connection {
  /** `false` while something is under way over it that must not be sent twice: it is not reopened then (M1). */
  idle(): boolean;
  /**
   * Told when it was lost, before it is opened again. What may not be sent twice must end then: the core
   * knows nothing of what goes over a connection.
   */
  lost?(loss: ConnectionLoss): void;
  /** Told when whoever was signed in is not any more: what was begun before must not be sent again (T11b). */
  departed?(failure: Failure): void;
}

/** One operation, as an adapter describes it to the core. */
export interface OperationInfo {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name?: string | undefined;
  /** The URL it is sent to, where the adapter knows it. Query and fragment are not looked at. */
  readonly endpoint?: string | undefined;
  /** Ends the operation when it aborts (E2). */
  readonly signal?: AbortSignal | undefined;
  readonly options?: OperationOptions | undefined;
  /**
   * How many root fields the document's operation selects, `undefined` where that is not known; see
   * {@link rootFieldsOf}. Asked only when something has failed: a server that refuses the one root field
   * of a mutation has run nothing, one that refuses one of two may have run the other.
   */
  readonly rootFields?: (() => number | undefined) | undefined;
  /**
   * Tells this operation from every other: the document with its variables, or a hash of them. Asked only
   * where a token may have been refused. Left out, its name does.
   */
  readonly identity?: (() => string) | undefined;
  /**
   * A `subscription` that is a connection which others go over, such as a socket. It is opened as often as
   * it takes, for as long as it is wanted, and opened anew when the session has new tokens (S4). Its first
   * result says that it is there, each further one that it serves; results in which `read` sees nothing
   * say that it is in use.
   */
  readonly connection?: Connection | undefined;
  /**
   * Is told of this operation's waits, retries and giving up, whether or not anybody listens to the
   * instance's events. For clients with a debug channel of their own.
   */
  readonly observe?: ((event: ResilienceEvent) => void) | undefined;
}

/** What one attempt is sent with. */
export interface Attempt {
  /** 1 for the first, and one more for each, replays included. */
  readonly number: number;
  /** Header fields to set: the token, the idempotency key. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * `manual`: a redirect must not be followed. `fetch` takes `Authorization` along to its own origin only,
   * but a token in a field of another name to wherever a redirect leads (X1). A mutation follows none where
   * the runtime names the reasons of a connection that failed: after a redirect they would be those of
   * another address, and would not prove that nothing ran (F9).
   */
  readonly redirect: 'follow' | 'manual';
}

/** Where results go. After `error` or `complete` nothing follows. */
export interface Receiver<R> {
  next(result: R): void;
  error(error: unknown): void;
  complete(): void;
}

/** Where the results of one attempt go. */
export interface AttemptReceiver<R> extends Receiver<R> {
  /** @param seen what came before the transport failed, and the error does not carry: status and headers. */
  error(error: unknown, seen?: Signal): void;
}

/** How an adapter sends. */
export interface Transport<R> {
  /** Starts one attempt; called anew for each. The returned function ends the attempt at once. */
  send(attempt: Attempt, receiver: AttemptReceiver<R>): Cancel;
  /** What the core looks at in a result; `undefined` where there is nothing to see (a heartbeat). */
  read(result: R): Signal | undefined;
  /**
   * Sees to it that whoever asks for a failed query anew is not answered with what the client has kept of
   * its failure, as caches for Suspense keep it: by asking again itself, or by forgetting. Called by hand
   * only, through {@link manualRetry}, long after the run is over. Left out: nothing is kept.
   *
   * @returns what settles once that is so; it rejects with the error where asking again failed again.
   */
  again?(failure: Failure): Awaitable<void>;
}
