import type { Failure } from '../model/failure.ts';
import type { RefreshReason } from '../model/tokens.ts';
import type { Renewal } from './renewal.ts';
import { signedOutFailure } from './standing.ts';

/** How a refresh ended for those who asked for it: with new tokens (`undefined`), or why not. */
export type FlightEnd = Failure | undefined;

/** One refresh under way: there is never more than one (T1). */
export class Flight {
  readonly reason: RefreshReason;
  /** The token still serves, so nobody waits for this one (T9), until that changes. */
  ahead: boolean;
  readonly controller: AbortController = new AbortController();
  readonly ended: Promise<FlightEnd>;
  readonly end: (end: FlightEnd) => void;
  tries = 0;

  constructor(reason: RefreshReason, ahead: boolean) {
    this.reason = reason;
    this.ahead = ahead;
    let end: (end: FlightEnd) => void = () => {};
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.end = end;
  }
}

/** What a renewal means for those who asked for it by name. */
export function endOf(
  renewal: Renewal,
  signedOut: boolean,
  problem: Failure | undefined,
): FlightEnd {
  if (renewal.type === 'failed') return renewal.failure;
  if (signedOut) return signedOutFailure();
  return renewal.type === 'nothing' ? problem : undefined;
}
