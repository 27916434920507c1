/**
 * A property of anything. Never throws, whatever getter or proxy stands behind it: what cannot be read
 * is not there (F1).
 */
export function property(value: unknown, key: PropertyKey): unknown {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function'))
    return undefined;
  try {
    return (value as Record<PropertyKey, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** Something to wait for. Its `then` may be anything but a promise's. */
export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}

/** `Array.isArray`, which throws for a revoked proxy. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** An object with keys of its own sort: neither `null` nor an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !isArray(value);
}

/**
 * A literal or what `JSON.parse` makes, as opposed to an instance of some class. Told by the depth of
 * the prototype chain, so objects of another realm count too.
 */
export function isPlain(value: unknown): boolean {
  if (isArray(value)) return true;
  if (!isRecord(value)) return false;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || Object.getPrototypeOf(prototype) === null;
  } catch {
    return false;
  }
}

/** The first items of an array, holes and unreadable ones as `undefined`. No other index is touched (X4). */
export function firstItems(value: readonly unknown[], limit: number): readonly unknown[] {
  const length = property(value, 'length');
  const count = typeof length === 'number' ? Math.min(length, limit) : 0;
  const items: unknown[] = [];
  for (let index = 0; index < count; index += 1) items.push(property(value, index));
  return items;
}

/** A property that is a string with something in it. */
export function text(value: unknown, key: PropertyKey): string | undefined {
  const found = property(value, key);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** What a path such as `exception.code` leads to. */
export function follow(value: unknown, path: string): unknown {
  return path.split('.').reduce(property, value);
}
