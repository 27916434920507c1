import type { ResilienceEvent } from './events.ts';
import type { Failure } from './failure.ts';
import type { Awaitable, Cancel } from './time.ts';
import { firstItems, isArray, property } from './property.ts';

/** What an application may say of a single operation, in Apollo's and urql's context under `resilience`. */
export interface OperationOptions {
  /** `false`: repeat nothing but the replay after a refresh. `true`: retry even where the instance does not. */
  readonly retry?: boolean | undefined;
  /** The operation may run twice without harm: a mutation so marked is retried as a query is. */
  readonly idempotent?: boolean | undefined;
  /** `false`: carry no token and wait for none. For sign-in and refresh operations. */
  readonly auth?: boolean | undefined;
  /**
   * Milliseconds for all waits and attempts together; a single attempt then has no limit of its own.
   * Default: the instance's `timeout`.
   */
  readonly timeout?: number | undefined;
  /** What it shares rate limits and outages with. Default: the instance's `rateLimit.scope`, else the endpoint. */
  readonly scope?: string | undefined;
}

/** One operation, as an adapter describes it to the core. */
export interface OperationInfo {
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name?: string | undefined;
  /** The URL it is sent to, where the adapter knows it. Query and fragment are not looked at. */
  readonly endpoint?: string | undefined;
  /** Ends the operation when it aborts. */
  readonly signal?: AbortSignal | undefined;
  readonly options?: OperationOptions | undefined;
  /**
   * How many fields the operation's root selects; `undefined` where that is not known, as with fragments.
   * Asked only where something failed: a mutation of one field that was refused at that field did not run.
   */
  readonly rootFields?: (() => number | undefined) | undefined;
  /** The URL that has answered, for adapters that cannot know the `endpoint`. Asked only where something failed. */
  readonly answeredBy?: (() => string | undefined) | undefined;
  /** Tells operations of one name apart, as by their variables. Asked only where something failed. */
  readonly identity?: (() => string) | undefined;
  /** The header fields that the application sends with it by itself: an idempotency key among them is kept. */
  readonly headers?: (() => unknown) | undefined;
  /** For a `subscription` that is a connection which others go over; of `@holdfast/core/socket`. */
  readonly connection?: ConnectionPolicy | undefined;
  /**
   * Is told of this operation's waits, retries and giving up, whether or not anybody listens to the
   * instance's events. For clients with a debug channel of their own.
   */
  readonly observe?: ((event: ResilienceEvent) => void) | undefined;
}

/** Base delays in milliseconds by the sort of trouble, and how they grow (R1). */
export interface Backoff {
  readonly transient: number;
  readonly throttled: number;
  readonly locked: number;
  readonly factor: number;
  /** The longest delay, before jitter. */
  readonly cap: number;
}

/** How an instance retries. */
export interface RetryPolicy {
  /** `false`: nothing is repeated but the replay after a refresh (R4b). */
  readonly enabled: boolean;
  /** Total, the first one included (R1). */
  readonly attempts: number;
  readonly backoff: Backoff;
  /** What of that the application has said itself. */
  readonly given: Partial<Backoff>;
  readonly mutations: 'safe' | 'never' | 'always';
  /** Mutations carry a key by which the server recognises a repetition (M3). */
  readonly keyed: boolean;
  /** The longest wait for a hint, in milliseconds (W4). */
  readonly maxWait: number;
  /** How far hints are spread (W13). */
  readonly spread: number;
}

/**
 * How a connection differs from an operation (S4): it is opened as often as it takes, for as long as it is
 * wanted. What makes it so stands in `@holdfast/core/socket`, for whoever has sockets.
 */
export interface ConnectionPolicy {
  /** How it is opened again, in an instance that retries so. */
  policy(usual: RetryPolicy): RetryPolicy;
  /** What its loss means for what went over it. */
  lossOf(said: Failure, settings: LossSettings): ConnectionLoss;
  /** The first result has come: the connection stands. Whoever watches over it begins here. */
  established(line: ConnectionLine): void;
  /** Something has passed over it. */
  traffic(): void;
  /** The attempt is over. */
  ended(): void;
  /** It was lost, or could not be opened; told before it is opened again. */
  lost(loss: ConnectionLoss): void;
  /** Whoever was signed in is not any more: what has begun to go over it must not be sent again (T11b). */
  signedOut(failure: Failure): void;
}

/** What the meaning of a loss depends on. */
export interface LossSettings {
  readonly policy: RetryPolicy;
  /** Advice for a mutation that may have run. */
  readonly outcomeUnknown: string;
}

