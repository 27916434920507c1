import type { Readable } from '../model/readable.ts';

/**
 * What the browser says of the network (W11). Where there is no browser, or it does not say, the answer
 * is "online": a wrong "offline" would hold operations back for nothing.
 */
export const browserOnline: Readable<boolean> = {
  get: () => typeof navigator !== 'object' || navigator.onLine !== false,
  subscribe: (listener) => {
    const target = typeof globalThis.addEventListener === 'function' ? globalThis : ownWindow();
    for (const type of ['online', 'offline']) target?.addEventListener(type, listener);
    return () => {
      for (const type of ['online', 'offline']) target?.removeEventListener(type, listener);
    };
  },
};

function ownWindow(): EventTarget | undefined {
  return typeof window === 'object' ? window : undefined;
}
