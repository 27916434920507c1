import type { Receiver } from './model/operation.ts';

/**
 * Whoever waits for the results, kept at arm's length: what it throws concerns neither the transport that
 * it would unwind through nor the other operations (E4).
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
      this.#receiver.next(result);
    } catch (error) {
      this.#complain('subscriber', error);
    }
  }

  error(error: unknown): void {
    try {
      this.#receiver.error(error);
    } catch (thrown) {
      this.#complain('subscriber', thrown);
    }
  }

  complete(): void {
    try {
      this.#receiver.complete();
    } catch (error) {
      this.#complain('subscriber', error);
    }
  }
}
