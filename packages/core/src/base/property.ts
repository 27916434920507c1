/**
 * What looking answers; `undefined` where that throws, whatever getter or proxy stands behind it (F1).
 *
 * @param thrown Takes what was thrown, where that is of interest (R9).
 */
export function attempt<T>(look: () => T, thrown?: unknown[]): T | undefined {
  try {
    return look();
  } catch (error) {
    thrown?.push(error);
    return undefined;
  }
}

/** A property of anything; what cannot be read is not there. */
export function property(value: unknown, key: PropertyKey): unknown {
  try {
    return (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
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

/** What a path such as `exception.code` leads to. */
export const follow = (value: unknown, path: string): unknown =>
  path.split('.').reduce(property, value);

/** What is read of the first item that it can be read of. */
export function first<I, T>(
  items: readonly I[],
  read: (item: I) => T | null | undefined,
): T | undefined {
  for (const item of items) {
    const found = read(item);
    if (found != null) return found;
  }
  return undefined;
}

/** What is read at the first of the paths, part by part. Paths stand between spaces. */
export const pick = <T>(
  parts: readonly unknown[],
  paths: string,
  read: (found: unknown) => T | null | undefined = (found) => found as T,
): T | undefined =>
  first(parts, (part) => first(paths.split(' '), (path) => read(follow(part, path))));

/** `Array.isArray`, which throws for a revoked proxy. */
export const isArray = (value: unknown): value is readonly unknown[] =>
  !!attempt(() => Array.isArray(value));

/** An object, a list or a function. */
export const isObject = (value: unknown): value is object => Object(value) === value;

/** An object with keys of its own sort: neither a function nor an array. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && !!value && !isArray(value);

/**
 * A literal or what `JSON.parse` makes, as opposed to an instance of some class. Told by the depth of
 * the prototype chain, so objects of another realm count too.
 */
export const isPlain = (value: unknown): boolean =>
  isArray(value) ||
  (isRecord(value) &&
    attempt(() => {
      const prototype: unknown = Object.getPrototypeOf(value);
      return prototype && Object.getPrototypeOf(prototype);
    }) === null);

/** A string with something in it. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value ? value : undefined;

/** A string with something in it, or a number as one, cut to length. */
export const word = (value: unknown, longest = 200): string | undefined =>
  text(Number.isFinite(value) ? `${value as number}` : value)?.slice(0, longest);

/** How many items an array has; 0 for anything else. */
export const count = (list: unknown): number =>
  isArray(list) ? Number(property(list, 'length')) || 0 : 0;

/** The first items of an array, holes and unreadable ones as `undefined`. No other index is touched (X4). */
export const firstItems = (list: unknown, limit: number): readonly unknown[] =>
  Array.from({ length: Math.min(count(list), limit) }, (_, index) => property(list, index));

/** A header field's value by its name, in any case. */
export type HeaderReader = (name: string) => string | undefined;

/** No answer has more fields than this; an endless iterable stops here (X4). */
const MOST_FIELDS = 1_000;

/**
 * Reads header fields in whatever form a client has them: `Headers`, a record, a `Map`, pairs; names in
 * any case. Never throws; what is no header field is not there.
 *
 * A form with a case-blind `get` of its own is asked directly and never copied: this runs for healthy
 * answers too (W8).
 *
 * @example
 * headerReader({ 'Retry-After': '2' })('retry-after'); // '2'
 */
export function headerReader(headers: unknown): HeaderReader {
  // A `Map` has a `get` too, but one that minds the case.
  const isAsked =
    typeof property(headers, 'get') === 'function' && property(headers, 'size') === undefined;
  let fields: unknown[] | undefined;
  return (name) => {
    const values = isAsked
      ? // A name that `Headers` refuses is not there.
        [attempt(() => (headers as Headers).get(name))]
      : (fields ??= fieldsOf(headers))
          .filter((field) => text(property(field, 0))?.toLowerCase() === name.toLowerCase())
          .map((field) => property(field, 1));
    // Field lines of one name are one list (RFC 9110 5.3), as `Headers` joins them. Node keeps some as arrays;
    // numbers come from hand-made records.
    const lines = values
      .flatMap((value) => (isArray(value) ? firstItems(value, MOST_FIELDS) : value))
      .filter((line) => /string|number/.test(typeof line));
    return lines.length ? lines.join(', ') : undefined;
  };
}

/** Pairs of name and value. */
function fieldsOf(headers: unknown): unknown[] {
  const fields: unknown[] = [];
  // An iterator that throws: what came before it stands.
  attempt(() => {
    for (const field of property(headers, Symbol.iterator)
      ? (headers as Iterable<unknown>)
      : Object.keys(headers as object).map((name) => [name, property(headers, name)])) {
      if (fields.push(field) >= MOST_FIELDS) break;
    }
  });
  return fields;
}
