/**
 * What is in progress, in no order. A `Set` that each operation fills and empties again would allocate a
 * table for each of them.
 */
export class InProgress<T extends { place: number }> {
  readonly #all: T[] = [];

  add(one: T): void {
    one.place = this.#all.length;
    this.#all.push(one);
  }

  /** Whoever is last takes the place of the one that goes. */
  delete(one: T): void {
    const last = this.#all.pop();
    if (last === undefined || last === one) return;
    this.#all[one.place] = last;
    last.place = one.place;
  }

  all(): readonly T[] {
    return [...this.#all];
  }
}
