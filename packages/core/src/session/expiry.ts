import type { Tokens } from '../model/tokens.ts';
import { claimsOf } from './jwt.ts';

/** How long before expiry a token counts as expired, in milliseconds (T10). */
const HARD_MARGIN = 5_000;
const SOFT_LIMIT = 120_000;
const SOFT_SHARE = 0.2;
const EARLY_START = 0.1;

/** Monotonic instants between which a token is renewed while it serves, and after which it serves no more. */
export interface Expiry {
  readonly soft: number;
  readonly hard: number;
}

export const NEVER: Expiry = { soft: Infinity, hard: Infinity };

/**
 * Milliseconds that a token still lives, as far as anybody says: `expiresAt`, else a JWT's `exp`, else
 * `lifetime`.
 *
 * @param wall the wall clock when the token was received: a clock that is wrong was wrong by the same
 *   amount when `expiresAt` was made from a lifetime (T10).
 */
export function remainingLife(
  tokens: Tokens | undefined,
  wall: number,
  lifetime: number | undefined,
): number | undefined {
  if (tokens === undefined) return lifetime;
  const { expiresAt } = tokens;
  const instant =
    expiresAt !== undefined && Number.isFinite(expiresAt)
      ? expiresAt
      : claimsOf(tokens.accessToken).expiry;
  return instant === undefined ? lifetime : instant - wall;
}

export interface Lifetime {
  /** Milliseconds from receipt to expiry. */
  readonly life: number;
  /** Monotonic instant of receipt. */
  readonly received: number;
  /** Just issued; else it is of unknown age: what is left of its life says nothing of how long it was. */
  readonly recent: boolean;
  /** The application's own window; taken as it is. */
  readonly refreshAhead: number | undefined;
  /** In [0, 1). */
  readonly chance: number;
}

/** When to renew (T10). */
export function expiryOf({ life, received, recent, refreshAhead, chance }: Lifetime): Expiry {
  const margin = recent ? Math.min(HARD_MARGIN, life / 2) : HARD_MARGIN;
  const own = Math.min(SOFT_LIMIT, life * SOFT_SHARE);
  const window = refreshAhead ?? own * (1 + EARLY_START * chance);
  // A new token that arrives inside its own window would be renewed by every operation.
  const soft = recent && window >= life ? life / 2 : life - window;
  return { soft: received + soft, hard: received + life - margin };
}
