/**
 * The errors that one stream has shown already. urql repeats them on every healthy event that follows,
 * and an error seen twice is not a second failure (S3).
 */
export class SeenErrors {
  readonly #seen = new WeakSet<object>();

  /** Whether there are errors, and all of them have been seen. They have been from now on. */
  allKnown(errors: unknown): boolean {
    if (!Array.isArray(errors) || errors.length === 0) return false;
    let known = true;
    for (const error of errors as unknown[]) {
      if (typeof error !== 'object' || error === null) known = false;
      else if (!this.#seen.has(error)) {
        this.#seen.add(error);
        known = false;
      }
    }
    return known;
  }
}
