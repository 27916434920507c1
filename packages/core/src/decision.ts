import type { Failure, StopReason } from './model/failure.ts';
import type { OperationInfo } from './model/operation.ts';
import { backoffDelay, costOf } from './pacing/backoff.ts';
import type { Backoff, Cost } from './pacing/backoff.ts';
import { hintSpread } from './time/jitter.ts';

/** How an instance retries. */
export interface RetryPolicy {
  /** `false`: nothing is repeated but the replay after a refresh (R4b). */
  readonly enabled: boolean;
  /** Total, the first one included (R1). */
  readonly attempts: number;
  readonly backoff: Backoff;
  readonly mutations: 'safe' | 'never' | 'always';
  /** Mutations carry a key by which the server recognises a repetition (M3). */
  readonly keyed: boolean;
  /** The longest wait for a hint, in milliseconds (W4). */
  readonly maxWait: number;
}

/** What the session says of the token that an attempt was sent with. */
export type TokenState =
  /** No token handling, or `auth: false`. */
  | 'none'
  /** There is a newer one already (T2). */
  | 'replaced'
  /** It is the newest: a refresh can be had. */
  | 'renewable'
  /** This operation has had its fresh token, and the server rejected that too (T4). */
  | 'spent'
  /** The server refuses what the token endpoint gives: it is not asked again for a while (T4b). */
  | 'refused'
  /** No refresh is to be had (T8). */
  | 'failed';

/** All that a decision depends on, as plain values. */
export interface Situation {
  readonly kind: OperationInfo['kind'];
  readonly options: OperationInfo['options'];
  readonly policy: RetryPolicy;
  readonly failure: Failure;
  /** Attempts so far that count: replays do not (R5). */
  readonly attempts: number;
  /** Results have been handed on already (S1). */
  readonly delivered: boolean;
  readonly token: TokenState;
  /** What the application's `when` answered. */
  readonly wanted: boolean | undefined;
  /** Milliseconds that the server wants to be left alone. */
  readonly hint: number | undefined;
  /** Milliseconds until the deadline. */
  readonly remaining: number;
  /** In [0, 1). */
  readonly chance: number;
}

/** What next. */
export type Decision =
  | { readonly type: 'deliver'; readonly stopped: StopReason }
  /** Send again with a newer token (T2): one that is there, or one that a refresh must bring first. */
  | { readonly type: 'replay'; readonly refresh: boolean }
  /** Send again after `wait` milliseconds, paying for it. */
  | { readonly type: 'retry'; readonly wait: number; readonly cost: Cost };

/** The fourth question: what next? A pure function of values. */
export function decide(situation: Situation): Decision {
  const { failure, policy, wanted, delivered, kind, token } = situation;
  if (failure.kind === 'aborted') return deliver('aborted');
  if (delivered && kind !== 'subscription') return deliver('delivered_data');
  if (failure.freshToken === true && token !== 'none') {
    const replay = replayed(situation);
    // A token rejected again is final, whatever `when` says (T4). A kind such as `forbidden` that a token
    // did not cure is what it is; there `when` may still have an opinion.
    const final = wanted !== true || failure.kind === 'unauthenticated';
    if (replay.type === 'replay' || final) return replay;
  }
  if (wanted === false) return deliver('declined');
  if (wanted !== true && !failure.retryable) return deliver('not_retryable');
  if (failure.partial) return deliver(kind === 'mutation' ? 'unsafe_mutation' : 'delivered_data');
  if (!retries(situation)) return deliver('declined');
  if (kind === 'mutation' && !repeatable(situation)) return deliver('unsafe_mutation');
  return retry(situation, policy);
}

function replayed({ kind, failure, token, options, policy }: Situation): Decision {
  if (kind === 'mutation') {
    // Another root field may have run (M2).
    if (failure.partial) return deliver('unsafe_mutation');
    const harmless = failure.executed === false || options?.idempotent === true || policy.keyed;
    if (!harmless) return deliver('unsafe_mutation');
  }
  // Only a query that was rejected as unauthenticated gives its part away for the whole (F6).
  if (failure.partial && failure.kind !== 'unauthenticated') return deliver('delivered_data');
  if (token === 'spent' || token === 'refused') return deliver('not_retryable');
  if (token === 'failed') return deliver('session_failed');
  return { type: 'replay', refresh: token === 'renewable' };
}

function retries({ options, policy }: Situation): boolean {
  return options?.retry ?? policy.enabled;
}

/** Whether sending a mutation again cannot run it twice, or may (M1). */
function repeatable({ failure, options, policy }: Situation): boolean {
  if (policy.mutations !== 'safe') return policy.mutations === 'always';
  return failure.executed === false || options?.idempotent === true || policy.keyed;
}

function retry(situation: Situation, policy: RetryPolicy): Decision {
  const { failure, attempts, hint, remaining } = situation;
  if (attempts >= policy.attempts) return deliver('attempts');
  const wait = waitFor(situation);
  if (hint !== undefined && (hint > policy.maxWait || wait >= remaining)) {
    return deliver('wait_too_long');
  }
  if (wait >= remaining) return deliver('deadline');
  return { type: 'retry', wait, cost: costOf(failure.kind) };
}

/** Milliseconds to wait before the next attempt: never before a hint, else our own backoff (W3, R1). */
export function waitFor({
  failure,
  hint,
  attempts,
  chance,
  policy,
}: Pick<Situation, 'failure' | 'hint' | 'attempts' | 'chance' | 'policy'>): number {
  if (hint !== undefined) return hint + hintSpread(hint, chance);
  return backoffDelay(policy.backoff, failure.kind, Math.max(1, attempts), chance);
}

function deliver(stopped: StopReason): Decision {
  return { type: 'deliver', stopped };
}
