import type { BudgetStorage } from '../platform.ts';

/**
 * The retry budget (R4): a bucket that retries drain and successes fill. It breaks retries when most
 * of them are in vain, and never a first attempt. One bucket serves all operations of an instance.
 */
export class RetryBudget {
  readonly #capacity: number;
  readonly #storage: BudgetStorage | undefined;
  readonly #returned: number;
  #tokens: number | undefined;

  /** @param returned what successes have given back to the bucket that an earlier page left. */
  constructor(capacity: number, storage: BudgetStorage | undefined, returned = 0) {
    this.#capacity = capacity;
    this.#storage = storage;
    this.#returned = returned;
  }

  /** What is left. The storage is read when this is first needed, not before (E5). */
  get tokens(): number {
    const left = (): number => (this.#storage?.load() ?? this.#capacity) + this.#returned;
    this.#tokens ??= Math.min(left(), this.#capacity);
    return this.#tokens;
  }

  /** Takes what a retry costs; `false`, and nothing taken, where less is left. */
  spend(cost: number): boolean {
    if (this.tokens < cost) return false;
    this.#keep(this.tokens - cost);
    return true;
  }

  /** @param cost what the operation's last retry cost; a success at the first try returns 1. */
  succeed(cost: number | undefined): void {
    if (this.tokens < this.#capacity) this.#keep(this.tokens + (cost ?? 1));
  }

  #keep(tokens: number): void {
    this.#tokens = Math.min(tokens, this.#capacity);
    this.#storage?.save(this.#tokens);
  }
}
