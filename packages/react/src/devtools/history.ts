import type {
  ClosedReason,
  FailureSummary,
  OperationInfo,
  ResilienceEvent,
  StopReason,
} from '@holdfast/core';

export type Outcome = 'success' | 'failure' | 'cancelled';

/** A stretch of an operation's life: one attempt, or one wait. Instants are epoch milliseconds. */
export interface Span {
  readonly kind: 'attempt' | 'tokens' | 'refresh' | 'backoff' | 'rate_limit' | 'outage' | 'offline';
  readonly from: number;
  /** Absent: still going on. */
  readonly to?: number | undefined;
  /** The number of the attempt, or of the one that is waited for. */
  readonly attempt?: number | undefined;
  /** Of an attempt: the generation of the token that it was sent with; 0 without one. */
  readonly generation?: number | undefined;
  /** Of an attempt that is over. */
  readonly outcome?: Outcome | undefined;
  readonly failure?: FailureSummary | undefined;
  /** Of a wait: when it is to end, where that is known. */
  readonly until?: number | undefined;
}

/** One operation, from its start to its end. */
export interface Lane {
  /** The same number as in the operation's events. */
  readonly id: number;
  readonly kind: OperationInfo['kind'];
  readonly name?: string | undefined;
  readonly from: number;
  /** Absent: still going on. */
  readonly to?: number | undefined;
  readonly outcome?: Outcome | undefined;
  /** Why it was given up, or not tried again after a part of it had come. */
  readonly stopped?: StopReason | undefined;
  /** Whether data came beside its error, or before. */
  readonly broughtData?: boolean | undefined;
  /** In order of their start. */
  readonly spans: readonly Span[];
}

/** One refresh of the session's tokens. */
export interface RefreshSpan {
  readonly from: number;
  readonly to?: number | undefined;
  /** `cancelled`: a sign-in or sign-out came first (T11). */
  readonly outcome?: Outcome | undefined;
  /** Of the new tokens. */
  readonly generation?: number | undefined;
  readonly failure?: FailureSummary | undefined;
}

/** A time in which a scope was closed, by a rate limit or an outage. */
export interface ClosureSpan {
  readonly scope: string;
  readonly reason: ClosedReason;
  readonly from: number;
  /** When it was opened. Absent: it is closed, or opened by itself at `until`. */
  readonly to?: number | undefined;
  /** When a limit ends. Absent for an outage: nobody knows before an answer comes. */
  readonly until?: number | undefined;
}

/** From when on the session had these tokens, or none. */
export interface GenerationStart {
  readonly generation: number;
  readonly from: number;
  readonly signedOut?: boolean | undefined;
}

/** An operation that ended with an error: with nothing, or beside data. */
export interface GivenUp {
  readonly at: number;
  readonly operation: number;
  readonly kind: OperationInfo['kind'];
  readonly name?: string | undefined;
  readonly attempts: number;
  readonly failure: FailureSummary;
  /** What to do about it: the profile's words or ours, never the server's. */
  readonly advice?: string | undefined;
  readonly stopped: StopReason;
}

/** What happened within one second. Exact, however many operations there were. */
export interface Second {
  /** Its beginning, epoch milliseconds. */
  readonly from: number;
  /** Operations started. */
  readonly operations: number;
  /** Attempts sent. */
  readonly requests: number;
  /** Of them, second and later attempts of an operation. */
  readonly repeats: number;
  /** Operations given up: those of which data came are none. */
  readonly failures: number;
}

/**
 * What has happened lately, as plain data: the newest operations and all that bears on them. It holds no
 * token, no header value and no variables (F11), and never more than a fixed number of each (X4).
 */
export interface History {
  /** In order of their start; the oldest are dropped first, those that go on last. */
  readonly lanes: readonly Lane[];
  readonly refreshes: readonly RefreshSpan[];
  readonly closures: readonly ClosureSpan[];
  readonly generations: readonly GenerationStart[];
  /** In order of time. */
  readonly failures: readonly GivenUp[];
  /** Only seconds in which something happened, in order. */
  readonly seconds: readonly Second[];
}

/**
 * What a history is made of: an instance's events, and a note that the session has other tokens, of which
 * no event tells where they come from another tab or from the reader of the initial ones (T12, T14).
 */
export type HistoryEvent =
  | ResilienceEvent
  | { readonly type: 'session_moved'; readonly at: number; readonly generation: number };

/** Nothing has happened yet. */
export const emptyHistory: History = {
  lanes: [],
  refreshes: [],
  closures: [],
  generations: [],
  failures: [],
  seconds: [],
};

/** How many operations a history keeps where nothing else is said. */
export const KEPT_OPERATIONS = 300;

/** How much of everything but operations is kept. */
export const KEPT = {
  /** Of one operation: a subscription may be opened again for days. */
  spans: 60,
  refreshes: 60,
  closures: 60,
  generations: 60,
  failures: 50,
  seconds: 300,
} as const;

/** The list with one more at its end, and no longer than allowed. */
export function appended<T>(list: readonly T[], item: T, most: number): readonly T[] {
  return list.length < most ? [...list, item] : [...list.slice(list.length - most + 1), item];
}

/** The list with another item in its last one's place. */
export function withLast<T>(list: readonly T[], item: T): readonly T[] {
  return [...list.slice(0, -1), item];
}

/** The list with its last item that fits replaced; the same list where none fits. */
export function mended<T>(
  list: readonly T[],
  fits: (item: T) => boolean,
  change: (item: T) => T,
): readonly T[] {
  const index = list.findLastIndex(fits);
  const { [index]: item } = list;
  return item === undefined ? list : list.with(index, change(item));
}
