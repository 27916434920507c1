/**
 * Those who wait, in order of arrival. To join, to leave and to be taken first cost the same however many
 * there are: a place that has been left is passed over once, not by everybody who comes to the head.
 */
export class Line<T> {
  readonly #waiting = new Set<T>();
  #order = this.#waiting.values();

  get size(): number {
    return this.#waiting.size;
  }

  add(one: T): void {
    this.#waiting.add(one);
  }

  delete(one: T): boolean {
    return this.#waiting.delete(one);
  }

  /** The one who has waited longest, and waits no more. */
  take(): T | undefined {
    let { done, value } = this.#order.next();
    if (done) {
      // What has come to its end does not see who comes later.
      this.#order = this.#waiting.values();
      ({ done, value } = this.#order.next());
    }
    if (done) return undefined;
    this.#waiting.delete(value as T);
    return value;
  }

  all(): readonly T[] {
    return [...this.#waiting];
  }

  clear(): void {
    this.#waiting.clear();
  }
}
