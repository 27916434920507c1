import type { Core } from './core.ts';
import { decide, waitFor } from './decision.ts';
import type { Decision, RetryPolicy, TokenState } from './decision.ts';
import type { Ledger } from './ledger.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Failure } from './model/failure.ts';
import type { OperationInfo } from './model/operation.ts';

/** A failed attempt, and what else bears on what comes next. */
export interface Case {
  readonly info: OperationInfo;
  readonly ledger: Ledger;
  /** The generation of the token that the attempt was sent with. */
  readonly generation: number;
  readonly failure: Failure;
  /** Results have been handed on already. */
  readonly delivered: boolean;
  /** Milliseconds until the deadline. */
  readonly remaining: number;
  readonly scope: string;
  /** What the application's `when` answered. */
  readonly wanted: boolean | undefined;
  /** In [0, 1). */
  readonly chance: number;
}

export interface Judgement {
  readonly decision: Decision;
  /** Why no token was to be had (T8). */
  readonly cause: Failure | undefined;
  /** In place of the failure's own, where what is to be done about it is known better. */
  readonly advice: string | undefined;
}

const REFUSED =
  'The token endpoint gives tokens, but this API refuses them: check that both belong to the same environment and audience, and that nothing hands out an old token.';

/** What there is to judge by, but for the application's opinion. */
export function factsOf<R>(
  { info, ledger, delivered, patience }: Lifecycle<R>,
  scope: string,
  generation: number,
  failure: Failure,
  chance: number,
): Omit<Case, 'wanted'> {
  const { remaining } = patience;
  return { info, ledger, generation, failure, delivered, remaining, scope, chance };
}

/** Gathers the facts for a decision, and tells the session what it must know of them. */
export function judge(core: Core, facts: Case): Judgement {
  const { info, ledger, failure, chance } = facts;
  const policy = policyFor(core, info);
  const attempts = ledger.counted;
  const hint = hintOf(core, failure);
  const token = tokenState(core, facts);
  const decision = decide({
    kind: info.kind,
    options: info.options,
    policy,
    failure,
    attempts,
    delivered: facts.delivered,
    token,
    wanted: facts.wanted,
    hint,
    remaining: facts.remaining,
    chance,
  });
  const failed = decision.type === 'deliver' && decision.stopped === 'session_failed';
  return {
    decision,
    cause: failed ? core.session?.problem : undefined,
    advice: token === 'refused' ? REFUSED : undefined,
  };
}

/**
 * Closes the scope of an operation that met a limit, whatever becomes of the operation (W7).
 *
 * @returns whether the operation, if it goes on, waits at the gate and not by itself.
 */
export function heed(
  core: Core,
  {
    info,
    ledger,
    failure,
    scope,
    chance,
  }: Pick<Case, 'info' | 'ledger' | 'failure' | 'scope' | 'chance'>,
): boolean {
  const policy = policyFor(core, info);
  const hint = hintOf(core, failure);
  const limited =
    failure.kind === 'rate_limited' || (failure.kind === 'unavailable' && hint !== undefined);
  const retries = info.options?.retry ?? policy.enabled;
  if (core.gate === undefined || !limited || (hint === undefined && !retries)) return false;
  const wait = waitFor({ failure, hint, attempts: ledger.counted, chance, policy });
  core.gate.close(scope, failure.kind, hint, wait);
  return true;
}

/** Statuses with which something on the way to the server failed, or the server itself. */
const BROKEN = new Set([500, 502, 503, 504, 520, 521, 522, 523, 524]);

/**
 * Whether a failed attempt shows that the server took the token: any answer does that neither rejects it
 * nor failed on the way (T4b). One with a path was executed, whatever its status.
 */
export function accepts({ kind, source, status, freshToken, retryAt, all }: Failure): boolean {
  if (freshToken === true || kind === 'unauthenticated' || kind === 'bad_response') return false;
  if (status === undefined) return source === 'graphql';
  const executed = all.some(({ path }) => path !== undefined);
  return executed || retryAt !== undefined || !BROKEN.has(status);
}

function policyFor({ settings }: Core, { connection }: OperationInfo): RetryPolicy {
  return connection !== undefined ? settings.connection : settings.policy;
}

/** Milliseconds that the server wants to be left alone. */
function hintOf({ settings }: Core, { retryAt }: Failure): number | undefined {
  return retryAt === undefined ? undefined : Math.max(0, retryAt - settings.clock.wall());
}

function tokenState(core: Core, { info, ledger, generation, failure }: Case): TokenState {
  const { session, refusals } = core;
  if (failure.freshToken !== true || session === undefined || info.options?.auth === false)
    return 'none';
  const ambiguous = failure.kind !== 'unauthenticated';
  if (!ambiguous && session.refuses(generation)) return 'refused';
  // A rejection of an older token costs no refresh, so it is no second one either (T2, T4).
  const current = generation === session.held.generation;
  if (ledger.freshened && current) {
    if (ambiguous) refusals.add(generation, info);
    return 'spent';
  }
  if (ambiguous && refusals.has(generation, info)) return 'spent';
  switch (session.reject(generation)) {
    case 'failed':
      return 'failed';
    case 'unrenewable':
      return 'spent';
    case 'current':
      return 'renewable';
    case 'stale':
      return 'replaced';
  }
}
