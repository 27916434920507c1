import type { Failure } from './base/failure.ts';
import type {
  ConnectionLine,
  ConnectionLoss,
  ConnectionPolicy,
  LossSettings,
  RetryPolicy,
} from './base/operation.ts';

/** How long nothing must pass over a connection for the moment to count as quiet, in milliseconds. */
const QUIET = 1_000;

/** What {@link connectionPolicy} takes. */
export interface ConnectionOptions {
  /** First delay before a lost connection is opened again; doubles, with full jitter. Milliseconds, default 1,000. */
  readonly base?: number | undefined;
  /** The longest delay. Milliseconds, default 30,000. */
  readonly cap?: number | undefined;
  /** `false` while something is under way over it that must not be sent twice: it is not reopened then. */
  idle(): boolean;
  /** It was lost; told before it is opened again. What may not be sent twice must end then. */
  lost?(loss: ConnectionLoss): void;
  /** Whoever was signed in is not any more: what was begun before must not be sent again. */
  signedOut?(failure: Failure): void;
}

/**
 * Makes an operation of kind `subscription` a connection which others go over, such as a socket (S4). It is
 * opened as often as it takes, for as long as it is wanted. Its first result says that it is there, each
 * further one that it serves; results in which `read` sees nothing say that it is in use. When the session
 * has moved on, it is opened anew at the next quiet moment, at the latest when its token serves no more; after
 * a sign-out, or where the server has rejected its token, at once.
 *
 * @example
 * resilience.execute({ kind: 'subscription', connection: connectionPolicy({ idle }) }, transport, receiver);
 */
export function connectionPolicy(options: ConnectionOptions): ConnectionPolicy {
  return new Connection(options);
}

class Connection implements ConnectionPolicy {
  readonly #options: ConnectionOptions;
  #line: ConnectionLine | undefined;
  /** Monotonic instant after which the token that it was opened with serves no more. */
  #expires = Infinity;
  /** Monotonic instant of what passed last, kept while a reopening is due. */
  #busy: number | undefined;
  #stop: (() => void) | undefined;
  #timer: (() => void) | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  policy(usual: RetryPolicy): RetryPolicy {
    const { base: transient = 1_000, cap = 30_000 } = this.#options;
    // What the application says of delays goes before what a connection has of its own.
    const backoff = { ...usual.backoff, transient, cap, ...usual.given };
    return { ...usual, attempts: Infinity, backoff };
  }

  lossOf(said: Failure, { policy, outcomeUnknown }: LossSettings): ConnectionLoss {
    const all = said.all.map((one) => ({ ...one, source: 'socket' }) as const);
    const failure = { ...said, source: 'socket', all } as const;
    const unknown = {
      ...failure,
      executed: undefined,
      retryable: false,
      freshToken: false,
      attempts: 1,
      stopped: 'unsafe_mutation',
      outcomeUnknown: true,
      advice: outcomeUnknown,
    } as const;
    return { failure, unknown, attempts: policy.enabled ? policy.attempts : 1 };
  }

  established(line: ConnectionLine): void {
    const { session } = line;
    this.#line = line;
    this.#busy = undefined;
    if (session === undefined) return;
    const { held } = session;
    // The session may have moved on while the connection was being opened.
    this.#expires = held.generation === line.generation ? held.expiry.hard : Infinity;
    let known = held.generation;
    this.#stop = session.subscribe(() => {
      if (held.generation === known) return;
      known = held.generation;
      if (held.isSignedOut) this.#reopen();
      else this.#moved();
    });
    this.#moved();
  }

  traffic(): void {
    if (this.#busy !== undefined) this.#busy = this.#now();
  }

  ended(): void {
    this.#stop?.();
    this.#timer?.();
    this.#line = undefined;
    this.#busy = undefined;
  }

  lost(loss: ConnectionLoss): void {
    this.#options.lost?.(loss);
  }

  signedOut(failure: Failure): void {
    this.#options.signedOut?.(failure);
  }

  #now(): number {
    return this.#line?.core.alarms.now() ?? 0;
  }

  #moved(): void {
    const line = this.#line;
    const held = line?.session?.held;
    if (held === undefined || line === undefined || held.generation === line.generation) return;
    this.#busy = this.#now();
    this.#arm();
    // Whatever is sent over it with a token that the server has rejected would be rejected again.
    if (line.generation <= held.dead) this.#reopen();
  }

  #arm(): void {
    this.#after(Math.min((this.#busy ?? 0) + QUIET, this.#expires) - this.#now(), () => {
      const now = this.#now();
      if (now < this.#expires && now - (this.#busy ?? 0) < QUIET) this.#arm();
      else this.#reopen();
    });
  }

  #after(ms: number, ring: () => void): void {
    this.#timer?.();
    this.#timer = this.#line?.core.alarms.after(Math.max(0, ms), ring);
  }

  /** Whether it could be opened now, and for somebody else. */
  #mayOpen({ session, generation, core }: ConnectionLine): boolean {
    const authorization = session?.authorize();
    return (
      authorization?.type === 'go' && authorization.generation !== generation && core.online.get()
    );
  }

  /** Opens it anew, where that may be done at once: until then the old one is better than none. */
  #reopen(): void {
    const line = this.#line;
    if (line === undefined || (this.#options.idle() && this.#mayOpen(line) && line.reopen()))
      return;
    this.#after(QUIET, () => this.#reopen());
  }
}
