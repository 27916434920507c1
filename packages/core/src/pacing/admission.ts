import type { Cancel, Clock } from '../model/clock.ts';
import type { FailureKind } from '../model/failure.ts';

/** Why and until when a scope is closed. */
export interface Closure {
  readonly kind: FailureKind;
  /** Monotonic instant that the server named; `undefined` where it named none. */
  readonly hinted: number | undefined;
  /** Monotonic instant of the opening: the hint and its spread. */
  readonly until: number;
  /** The same, epoch milliseconds. */
  readonly instant: number;
  /** What the server named, else the opening; epoch milliseconds. */
  readonly named: number;
}

/**
 * Milliseconds until an instant that was named on both clocks, by the one that is further on: while a
 * computer sleeps, the monotonic one may stand still (W9b).
 */
export function timeLeft(clock: Clock, until: number, instant: number): number {
  return Math.min(until - clock.monotonic(), instant - clock.wall());
}

/** How the attempt that a pass was given for came out. */
export type PassOutcome = 'success' | 'other';

/** The right to send one attempt. It must be given back. */
export interface Pass {
  leave(outcome: PassOutcome): void;
}

/** Why an operation may not even wait. */
export interface Refusal {
  readonly reason: 'queue_full' | 'wait_too_long';
  readonly closure: Closure;
}

/** An operation that wants through. */
export interface Waiter {
  /** It met the limit itself: it goes before the others, and takes no place in the queue (W7). */
  readonly first: boolean;
  /** Monotonic instant of its deadline. */
  readonly deadline: number;
  admit(pass: Pass): void;
  refuse(refusal: Refusal): void;
  /** The scope opens at another monotonic instant than it was told (W10). */
  moved(until: number): void;
}

/** What a gate answers to an operation that may not pass now. */
export type Admission =
  | { readonly type: 'passed'; readonly pass: Pass }
  | {
      readonly type: 'queued';
      /** Monotonic instant of the opening; `undefined` where it is others that are waited for. */
      readonly until: number | undefined;
      readonly leave: Cancel;
    }
  | { readonly type: 'refused'; readonly refusal: Refusal };
