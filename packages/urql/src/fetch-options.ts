import type { Operation } from '@urql/core';

/**
 * What `context.fetchOptions` is for each attempt of one operation. A function is called anew for each;
 * what it answers when the operation begins, where its signal is looked for, serves the first.
 */
export class FetchOptions {
  /** Ends the whole operation; in the request itself urql overwrites it (U1). */
  readonly signal: AbortSignal | undefined;
  readonly #operation: Operation;
  #first: RequestInit | undefined;
  /** What was thrown in place of an answer for the first attempt. */
  #thrown: { readonly error: unknown } | undefined;

  constructor(operation: Operation) {
    this.#operation = operation;
    try {
      this.#first = this.#evaluated();
      this.signal = this.#first.signal ?? undefined;
    } catch (error) {
      // Sending fails with it: the operation is to settle, and nobody above hears what is thrown here (R9).
      this.#thrown = { error };
    }
  }

  /** For the next attempt. */
  next(): RequestInit {
    const first = this.#first;
    const thrown = this.#thrown;
    this.#first = undefined;
    this.#thrown = undefined;
    if (thrown !== undefined) throw thrown.error;
    return first ?? this.#evaluated();
  }

  #evaluated(): RequestInit {
    const { fetchOptions } = this.#operation.context;
    return (typeof fetchOptions === 'function' ? fetchOptions() : fetchOptions) ?? {};
  }
}
