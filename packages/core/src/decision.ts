import type { Failure, FailureKind, StopReason } from './base/failure.ts';
import type { OperationInfo, RetryPolicy } from './base/operation.ts';
import { grown } from './base/time.ts';

/** What the session says of the token that an attempt was sent with. */
export type TokenState =
  /** No token handling, or `auth: false`. */
  | 'none'
  /** There is a newer one already (T2). */
  | 'replaced'
  /** It is the newest: a refresh can be had. */
  | 'renewable'
  /** This operation has had its fresh token, and the server rejected that too (T4, T4b). */
  | 'spent'
  /** No refresh is to be had (T8). */
  | 'failed';

/** All that a decision depends on, as plain values. */
export interface Situation {
  readonly kind: OperationInfo['kind'];
  readonly options: OperationInfo['options'];
  readonly policy: RetryPolicy;
  readonly failure: Failure;
  /** Attempts so far that count: replays, probes and waits that a server named do not (R4, R5). */
  readonly attempts: number;
  /** Results have been handed on already (S1). */
  readonly delivered: boolean;
  readonly token: TokenState;
  /** What the application's `when` answered. */
  readonly wanted: boolean | undefined;
  /** Milliseconds that the server wants to be left alone. */
  readonly hint: number | undefined;
  /** The scope is closed for this very failure: an outage (H2), or a limit (W7). */
  readonly closed: 'outage' | 'rate_limit' | undefined;
  /** It has waited for outages as long as it may (H5). */
  readonly impatient: boolean;
  /** Milliseconds until the deadline. */
  readonly remaining: number;
  /** In [0, 1). */
  readonly chance: number;
}

/** What a retry draws on: a server in trouble, or one that said "slow down" (R4). */
export type Cost = 'transient' | 'throttled' | 'free';

/** What next: deliver it, and why it is not tried again; or send it again. */
export type Decision = StopReason | Again;

/**
 * `replay`: with a newer token (T2), one that is there or, where `refresh` is true, one that a refresh must
 * bring first. `hold`: once the scope whose line it waits in has opened; that is no retry (R4). `retry`: after
 * `wait` milliseconds. What a server named is free, and no attempt.
 */
export interface Again {
  readonly type: 'replay' | 'hold' | 'retry';
  readonly refresh?: boolean;
  readonly wait?: number;
  readonly cost?: Cost;
}

/** The fourth question: what next? A pure function of values. */
export function decide(situation: Situation): Decision {
  const { failure, policy, wanted, delivered, kind, token, options } = situation;
  if (failure.kind === 'aborted') return 'aborted';
  if (delivered && kind !== 'subscription') return 'delivered_data';
  if (failure.freshToken === true && token !== 'none') {
    const replay = replayed(situation);
    // A token rejected again is final, whatever `when` says (T4). A kind such as `forbidden` that a token
    // did not cure is what it is; there `when` may still have an opinion.
    const final = wanted !== true || failure.kind === 'unauthenticated';
    if (typeof replay === 'object' || final) return replay;
  }
  if (wanted === false) return 'declined';
  if (wanted !== true && !failure.retryable) return 'not_retryable';
  if (failure.partial) return kind === 'mutation' ? 'unsafe_mutation' : 'delivered_data';
  if (!(options?.retry ?? policy.enabled)) return 'declined';
  const { mutations } = policy;
  const isSafe = mutations === 'safe' ? isHarmless(situation) : mutations === 'always';
  if (kind === 'mutation' && !isSafe) return 'unsafe_mutation';
  return retried(situation);
}

/** Whether sending it again cannot run anything twice (M1). */
function isHarmless({ kind, failure, options, policy }: Situation): boolean {
  if (kind !== 'mutation') return true;
  return failure.executed === false || options?.idempotent === true || policy.keyed;
}

function replayed(situation: Situation): Decision {
  const { kind, failure, token, remaining } = situation;
  // Another root field may have run (M2).
  if ((kind === 'mutation' && failure.partial) || !isHarmless(situation)) return 'unsafe_mutation';
  // Only a query that was rejected as unauthenticated gives its part away for the whole (F6).
  if (failure.partial && failure.kind !== 'unauthenticated') return 'delivered_data';
  if (token === 'spent') return 'not_retryable';
  if (token === 'failed') return 'session_failed';
  // What took longer than all waits and attempts may is not begun again (R2).
  if (remaining <= 0) return 'deadline';
  return { type: 'replay', refresh: token === 'renewable' };
}

function retried(situation: Situation): Decision {
  const { failure, policy, attempts, hint, remaining, closed } = situation;
  if (closed === 'outage' && remaining > 0) {
    return situation.impatient ? 'outage' : { type: 'hold' };
  }
  const wait = waitFor(situation);
  // A hint that names no wait is no reason to ask again and again for free (R8).
  const named = hint !== undefined && hint > 0;
  if (hint !== undefined && (hint > policy.maxWait || wait >= remaining)) {
    return 'wait_too_long';
  }
  if (!named && attempts >= policy.attempts) return 'attempts';
  if (wait >= remaining) return 'deadline';
  if (named) return closed === undefined ? { type: 'retry', wait, cost: 'free' } : { type: 'hold' };
  return { type: 'retry', wait, cost: sortOf(failure.kind) ? 'throttled' : 'transient' };
}

/**
 * Milliseconds to wait before the next attempt: never before a hint, else our own backoff (W3, R1). After a
 * limit that is never below the grown delay, and up to half of it more; else anywhere up to it, at least 1 ms.
 */
export function waitFor({
  failure: { kind },
  hint,
  attempts,
  chance,
  policy: { backoff, spread },
}: Pick<Situation, 'failure' | 'hint' | 'attempts' | 'chance' | 'policy'>): number {
  if (hint !== undefined) return hint + hintSpread(hint, spread, chance);
  const floored = sortOf(kind);
  const base = backoff[floored ?? 'transient'];
  const delay = grown(base, backoff.factor, Math.max(1, attempts) - 1, backoff.cap);
  return Math.max(1, delay * (floored === undefined ? chance : 1 + chance / 2));
}

function sortOf(kind: FailureKind): 'throttled' | 'locked' | undefined {
  return kind === 'rate_limited' ? 'throttled' : kind === 'locked' ? kind : undefined;
}

/**
 * What is added to a server's hint, so that clients told the same instant do not return in it (W3, W13).
 *
 * @param spread 0 to 1.
 */
export function hintSpread(hint: number, spread: number, chance: number): number {
  return spread * Math.min(Math.max(hint, 2_000), 20_000) * chance;
}

/** The statuses by which a server, or what stands before it, says that it is down (H1). */
const DOWN = new Set([500, 502, 503, 504, 520, 521, 522, 523, 524]);

/**
 * Whether a failure is a sign of an outage (H1): nothing came, or what came says that nobody is there to
 * answer. An entry with a path says that the server has executed; a hint, that it is there to name one.
 */
export function isDown({ kind, status, retryAt, path, all }: Failure): boolean {
  if (kind === 'network') return true;
  if (kind === 'timeout') return status === undefined;
  if (kind !== 'server_error' && kind !== 'unavailable') return false;
  if (status === undefined || !DOWN.has(status) || retryAt !== undefined) return false;
  return path === undefined && all.every((entry) => entry.path === undefined);
}
