import type { Readable } from '@holdfast/core';
import { Value } from '../readable.ts';

export type Fetch = typeof globalThis.fetch;

/** The network of this page, with a switch. */
export interface Network {
  readonly fetch: Fetch;
  /** How many requests are under way. */
  inFlight(): number;
  /** For `createResilience({ online })`: the browser's word, and the switch. */
  readonly online: Readable<boolean>;
  /** `false`: every request from now on fails as it does without a network. What is under way comes back. */
  setConnected(connected: boolean): void;
}

/** The window tells of the switch as it tells of the real network: by `offline` and `online`. */
export function createNetwork(): Network {
  let connected = true;
  let inFlight = 0;
  const counted: Fetch = async (input, init) => {
    inFlight += 1;
    try {
      return await globalThis.fetch(input, init);
    } finally {
      inFlight -= 1;
    }
  };
  const online = new Value(navigator.onLine);
  const update = (): void => online.set(connected && navigator.onLine);
  window.addEventListener('online', update);
  window.addEventListener('offline', update);
  return {
    fetch: (input, init) =>
      connected
        ? counted(input, init)
        : Promise.reject(new TypeError('Failed to fetch: the page is offline.')),
    online,
    inFlight: () => inFlight,
    setConnected(next) {
      if (next === connected) return;
      connected = next;
      window.dispatchEvent(new Event(next ? 'online' : 'offline'));
    },
  };
}
