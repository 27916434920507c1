/** How many are remembered (X4). */
const KEPT = 100;

/**
 * Operations that a fresh token did not help: a 403 that may be a dead token or a missing permission
 * (TBInt) is tried once with a new token, and after that known for what it is as long as that token
 * lasts. Without this, an application that polls what it may not see would sign in at every poll.
 */
export class Refusals {
  #generation = 0;
  readonly #names = new Set<string>();

  has(generation: number, name: string): boolean {
    return generation === this.#generation && this.#names.has(name);
  }

  add(generation: number, name: string): void {
    if (generation !== this.#generation) this.#names.clear();
    this.#generation = generation;
    if (this.#names.size < KEPT) this.#names.add(name);
  }
}
