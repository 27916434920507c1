import type { Operation } from '@urql/core';

/**
 * What is in progress, by the operation's identity: its key, and for mutations the key with the instance
 * that the client counts, since two identical mutations are two (U1, M4).
 */
export class RunsInProgress<R extends { readonly operation: Operation }> {
  readonly #byKey = new Map<number, Set<R>>();

  add(run: R): void {
    const { key } = run.operation;
    const runs = this.#byKey.get(key);
    if (runs === undefined) this.#byKey.set(key, new Set([run]));
    else runs.add(run);
  }

  delete(run: R): void {
    const { key } = run.operation;
    const runs = this.#byKey.get(key);
    if (runs?.delete(run) === true && runs.size === 0) this.#byKey.delete(key);
  }

  find({ key, context }: Operation): R | undefined {
    const runs = this.#byKey.get(key) ?? [];
    return [...runs].find((run) => run.operation.context['_instance'] === context['_instance']);
  }

  /** All that a teardown of the key ends. */
  ofKey(key: number): readonly R[] {
    return [...(this.#byKey.get(key) ?? [])];
  }
}
