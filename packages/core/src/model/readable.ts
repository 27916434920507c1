import type { Unsubscribe } from './clock.ts';

/**
 * A value that changes, in the form that React's `useSyncExternalStore` takes: `get` answers the same
 * object until something changed.
 */
export interface Readable<T> {
  get(): T;
  subscribe(listener: () => void): Unsubscribe;
}
