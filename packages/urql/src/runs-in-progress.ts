import type { Operation } from '@urql/core';

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
    const others = this.#byKey.get(key)?.filter((other) => other !== run);
    if (others === undefined) return;
    if (others.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, others);
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
