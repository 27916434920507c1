import type { Answer } from './server.ts';

/** How many token calls are answered in each window; beyond it they are told to wait for its end. */
export interface TokenLimit {
  readonly calls: number;
  /** Milliseconds. */
  readonly window: number;
}

const GOOD: Answer = { status: 200 };

/** Issues tokens, as many as its limit allows. */
export class TokenEndpoint {
  readonly #limit: TokenLimit | undefined;
  #window = -1;
  #calls = 0;

  constructor(limit: TokenLimit | undefined) {
    this.#limit = limit;
  }

  receive(now: number): Answer {
    if (this.#limit === undefined) return GOOD;
    const { calls, window } = this.#limit;
    const current = Math.floor(now / window);
    if (current !== this.#window) {
      this.#window = current;
      this.#calls = 0;
    }
    if (this.#calls >= calls) {
      return { status: 429, retryAfter: Math.ceil(((current + 1) * window - now) / 1_000) };
    }
    this.#calls++;
    return GOOD;
  }
}
