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
  /** The end: monotonic, and epoch milliseconds. */
  #until = 0;
  #instant = 0;
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
    if (this.#failure === undefined || this.#final) return this.#failure !== undefined;
    // A computer that sleeps may have only one of its clocks go on (W9b).
    return this.#clock.monotonic() < this.#until && this.#clock.wall() < this.#instant;
  }

  /** Only a sign-in ends it (T7). */
  get final(): boolean {
    return this.#final;
  }

  /** Epoch milliseconds of the end; `undefined` where only a sign-in ends it. */
  get retryAt(): number | undefined {
    if (this.#final) return undefined;
    return this.#instant;
  }

  /** What an operation gets that needs a token meanwhile (T8). */
  stopped(): Failure | undefined {
    return this.#failure === undefined ? undefined : sessionFailure(this.#failure, this.retryAt);
  }

  /** @param wait milliseconds that the token endpoint asked for (W4). */
  begin(failure: Failure, final: boolean, wait: number | undefined): void {
    // Asked all the same and not answered, it is as final as it was (T19).
    if (this.#final && !final) return;
    this.#failures++;
    this.#final = final;
    const length = Math.max(wait ?? 0, grown(COOL_DOWN, this.#failures));
    this.#until = this.#clock.monotonic() + length;
    this.#instant = Math.min(this.#clock.wall() + length, 8.64e15);
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