/** What the loss of a connection means for the operations that went over it. */
export interface ConnectionLoss {
  /** What was said of it, as the profile reads it. */
  readonly failure: Failure;
  /** The same for a mutation that went over it: delivered, since nobody knows whether it ran. */
  readonly unknown: Failure;
  /** How often an operation may be sent that connections break over: `retry.attempts`. */
  readonly attempts: number;
}

/** What whoever watches over a connection sees of it. */
export interface ConnectionLine {
  /** The generation of the token that it was opened with. */
  readonly generation: number;
  /** What signs it: the newest generation, the newest that was rejected, and when the token serves no more. */
  readonly session:
    | {
        readonly held: {
          readonly generation: number;
          readonly dead: number;
          readonly expiry: { readonly hard: number };
          readonly isSignedOut: boolean;
        };
        /** Whether, and with which generation, it could be opened now. */
        authorize(): { readonly type: string; readonly generation?: number };
        subscribe(listener: () => void): Cancel;
      }
    | undefined;
  readonly core: {
    readonly alarms: { now(): number; after(ms: number, run: () => void): Cancel };
    readonly online: { get(): boolean };
  };
  /** Opens it anew, if it may be opened now; `false` where it may not. */
  reopen(): boolean;
}

/** What one attempt is sent with. */
export interface Attempt {
  /** 1 for the first, and one more for each, replays included. */
  readonly number: number;
  /** Header fields to set: the token, the idempotency key. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * `manual`: a redirect must not be followed. `fetch` takes `Authorization` along to its own origin only,
   * but a token in a field of another name to wherever a redirect leads; and where a redirect was followed,
   * that nobody listened there does not prove that a mutation was never sent.
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
  readonly again?: ((failure: Failure) => Awaitable<void>) | undefined;
}

/** Header fields in whatever form a client has them. Names may be in any case. */
export type HeadersLike =
  Headers | Readonly<Record<string, string>> | Iterable<readonly [string, string]>;

/**
 * Everything one answer can tell about how it went. All of it is optional, and none of it is trusted
 * to have the shape that it should have.
 */
export interface Signal {
  /** HTTP status. */
  readonly status?: number | undefined;
  readonly headers?: HeadersLike | undefined;
  /** `data` of the execution result; `undefined` where the result has no such key. */
  readonly data?: unknown;
  /** `errors` of the execution result, with those of incremental chunks. */
  readonly errors?: unknown;
  /** What stands beside `errors`. */
  readonly extensions?: unknown;
  /** The whole body, parsed or as text. Where `data` and `errors` are given too, they go before it. */
  readonly body?: unknown;
  /** What the transport failed with. Status, headers and body that it carries are read from it. */
  readonly error?: unknown;
  /** How a socket was closed. */
  readonly close?: { readonly code: number; readonly reason?: string } | undefined;
  /**
   * `true`: what was read is not one whole answer, since it was cut, broke off, or was one of a batch.
   * Then it proves nothing about what ran.
   */
  readonly incomplete?: boolean | undefined;
  /** How many fields the operation's root selects, where that is known. */
  readonly rootFields?: number | undefined;
  /** The wall clock's value when the answer came, epoch ms. Default: `Date.now()`. */
  readonly now?: number | undefined;
}

/**
 * How many root fields the one operation of a document selects. `undefined` where that is not to be seen:
 * fragments at the root, several operations, a document without any, or something else altogether. Never
 * throws.
 *
 * @param document A `DocumentNode` of any version of graphql, as Apollo Client and urql have it.
 *
 * @example
 * rootFieldsOf(gql`mutation { createOrder { id } }`); // 1
 * rootFieldsOf(gql`mutation { createOrder { id } audit }`); // 2
 */
export function rootFieldsOf(document: unknown): number | undefined {
  const operations = listOf(document, 'definitions').filter(isOperation);
  if (operations.length !== 1) return undefined;
  const selections = listOf(property(operations[0], 'selectionSet'), 'selections');
  const isCounted = selections.length > 0 && selections.every(isField);
  return isCounted ? selections.length : undefined;
}

function listOf(node: unknown, key: string): readonly unknown[] {
  const list = property(node, key);
  return isArray(list) ? firstItems(list, Infinity) : [];
}

function isOperation(node: unknown): boolean {
  return property(node, 'kind') === 'OperationDefinition';
}

function isField(node: unknown): boolean {
  return property(node, 'kind') === 'Field';
}
