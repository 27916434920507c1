import type { ConnectionLine, ConnectionPolicy } from './base/operation.ts';

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
  readonly backoff: ConnectionPolicy['backoff'];
  readonly #idle: () => boolean;
  #line: ConnectionLine | undefined;
  /** Monotonic instant of what passed last, kept while a reopening is due. */
  #busy: number | undefined;

  constructor({ base = 1_000, cap = 30_000, idle }: ConnectionOptions) {
    this.backoff = { transient: base, cap };
    this.#idle = idle;
  }

  established(line: ConnectionLine): void {
    this.#line = line;
    this.#busy = undefined;
    line.follow((signedOut) => {
      if (signedOut) this.#reopen();
      else this.#moved();
    });
    // The session may have moved on while the connection was being opened.
    this.#moved();
  }

  traffic(): void {
    const line = this.#line;
    if (line !== undefined && this.#busy !== undefined) this.#busy = line.clock.monotonic();
  }

  ended(): void {
    this.#line = undefined;
    this.#busy = undefined;
  }

  #moved(): void {
    const line = this.#line;
    if (line === undefined) return;
    const { generation, dead } = line.session();
    if (generation === line.generation) return;
    this.#busy = line.clock.monotonic();
    this.#arm(line);
    // Whatever is sent over it with a token that the server has rejected would be rejected again.
    if (line.generation <= dead) this.#reopen();
  }

  #arm(line: ConnectionLine): void {
    line.alarm(Math.min((this.#busy ?? 0) + QUIET, line.expires), () => this.#ring(line));
  }

  #ring(line: ConnectionLine): void {
    if (this.#line !== line) return;
    const now = line.clock.monotonic();
    if (now < line.expires && now - (this.#busy ?? 0) < QUIET) this.#arm(line);
    else this.#reopen();
  }

  /** Opens it anew, where that may be done at once: until then the old one is better than none. */
  #reopen(): void {
    const line = this.#line;
    if (line === undefined) return;
    if (this.#idle() && line.reopen()) return;
    line.alarm(line.clock.monotonic() + QUIET, () => {
      if (this.#line === line) this.#reopen();
    });
  }
}
