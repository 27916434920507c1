import { consult } from './consult.ts';
import type { Cancel } from './model/clock.ts';
import type { AttemptReceiver } from './model/operation.ts';
import type { Signal } from './model/signal.ts';

/** Whom an attempt reports to. */
export interface AttemptOwner<R> {
  attemptNext(attempt: AttemptInFlight<R>, result: R): void;
  attemptError(attempt: AttemptInFlight<R>, error: unknown, seen?: Signal): void;
  attemptComplete(attempt: AttemptInFlight<R>): void;
  /** What was to end it has failed: the transport's own affair, of which somebody should hear (E1b). */
  attemptNotEnded(error: unknown): void;
}

/**
 * One attempt in flight, and the only way by which a transport reaches its run. Once it is over, by
 * itself or because it was ended, nothing that comes late gets through (E4).
 */
export class AttemptInFlight<R> implements AttemptReceiver<R> {
  readonly number: number;
  /** The generation of the token it was sent with (T2). */
  readonly generation: number;
  /** A good result has come of it. */
  answered = false;
  readonly #owner: AttemptOwner<R>;
  #over = false;
  #cancel: Cancel | undefined;
  #company: Cancel | undefined;

  constructor(owner: AttemptOwner<R>, number: number, generation: number) {
    this.#owner = owner;
    this.number = number;
    this.generation = generation;
  }

  get over(): boolean {
    return this.#over;
  }

  /** Takes what ends it; it may be over before the transport's `send` has returned. */
  started(cancel: Cancel): void {
    this.#cancel = cancel;
    if (this.#over) this.close();
  }

  /** What ends with it, whoever ends it; takes the place of what was given before. */
  accompany(company: Cancel): void {
    if (this.#over) company();
    else this.#company = company;
  }

  /** Ends it from our side. */
  end(): void {
    if (this.#finish()) this.close();
  }

  /** Closes what the transport has opened for it, if that has not been done. */
  close(): void {
    const cancel = this.#cancel;
    this.#cancel = undefined;
    if (cancel === undefined) return;
    consult<unknown>(cancel, {
      answered: () => {},
      failed: (error) => this.#owner.attemptNotEnded(error),
    });
  }

  next(result: R): void {
    if (!this.#over) this.#owner.attemptNext(this, result);
  }

  error(error: unknown, seen?: Signal): void {
    if (this.#finish()) this.#owner.attemptError(this, error, seen);
  }

  complete(): void {
    if (this.#finish()) this.#owner.attemptComplete(this);
  }

  /** `false` where it was over already. */
  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#company?.();
    return true;
  }
}
