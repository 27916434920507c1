import type { Operation } from '@urql/core';

/**
 * How many keys are kept although nothing of theirs is in progress: a `Map` that is filled and emptied by
 * each operation allocates a table for each of them.
 */
const KEYS_KEPT = 1_000;

/**
 * What is in progress, by the operation's identity: its key, and for mutations the key with the instance
 * that the client counts, since two identical mutations are two (U1, M4).
 */
export class RunsInProgress<R extends { readonly operation: Operation }> {
  readonly #byKey = new Map<number, R[]>();

  add(run: R): void {
    const { key } = run.operation;
    const runs = this.#byKey.get(key);
    if (runs === undefined) this.#byKey.set(key, [run]);
    else runs.push(run);
  }

  delete(run: R): void {
    const { key } = run.operation;
    const runs = this.#byKey.get(key) ?? [];
    const place = runs.indexOf(run);
    if (place < 0) return;
    if (runs.length > 1) runs.splice(place, 1);
    else runs.pop();
    if (runs.length === 0 && this.#byKey.size > KEYS_KEPT) this.#byKey.delete(key);
  }

  find({ key, context }: Operation): R | undefined {
    for (const run of this.#byKey.get(key) ?? []) {
      if (run.operation.context['_instance'] === context['_instance']) return run;
    }
    return undefined;
  }

  /** All that a teardown of the key ends. */
  ofKey(key: number): readonly R[] {
    return [...(this.#byKey.get(key) ?? [])];
  }
}
