import { consult } from './consult.ts';
import type { Cancel } from './model/clock.ts';
import type { Attempt, AttemptReceiver } from './model/operation.ts';
import type { Signal } from './model/signal.ts';

/** Whom an attempt reports to. */
export interface AttemptOwner<R> {
  attemptNext(attempt: AttemptInFlight<R>, result: R): void;
  attemptError(attempt: AttemptInFlight<R>, error: unknown, seen?: Signal): void;
  attemptComplete(attempt: AttemptInFlight<R>): void;
  /** What was to end it has failed: the transport's own affair, of which somebody should hear (E1b). */
  attemptNotEnded(error: unknown): void;
  /** It is over, and whoever it concerns has heard of it. */
  attemptOver(attempt: AttemptInFlight<R>): void;
}

/**
 * One attempt in flight, and the only way by which a transport reaches its run. Once it is over, by
 * itself or because it was ended, nothing that comes late gets through (E4).
 */
export class AttemptInFlight<R> implements AttemptReceiver<R> {
  readonly number: number;
  /** The generation of the token it was sent with (T2). */
  readonly generation: number;
  /** The header fields that signed it. */
  readonly signed: Attempt['headers'] | undefined;
  /** A good result has come of it. */
  answered = false;
  readonly #owner: AttemptOwner<R>;
  #over = false;
  #cancel: Cancel | undefined;
  #company: Cancel | undefined;

  constructor(
    owner: AttemptOwner<R>,
    number: number,
    generation: number,
    signed: Attempt['headers'] | undefined,
  ) {
    this.#owner = owner;
    this.number = number;
    this.generation = generation;
    this.signed = signed;
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
    if (!this.#finish()) return;
    this.close();
    this.#owner.attemptOver(this);
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
    if (!this.#finish()) return;
    this.#owner.attemptError(this, error, seen);
    this.#owner.attemptOver(this);
  }

  complete(): void {
    if (!this.#finish()) return;
    this.#owner.attemptComplete(this);
    this.#owner.attemptOver(this);
  }

  /** `false` where it was over already. */
  #finish(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#company?.();
    return true;
  }
}
