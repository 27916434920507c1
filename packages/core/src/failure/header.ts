import { firstItems, isArray, property } from '../base/property.ts';

/** A header field's value by its name, in any case. */
export type HeaderReader = (name: string) => string | undefined;

/** No answer has more fields than this; an endless iterable stops here (X4). */
const MOST_FIELDS = 1_000;

/** A challenge is read this far (X4). */
const LONGEST_CHALLENGE = 8_192;

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
  const get = property(headers, 'get');
  // A `Map` has a `get` too, but one that minds the case.
  if (typeof get === 'function' && property(headers, Symbol.toStringTag) !== 'Map') {
    return (name) => {
      try {
        return fieldValue((get as (name: string) => unknown).call(headers, name));
      } catch {
        // A name that `Headers` refuses is not there.
        return undefined;
      }
    };
  }
  let fields: ReadonlyMap<string, string> | undefined;
  return (name) => (fields ??= collect(headers)).get(name.toLowerCase());
}

function collect(headers: unknown): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  let left = MOST_FIELDS;
  const add = (name: unknown, given: unknown): void => {
    const value = fieldValue(given);
    if (typeof name !== 'string' || value === undefined) return;
    const key = name.toLowerCase();
    const before = fields.get(key);
    // Field lines of one name are one list (RFC 9110 5.3), as `Headers` joins them.
    fields.set(key, before === undefined ? value : `${before}, ${value}`);
  };
  try {
    if (property(headers, Symbol.iterator)) {
      for (const pair of headers as Iterable<unknown>) {
        if (left-- <= 0) break;
        add(property(pair, 0), property(pair, 1));
      }
    } else {
      for (const name in Object(headers)) {
        if (left-- <= 0) break;
        add(name, property(headers, name));
      }
    }
  } catch {
    // An iterator that threw: what came before it stands.
  }
  return fields;
}

/** Node keeps some fields as arrays of lines; numbers come from hand-made records. */
function fieldValue(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return `${value}`;
  if (!isArray(value)) return undefined;
  const lines = firstItems(value, MOST_FIELDS).filter((line) => typeof line === 'string');
  return lines.length === 0 ? undefined : lines.join(', ');
}

/** A word alone (a scheme), a parameter with its value, or a string that belongs to nothing. */
const CHALLENGE =
  /([\w!#$%&'*+.^`|~/-]+)(?:[ \t]*=[ \t]*(?:"((?:[^"\\]|\\[^])*)"?|([\w!#$%&'*+.^`|~/-]+)))?|"(?:[^"\\]|\\[^])*"?/g;

/**
 * The `error` of a Bearer or DPoP challenge in `WWW-Authenticate` (RFC 6750 3, RFC 9470): `invalid_token`,
 * `insufficient_scope`, `insufficient_user_authentication`. Other schemes, and a description that
 * mentions such a word, do not count. One pass over the field.
 */
export function challengeError(field = ''): string | undefined {
  let scheme = '';
  for (const [, word, quoted, bare] of field.slice(0, LONGEST_CHALLENGE).matchAll(CHALLENGE)) {
    const value = quoted ?? bare;
    const name = word?.toLowerCase();
    if (value === undefined) scheme = name ?? scheme;
    else if (name === 'error' && /^(?:bearer|dpop)$/.test(scheme)) return value.toLowerCase();
  }
  return undefined;
}
