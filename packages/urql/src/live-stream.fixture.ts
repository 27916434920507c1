import type { WebSocket } from 'ws';
import { deferred } from './exchange.fixture.ts';
import type { Deferred } from './exchange.fixture.ts';

/** One stream, as the server sees it. */
export class LiveStream implements AsyncIterableIterator<number | Error> {
  /** The token that it was asked for with. */
  readonly token: string | undefined;
  /** The socket that it goes over, where that is a WebSocket. */
  readonly socket: WebSocket | undefined;
  isOpen = true;
  readonly #closed: Deferred<void> = deferred();
  readonly #events: (number | Error)[] = [];
  #problem: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(token: string | undefined, socket: WebSocket | undefined) {
    this.token = token;
    this.socket = socket;
  }

  /** Settles when it is over on the server, whoever ended it. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** An event; one that is an error comes with `data: null`. */
  push(...events: (number | Error)[]): void {
    this.#events.push(...events);
    this.#wake?.();
  }

  /** What feeds it throws. */
  fail(problem: Error): void {
    this.#problem = problem;
    this.#wake?.();
  }

  /** Completes it. */
  end(): void {
    this.#over();
    this.#wake?.();
  }

  async next(): Promise<IteratorResult<number | Error>> {
    for (;;) {
      const [event] = this.#events.splice(0, 1);
      if (event !== undefined) return { done: false, value: event };
      if (this.#problem !== undefined) {
        this.#over();
        throw this.#problem;
      }
      if (!this.isOpen) return { done: true, value: undefined };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<number | Error>> {
    this.end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #over(): void {
    this.isOpen = false;
    this.#closed.resolve();
  }
}
