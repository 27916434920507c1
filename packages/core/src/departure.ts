import type { Core } from './core.ts';
import { refusedFailure } from './ending.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Attempt, OperationInfo } from './model/operation.ts';
import type { Refusal } from './pacing/admission.ts';
import { namesReasons } from './platform.ts';
import { isExposed } from './session/redirect.ts';
import { signedOutFailure } from './session/standing.ts';
import type { Standing } from './session/standing.ts';

type Go = Extract<Standing, { type: 'go' }>;
const UNSIGNED: Go = { type: 'go', generation: 0, tokens: undefined };

/** An operation that wants to be sent. */
export interface Traveller {
  readonly scope: string;
  /** It met a limit itself, and so goes before those that only heard of it (W7). */
  readonly metLimit: boolean;
  /** Sends it, with the generation of its token and the header fields that sign it. */
  send(generation: number, signed: Attempt['headers'] | undefined): void;
}

/**
 * The first two questions: when may it be sent, and as whom? Sends the operation as soon as both are
 * answered, which is at once where there is nothing to wait for; after any wait both are asked anew.
 */
export function depart<R>(core: Core, life: Lifecycle<R>, traveller: Traveller): void {
  const { online, session, gate } = core;
  if (life.ownerless) return life.signedOut();
  if (!life.disbelieves && !online.get()) {
    return life.waitForNetwork(online.subscribe(() => life.resume()));
  }
  const signed = session !== undefined && life.info.options?.auth !== false;
  const standing = signed ? session.standing() : UNSIGNED;
  if (standing.type === 'stop') {
    return life.giveUp(standing.failure, 'session_failed', session?.problem);
  }
  if (standing.type === 'wait') {
    const stop = session?.wait((signedOut) => woken(life, signedOut)) ?? ((): void => {});
    return life.wait(standing.reason, undefined, stop);
  }
  if (gate === undefined || life.pass !== undefined || entered(gate, life, traveller)) {
    sign(core, life, traveller, standing);
  }
}

function woken<R>(life: Lifecycle<R>, signedOut: boolean): void {
  // Whose sign-in has ended has heard of it; a connection is nobody's.
  if (!signedOut || life.info.connection === undefined) return life.resume();
  const failure = signedOutFailure();
  life.giveUp(failure, 'session_failed', failure);
}

/** Whether the gate lets it through now; if not, it waits there, or fails. */
function entered<R>(
  gate: NonNullable<Core['gate']>,
  life: Lifecycle<R>,
  { scope, metLimit }: Traveller,
): boolean {
  const open = gate.passable(scope);
  if (open !== undefined) {
    life.pass = open;
    return true;
  }
  const refuse = ({ reason, closure }: Refusal): void =>
    life.giveUp(refusedFailure(reason, closure), reason);
  const admission = gate.enter(scope, {
    first: metLimit,
    deadline: life.patience.deadline,
    admit: (pass) => {
      life.pass = pass;
      life.resume();
    },
    refuse,
    moved: (until) => life.patience.move(until),
  });
  if (admission.type === 'passed') life.pass = admission.pass;
  else if (admission.type === 'refused') refuse(admission.refusal);
  else life.wait('rate_limit', admission.until, admission.leave);
  return admission.type === 'passed';
}

function sign<R>(
  core: Core,
  life: Lifecycle<R>,
  traveller: Traveller,
  { tokens, generation }: Go,
): void {
  const { headers, bearer } = core.settings;
  if (tokens === undefined) return traveller.send(generation, undefined);
  if (headers === undefined) return traveller.send(generation, bearer(tokens));
  const send = (own: Attempt['headers']): void => {
    traveller.send(generation, own);
  };
  life.consult('auth.headers', () => headers(tokens), send, life.held);
}

/**
 * Whether a redirect may be followed. None may take a token along (X1). And a mutation follows none where
 * the reason of a failed connection can be read: after a redirect it is the reason of another address, and
 * proves nothing (F9).
 */
export function redirectOf(
  { settings }: Core,
  { kind }: OperationInfo,
  signed: Attempt['headers'] | undefined,
): Attempt['redirect'] {
  const isOwn = settings.headers !== undefined && isExposed(signed);
  return isOwn || (kind === 'mutation' && namesReasons()) ? 'manual' : 'follow';
}
