import type { BudgetStorage } from '../platform.ts';

/**
 * The retry budget (R4): a bucket that retries drain and successes fill. It breaks retries when most
 * of them are in vain, and never a first attempt. One bucket serves all operations of an instance.
 */
export class RetryBudget {
  readonly #capacity: number;
  readonly #storage: BudgetStorage | undefined;
  #tokens: number | undefined;
  /** What successes have given back before the first retry. */
  #returned = 0;

  constructor(capacity: number, storage: BudgetStorage | undefined) {
    this.#capacity = capacity;
    this.#storage = storage;
  }

  /** What is left. The storage is read when this is first needed, not before (E5). */
  get tokens(): number {
    const left = (): number => (this.#storage?.load() ?? this.#capacity) + this.#returned;
    return (this.#tokens ??= Math.min(left(), this.#capacity));
  }

  /** Takes what a retry costs; `false`, and nothing taken, where less is left. */
  spend(cost: number): boolean {
    if (this.tokens < cost) return false;
    this.#keep(this.tokens - cost);
    return true;
  }

  /** @param cost what the operation's last retry cost; a success at the first try returns 1. */
  succeed(cost = 1): void {
    if (this.#tokens === undefined) this.#returned += cost;
    else if (this.#tokens < this.#capacity) this.#keep(this.#tokens + cost);
  }

  #keep(tokens: number): void {
    this.#tokens = Math.min(tokens, this.#capacity);
    this.#storage?.save(this.#tokens);
  }
}
