import type { Signal } from '@holdfast/core';

/** One answer out of a recording. */
export interface Recording {
  /** Method and address without query, where they are known. */
  readonly request: string | undefined;
  readonly kind: 'query' | 'mutation' | 'subscription' | 'token' | undefined;
  readonly name: string | undefined;
  readonly signal: Signal & { readonly now: number };
}

/** What was found in one file. */
export interface Recordings {
  readonly found: readonly Recording[];
  /** Requests that are neither GraphQL nor for a token. */
  readonly others: number;
}
