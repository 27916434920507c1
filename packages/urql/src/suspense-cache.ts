import type { Client, Operation } from '@urql/core';

/** What urql's bindings for React keep for Suspense. It is not public, and stands on the client. */
interface SuspenseCache {
  set?(key: number, result: undefined): void;
}

/**
 * Lets a component that is shown again ask again, in place of being given the result that failed (V4). Older
 * bindings keep that until somebody has unsubscribed, which nobody does who was never shown.
 */
export function forgetSuspended(client: Client, { key }: Operation): void {
  const cache = Reflect.get(client, '_react') as SuspenseCache | undefined;
  cache?.set?.(key, undefined);
}
