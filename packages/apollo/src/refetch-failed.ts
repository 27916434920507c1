import type { ApolloClient } from '@apollo/client';
import { failureOf } from '@holdfast/core';
import type { Failure } from '@holdfast/core';

/**
 * Sends the queries again that show this failure: all that a batch or the deduplication gave it to. Among
 * them are those of Suspense, whose rejected promise Apollo keeps for 30 s after its component has gone, and
 * gives to whoever asks anew (V4).
 *
 * @returns what settles with the last of them, and rejects with an error where one of them failed again.
 */
export async function refetchFailed(client: ApolloClient, failure: Failure): Promise<void> {
  const failed = [...client.getObservableQueries()].filter(
    (query) => failureOf(query.getCurrentResult().error) === failure,
  );
  // Retained, it goes on where Apollo disposes of the query meanwhile, and what it brings is in the cache.
  const settled = await Promise.allSettled(failed.map((query) => query.refetch().retain()));
  for (const outcome of settled) {
    if (outcome.status === 'rejected') throw outcome.reason;
    if (outcome.value.error !== undefined) throw outcome.value.error;
  }
}
