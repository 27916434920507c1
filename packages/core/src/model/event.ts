import type { RefreshReason } from './tokens.ts';
import type { FailureKind, StopReason } from './failure.ts';

/** Why an operation waits. */
export type WaitReason = 'tokens' | 'refresh' | 'backoff' | 'rate_limit' | 'offline';

/** What a failure may say in an event: no message, since servers repeat what they were sent (F11). */
export interface FailureSummary {
  readonly kind: FailureKind;
  readonly status?: number | undefined;
  readonly code?: string | undefined;
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

/** Each event's own fields, by `type`. `at` is added to all of them. */
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
    /** The profile's words or ours, never the server's (F10, F11). */
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
    /** `false` where only a sign-in can help (T7). */
    readonly retryable: boolean;
    readonly retryAt?: number | undefined;
  };
  signed_in: { readonly generation: number };
  signed_out: { readonly generation: number };
  /** The reader of the initial tokens threw, rejected, never settled or answered no tokens (T12). */
  tokens_unreadable: { readonly message: string };
  scope_closed: { readonly scope: string; readonly until: number; readonly failure: FailureKind };
  scope_opened: { readonly scope: string };
  /** A retry was not made because the budget is spent (R4). */
  budget_empty: { readonly tokens: number; readonly cost: number };
  /** A callback of the application threw or rejected (R9). */
  callback_failed: { readonly callback: string; readonly error: unknown };
}

/**
 * What happens inside an instance: a union on `type`. `at` is epoch milliseconds. No event holds a
 * token, a header value or variables (F11).
 */
export type ResilienceEvent = {
  [T in keyof ResilienceEvents]: {
    readonly type: T;
    readonly at: number;
  } & ResilienceEvents[T];
}[keyof ResilienceEvents];
