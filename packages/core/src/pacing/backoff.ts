import type { FailureKind } from '../model/failure.ts';
import { flooredJitter, fullJitter } from '../time/jitter.ts';

/** Base delays in milliseconds by the sort of trouble, and how they grow (R1). */
export interface Backoff {
  readonly transient: number;
  readonly throttled: number;
  readonly locked: number;
  readonly factor: number;
  readonly cap: number;
}

/** What a retry draws on: a server in trouble, or one that said "slow down" (R4). */
export type Cost = 'transient' | 'throttled';

export function costOf(kind: FailureKind): Cost {
  return kind === 'rate_limited' || kind === 'locked' ? 'throttled' : 'transient';
}

/**
 * The delay before retry number `retry`, where the server named none (R1).
 *
 * @param chance a number in [0, 1).
 */
export function backoffDelay(
  backoff: Backoff,
  kind: FailureKind,
  retry: number,
  chance: number,
): number {
  const { factor, cap } = backoff;
  if (kind === 'rate_limited') {
    return flooredJitter({ base: backoff.throttled, factor, cap }, retry, chance);
  }
  if (kind === 'locked') return flooredJitter({ base: backoff.locked, factor, cap }, retry, chance);
  return fullJitter({ base: backoff.transient, factor, cap }, retry, chance);
}
