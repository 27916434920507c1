import { failureOf as known } from '@holdfast/core';
import type { Failure } from '@holdfast/core';

/**
 * The failure behind what a client makes of an answer: the core's `failureOf`, which also finds it by a `Response`, and
 * besides by graphql-request's `ClientError` (its `response`) and by the error of Relay's network (its `source`, where
 * the network layer has read the answer with `response.json()`). Never throws.
 *
 * @example
 * try {
 *   await client.request(ORDERS); // graphql-request
 * } catch (error) {
 *   failureOf(error)?.advice; // what to do about it
 * }
 */
export function failureOf(error: unknown): Failure | undefined {
  const found = known(error);
  if (found !== undefined || typeof error !== 'object' || error === null) return found;
  try {
    const { response, source } = error as Made;
    return known(response) ?? known(response?.headers) ?? known(source);
  } catch {
    // What cannot be looked into is none of ours.
    return undefined;
  }
}

interface Made {
  readonly response?: { readonly headers?: unknown } | null;
  readonly source?: unknown;
}
