import type { AttemptInFlight } from './attempt.ts';
import type { Core } from './core.ts';
import type { Decision } from './decision.ts';
import type { Ledger } from './ledger.ts';
import { adviceFor } from './failure/advice.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { Failure } from './model/failure.ts';
import type { ConnectionLoss } from './model/operation.ts';
import { pay } from './payment.ts';
import { doubtful } from './reading.ts';
import { flooredJitter } from './time/jitter.ts';

/** How long nothing must pass over a connection for the moment to count as quiet, in milliseconds (S4). */
const QUIET = 1_000;

type Sent = Pick<AttemptInFlight<unknown>, 'generation' | 'over' | 'end' | 'accompany'>;

/**
 * Watches over one connection that stands. When the session has moved on, it is opened anew at the next
 * quiet moment, at the latest when its token serves no more; after a sign-out, or where the server has
 * rejected its token, at once (S4).
 */
export class ConnectionWatch<R> {
  readonly #core: Core;
  readonly #life: Lifecycle<R>;
  readonly #run: { readonly scope: string; proceed(): void };
  readonly #attempt: Sent;
  /** Monotonic instant after which the token of this connection serves no more. */
  readonly #expires: number;
  /** A reopening is due. */
  #due = false;
  /** Monotonic instant of what passed last since the alarm was set. */
  #busy: number | undefined;

  /** @param expires monotonic instant after which the token of the connection serves no more. */
  constructor(
    core: Core,
    life: Lifecycle<R>,
    run: { readonly scope: string; proceed(): void },
    attempt: Sent,
    expires: number,
  ) {
    this.#core = core;
    this.#life = life;
    this.#run = run;
    this.#attempt = attempt;
    this.#expires = expires;
    if (life.info.options?.auth !== false) this.#follow();
  }

  /** Something passes: the moment is not quiet. */
  traffic(): void {
    if (this.#due) this.#busy = this.#core.settings.clock.monotonic();
  }

  /** Waits until the session has moved on. It may have while the connection was being opened. */
  #follow(): void {
    const { session, settings } = this.#core;
    if (session === undefined) return;
    const stop = session.wait((signedOut) => {
      if (this.#attempt.over) return;
      this.#follow();
      if (signedOut) this.#reopen();
    });
    this.#attempt.accompany(stop);
    const { generation } = this.#attempt;
    if (session.held.generation === generation) return;
    this.#due = true;
    this.#arm(settings.clock.monotonic());
    // Whatever is sent over it with a token that the server has rejected would be rejected again.
    if (generation <= session.held.dead) this.#reopen();
  }

  /** @param since monotonic instant from which on it has been quiet. */
  #arm(since: number): void {
    const now = this.#core.settings.clock.monotonic();
    const quiet = since + QUIET - now;
    const left = this.#expires - now;
    this.#busy = undefined;
    this.#life.patience.alarm(Math.min(quiet, left), () => this.#ring(left <= quiet));
  }

  /** @param expired the token serves no more. What has passed meanwhile is counted, not the clock asked (P1). */
  #ring(expired: boolean): void {
    if (this.#attempt.over) return;
    if (!expired && this.#busy !== undefined) this.#arm(this.#busy);
    else this.#reopen();
  }

  /** Opens it anew, where that may be done at once: until then the old one is better than none. */
  #reopen(): void {
    if (this.#attempt.over) return;
    const { session, gate, online } = this.#core;
    const standing = session?.standing();
    // The session will say when it has tokens again; `#follow` hears of it.
    if (standing?.type !== 'go' || standing.generation === this.#attempt.generation) return;
    const free = online.get() && this.#life.info.connection?.idle() !== false;
    const pass = free ? gate?.passable(this.#run.scope) : undefined;
    if (!free || (gate !== undefined && pass === undefined)) {
      return this.#life.patience.alarm(QUIET, () => this.#reopen());
    }
    this.#life.pass = pass;
    this.#attempt.end();
    this.#run.proceed();
  }
}

/** What a connection's end means, whoever said it: a socket has had its say, and that is judged once (S4). */
export function ofConnection(failure: Failure): Failure {
  return {
    ...failure,
    source: 'socket',
    all: failure.all.map((one) => ({ ...one, source: 'socket' })),
  };
}

/** What the loss of a connection means for those who went over it. */
export function lossOf({ settings }: Core, failure: Failure): ConnectionLoss {
  const { policy, profile } = settings;
  const unknown = {
    ...doubtful(failure),
    retryable: false,
    freshToken: false,
    attempts: 1,
    stopped: 'unsafe_mutation',
    advice: adviceFor('outcomeUnknown', profile),
  } as const;
  return { failure, unknown, attempts: policy.enabled ? policy.attempts : 1 };
}

/**
 * What going on costs, and how long it waits: a connection that the budget does not allow to come back
 * now comes back late, since whoever subscribed still wants it (S4). `undefined` where it may not go on.
 */
export function afforded<R>(
  core: Core,
  { info, ledger }: Pick<Lifecycle<R>, 'info'> & { readonly ledger: Ledger },
  decision: Exclude<Decision, { type: 'deliver' }>,
): number | undefined {
  const wait = decision.type === 'retry' ? decision.wait : 0;
  if (pay(core, ledger, decision)) return wait;
  if (info.connection === undefined || decision.type !== 'retry') return undefined;
  ledger.retry(0);
  const { connection, chance } = core.settings;
  const { cap } = connection.backoff;
  return Math.max(wait, flooredJitter({ base: cap, factor: 1, cap }, 1, chance()));
}
