import type { HeadersLike } from '../model/signal.ts';
import { firstItems, isArray, property } from './property.ts';

/** A header field's value by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined;

/** No answer has more fields than this; an endless iterable stops here (X4). */
const MOST_FIELDS = 1_000;

/**
 * Reads header fields in whatever form a client has them: `Headers`, a record, a `Map`, pairs; names in
 * any case. Never throws; what is no header field is not there.
 *
 * A form with a case-blind `get` of its own is asked directly and never copied: this runs for every
 * answer, healthy ones included (W8).
 *
 * @example
 * reader({ 'Retry-After': '2' })('retry-after'); // '2'
 */
export function reader(headers: HeadersLike | null | undefined): HeaderReader {
  if (headers === undefined || headers === null) return nothing;
  const get = property(headers, 'get');
  if (typeof get === 'function' && !isMap(headers)) {
    return (name) => {
      try {
        return fieldValue((get as (name: string) => unknown).call(headers, name));
      } catch {
        return undefined;
      }
    };
  }
  let fields: ReadonlyMap<string, string> | undefined;
  return (name) => (fields ??= collect(headers)).get(name.toLowerCase());
}

function nothing(): undefined {
  return undefined;
}

/** A `Map` has a `get` too, but one that minds the case. */
function isMap(value: unknown): boolean {
  return property(value, Symbol.toStringTag) === 'Map';
}

function collect(headers: unknown): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  try {
    for (const [name, value] of pairs(headers)) {
      const field = fieldValue(value);
      if (typeof name !== 'string' || field === undefined) continue;
      const key = name.toLowerCase();
      const before = fields.get(key);
      // Field lines of one name are one list (RFC 9110 5.3), as `Headers` joins them.
      fields.set(key, before === undefined ? field : `${before}, ${field}`);
    }
  } catch {
    // An iterator that threw: what came before it stands.
  }
  return fields;
}

function* pairs(headers: unknown): Generator<readonly [unknown, unknown]> {
  let left = MOST_FIELDS;
  if (typeof property(headers, Symbol.iterator) === 'function') {
    for (const pair of headers as Iterable<unknown>) {
      if (left-- <= 0) return;
      yield [property(pair, 0), property(pair, 1)];
    }
    return;
  }
  if (typeof headers !== 'object' || headers === null) return;
  for (const name in headers) {
    if (left-- <= 0) return;
    yield [name, property(headers, name)];
  }
}

/** Node keeps some fields as arrays of lines; numbers come from hand-made records. */
function fieldValue(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  if (!isArray(value)) return undefined;
  const lines = firstItems(value, MOST_FIELDS).filter((line) => typeof line === 'string');
  return lines.length === 0 ? undefined : lines.join(', ');
}
