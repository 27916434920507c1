/**
 * A map of which there is one for all copies of the package, ESM and CommonJS, each of which may stand
 * under another client; made when first needed (E5).
 */
export function sharedByCopies<T extends WeakMap<object, unknown>>(
  name: string,
  make: () => T,
): () => T {
  const key = Symbol.for(name);
  let own: T | undefined;
  return () => {
    // oxlint-disable-next-line no-restricted-globals -- the one place that every copy can reach
    const home = globalThis;
    const shared = (home as { readonly [name: symbol]: unknown })[key];
    if (shared instanceof WeakMap) return shared as T;
    if (own !== undefined) return own;
    own = make();
    try {
      Object.defineProperty(home, key, { value: own, configurable: true });
    } catch {
      // A frozen global object: this copy keeps its own.
    }
    return own;
  };
}
