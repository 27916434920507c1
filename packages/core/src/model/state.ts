import type { Failure } from './failure.ts';
import type { OperationInfo } from './operation.ts';
import type { WaitReason } from './event.ts';

/** What a session is, for a person to see and for code to follow. */
export interface SessionState {
  /**
   * `unknown`: the initial tokens have not been read yet. `active`: there are tokens, and they serve,
   * also while a refresh runs ahead of time. `refreshing`: operations wait for new tokens. `unavailable`:
   * the token endpoint is down or limited, and is not asked again before `until`. `failed`: only a sign-in
   * helps, so send the user to it.
   */
  readonly status: 'unknown' | 'signed-out' | 'active' | 'refreshing' | 'unavailable' | 'failed';
  /** Counts the tokens: every sign-in, refresh and sign-out makes a new one. */
  readonly generation: number;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
  /** When the token endpoint may be asked again, while the session is `unavailable`; epoch milliseconds. */
  readonly until?: number;
  /** Why the last refresh failed. */
  readonly failure?: Failure;
}

/** The closed rate-limit scopes: `until` is epoch milliseconds, `waiting` counts queued operations. */
export type LimitState = readonly {
  readonly scope: string;
  readonly until: number;
  readonly waiting: number;
}[];

/**
 * The operations that wait now. `attempt` is the number of the attempt waited for, `until` epoch
 * milliseconds. `attempts` is given in a backoff: how many there will be in all if none succeeds, replays
 * and a free retry that have been made included.
 */
export type ActivityState = readonly {
  readonly kind: OperationInfo['kind'];
  readonly name?: string;
  readonly reason: WaitReason;
  readonly attempt: number;
  readonly attempts?: number;
  readonly until?: number;
}[];
