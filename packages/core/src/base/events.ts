import type { Failure, FailureKind, StopReason, WaitReason } from './failure.ts';
import { Listeners, withValues } from './readable.ts';
import type { Clock, Unsubscribe } from './time.ts';
import type { ClosedReason, RefreshReason } from './tokens.ts';

/** What a failure may say in an event: no message, since servers repeat what they were sent. */
export interface FailureSummary {
  readonly kind: FailureKind;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
  /** Whether data came with it, which who asked has; absent where none did. */
  readonly partial?: boolean | undefined;
}

export function summary({ kind, status, code, partial }: Failure): FailureSummary {
  return withValues({ kind, status: status || undefined, code, partial: partial || undefined });
}

interface OperationEvent {
  /** Counts the operations of one instance: the same number in every event of one operation. */
  readonly operation: number;
  readonly kind: 'query' | 'mutation' | 'subscription';
  readonly name?: string | undefined;
}

interface AttemptEvent extends OperationEvent {
  readonly attempt: number;
}

/** Each event's own fields, by `type`. `at` is added to all of them. Instants are epoch milliseconds. */
export interface ResilienceEvents {
  operation_started: OperationEvent;
  attempt_started: AttemptEvent & { readonly generation: number };
  attempt_ended: AttemptEvent & {
    readonly outcome: 'success' | 'failure' | 'cancelled';
    readonly failure?: FailureSummary | undefined;
  };
  /** The operation will be sent again: after `wait` ms, or with a new token where `fresh` is true. */
  retry: AttemptEvent & {
    readonly failure: FailureSummary;
    readonly wait: number;
    readonly fresh: boolean;
  };
  wait: AttemptEvent & { readonly reason: WaitReason; readonly until?: number | undefined };
  gave_up: AttemptEvent & {
    readonly failure: FailureSummary;
    /** The profile's words or ours, never the server's. */
    readonly advice: string;
    readonly stopped: StopReason;
  };
  operation_ended: OperationEvent & {
    readonly outcome: 'success' | 'failure' | 'cancelled';
    readonly attempts: number;
  };
  refresh_started: { readonly reason: RefreshReason; readonly generation: number };
  refresh_succeeded: { readonly generation: number; readonly tries: number };
  refresh_failed: {
    readonly failure: FailureSummary;
    readonly tries: number;
    /** `false` where only a sign-in can help. */
    readonly retryable: boolean;
    readonly retryAt?: number | undefined;
  };
  signed_in: { readonly generation: number };
  signed_out: { readonly generation: number };
  /** The reader of the initial tokens threw, rejected, never settled or answered no tokens. */
  tokens_unreadable: { readonly message: string };
  /** `until`: when the limit ends, or when an outage is asked about next. */
  scope_closed: {
    readonly scope: string;
    readonly reason: ClosedReason;
    readonly until: number;
    readonly failure: FailureKind;
  };
  scope_opened: { readonly scope: string; readonly reason: ClosedReason };
  /** A retry was not made because the budget is spent. */
  budget_empty: { readonly tokens: number; readonly cost: number };
  /** A callback of the application threw or rejected. */
  callback_failed: { readonly callback: string; readonly error: unknown };
}

/**
 * What happens inside an instance: a union on `type`. `at` is epoch milliseconds. No event holds a
 * token, a header value or variables.
 *
 * @example
 * resilience.subscribe((event) => {
 *   if (event.type === 'gave_up') report(event.failure.kind, event.stopped);
 * });
 */
export type ResilienceEvent = {
  [T in keyof ResilienceEvents]: {
    readonly type: T;
    readonly at: number;
  } & ResilienceEvents[T];
}[keyof ResilienceEvents];

type Listener = (event: ResilienceEvent) => void;

/** The events of one instance. A listener that throws harms nobody (R9). */
export class Events {
  readonly #clock: Clock;
  readonly #clean: (error: unknown) => unknown;
  readonly #listeners = new Listeners<[ResilienceEvent]>((error, listener) =>
    this.#broken(error, listener),
  );
  /** Of whom it was told already that they throw: listeners, and callbacks by name. */
  readonly #told = new Set<unknown>();

  /** @param clean takes secrets out of what callbacks throw (X3b). */
  constructor(clock: Clock, clean: (error: unknown) => unknown) {
    this.#clock = clock;
    this.#clean = clean;
  }

  /** Whether anybody listens: events that nobody hears are not made. */
  get active(): boolean {
    return this.#listeners.size > 0;
  }

  subscribe(listener: Listener): Unsubscribe {
    return this.#listeners.add(listener);
  }

  /** @param observe the operation's own observer, told beside the listeners. */
  emit<T extends keyof ResilienceEvents>(
    type: T,
    fields: ResilienceEvents[T],
    observe?: Listener,
  ): void {
    if (!this.active && observe === undefined) return;
    const event = { type, at: this.#clock.wall(), ...fields } as ResilienceEvent;
    if (observe !== undefined) this.#listeners.tellOne(observe, [event]);
    this.#listeners.tell([event]);
  }

  /**
   * Tells of a callback that failed where no operation's error can carry it: a share, a listener, a
   * subscriber. Where nobody listens, the console hears of each callback once.
   */
  complain(callback: string, thrown: unknown): void {
    const error = this.#clean(thrown);
    this.emit('callback_failed', { callback, error });
    if (!this.active) this.#log(callback, `${callback} failed; everything else goes on.`, error);
  }

  clear(): void {
    this.#listeners.clear();
  }

  #broken(thrown: unknown, listener: Listener): void {
    if (this.#told.has(listener)) return;
    const error = this.#clean(thrown);
    this.#told.add(listener);
    if (this.#listeners.size > (this.#listeners.has(listener) ? 1 : 0)) {
      return this.emit('callback_failed', { callback: 'onEvent', error });
    }
    this.#log(error, 'an event listener threw; the operation goes on.', error);
  }

  #log(what: unknown, sentence: string, error: unknown): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    console.error(`Holdfast: ${sentence}`, error);
  }
}
