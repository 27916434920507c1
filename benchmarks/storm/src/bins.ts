/** How often something happened, by when. Instants and widths in virtual milliseconds. */
export class Bins {
  readonly width: number;
  readonly #counts: number[] = [];

  constructor(width: number) {
    this.width = width;
  }

  add(at: number, count = 1): void {
    const index = Math.floor(at / this.width);
    for (let next = this.#counts.length; next <= index; next++) this.#counts.push(0);
    this.#counts[index] = (this.#counts[index] ?? 0) + count;
  }

  merge(other: Bins): void {
    for (const [index, count] of other.#counts.entries()) this.add(index * other.width, count);
  }

  /** How often in `[from, to)`, which are multiples of the width. */
  between(from: number, to: number): number {
    let sum = 0;
    const last = Math.min(this.#counts.length, Math.round(to / this.width));
    for (let index = Math.round(from / this.width); index < last; index++) {
      sum += this.#counts[index] ?? 0;
    }
    return sum;
  }

  get total(): number {
    return this.between(0, Infinity);
  }

  /** When the last one happened: the end of its bin. */
  get end(): number {
    return this.#counts.length * this.width;
  }

  /** The most that happened within `window`, wherever that window stands after `from`. */
  busiest(window: number, from = 0): number {
    const bins = Math.round(window / this.width);
    let sum = 0;
    let most = 0;
    for (let index = Math.round(from / this.width); index < this.#counts.length; index++) {
      sum += this.#counts[index] ?? 0;
      if (index * this.width >= from + window) sum -= this.#counts[index - bins] ?? 0;
      most = Math.max(most, sum);
    }
    return most;
  }

  /** Counts in steps of `step` until `to`. */
  series(step: number, to: number): number[] {
    return Array.from({ length: Math.ceil(to / step) }, (_, index) =>
      this.between(index * step, (index + 1) * step),
    );
  }
}
