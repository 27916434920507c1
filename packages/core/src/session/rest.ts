import type { Clock } from '../model/clock.ts';
import type { Failure } from '../model/failure.ts';
import { grown } from '../time/jitter.ts';
import { sessionFailure } from './standing.ts';

/** How long operations fail at once after a failed refresh, in milliseconds (T6). */
const COOL_DOWN = { base: 5_000, factor: 2, cap: 60_000 };

/** Why the token endpoint is left alone, and until when. */
export class Rest {
  readonly #clock: Clock;
  #failure: Failure | undefined;
  #final = false;
  /** Monotonic. */
  #until = 0;
  #failures = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Why the last refresh failed, if it did; with `retryAt` where waiting will do. */
  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Whether no refresh is to be started now. */
  get resting(): boolean {
    return this.#failure !== undefined && (this.#final || this.#clock.monotonic() < this.#until);
  }

  /** Epoch milliseconds of the end; `undefined` where only a sign-in ends it. */
  get retryAt(): number | undefined {
    if (this.#final) return undefined;
    return Math.min(this.#clock.wall() + this.#until - this.#clock.monotonic(), 8.64e15);
  }

  /** What an operation gets that needs a token meanwhile (T8). */
  stopped(): Failure | undefined {
    return this.#failure === undefined ? undefined : sessionFailure(this.#failure, this.retryAt);
  }

  /** @param wait milliseconds that the token endpoint asked for (W4). */
  begin(failure: Failure, final: boolean, wait: number | undefined): void {
    this.#failures++;
    this.#final = final;
    this.#until = this.#clock.monotonic() + Math.max(wait ?? 0, grown(COOL_DOWN, this.#failures));
    const { retryAt: _hint, ...known } = failure;
    const { retryAt } = this;
    this.#failure = retryAt === undefined ? known : { ...known, retryAt };
  }

  end(): void {
    this.#failure = undefined;
    this.#final = false;
    this.#failures = 0;
  }
}
