import type { Receiver } from './model/operation.ts';
import { isPromiseLike } from './time/promise-like.ts';

/**
 * Whoever waits for the results, kept at arm's length: what it throws concerns neither the transport that
 * it would unwind through nor the other operations (E1b, E4).
 */
export class Subscriber<R> implements Receiver<R> {
  readonly #receiver: Receiver<R>;
  readonly #complain: (callback: string, error: unknown) => void;

  constructor(receiver: Receiver<R>, complain: (callback: string, error: unknown) => void) {
    this.#receiver = receiver;
    this.#complain = complain;
  }

  next(result: R): void {
    try {
      this.#answered(this.#receiver.next(result));
    } catch (error) {
      this.#failed(error);
    }
  }

  error(error: unknown): void {
    try {
      this.#answered(this.#receiver.error(error));
    } catch (thrown) {
      this.#failed(thrown);
    }
  }

  complete(): void {
    try {
      this.#answered(this.#receiver.complete());
    } catch (error) {
      this.#failed(error);
    }
  }

  /** An `async` method answers a promise, although nobody asked for one. */
  #answered(answer: unknown): void {
    if (answer !== undefined && isPromiseLike(answer)) {
      answer.then(undefined, (error: unknown) => this.#failed(error));
    }
  }

  #failed(error: unknown): void {
    this.#complain('subscriber', error);
  }
}
