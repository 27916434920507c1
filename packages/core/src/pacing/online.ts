import type { Readable } from '../model/readable.ts';

/**
 * What the browser says of the network (W11). Where there is no browser, or it does not say, the answer
 * is "online": a wrong "offline" would hold operations back for nothing.
 */
export const browserOnline: Readable<boolean> = {
  get: () => typeof navigator !== 'object' || navigator.onLine !== false,
  subscribe: (listener) => {
    if (typeof globalThis.addEventListener !== 'function') return () => {};
    globalThis.addEventListener('online', listener);
    return () => globalThis.removeEventListener('online', listener);
  },
};
