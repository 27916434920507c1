import { attempt, firstItems, isArray, property, text } from '../base/property.ts';

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
  // A `Map` has a `get` too, but one that minds the case.
  const isAsked =
    typeof property(headers, 'get') === 'function' && property(headers, 'size') === undefined;
  let fields: unknown[] | undefined;
  return (name) =>
    joined(
      isAsked
        ? // A name that `Headers` refuses is not there.
          [attempt(() => (headers as Headers).get(name))]
        : (fields ??= fieldsOf(headers)).map((field) =>
            text(property(field, 0))?.toLowerCase() === name.toLowerCase()
              ? property(field, 1)
              : undefined,
          ),
    );
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

/**
 * Field lines of one name are one list (RFC 9110 5.3), as `Headers` joins them. Node keeps some as arrays;
 * numbers come from hand-made records.
 */
function joined(values: readonly unknown[]): string | undefined {
  const lines = values
    .flatMap((value) => (isArray(value) ? firstItems(value, MOST_FIELDS) : value))
    .filter((line) => /string|number/.test(typeof line));
  return lines.length ? lines.join(', ') : undefined;
}

/**
 * The `error` of a Bearer or DPoP challenge in `WWW-Authenticate` (RFC 6750 3, RFC 9470): `invalid_token`,
 * `insufficient_scope`, `insufficient_user_authentication`. Other schemes, and a description that
 * mentions such a word, do not count.
 */
export function challengeError(field = ''): string | undefined {
  const plain = field
    .slice(0, LONGEST_CHALLENGE)
    .replace(/"((?:[^"\\]|\\[^])*)"?/g, (_, said: string) => /^\w+$/.exec(said)?.[0] ?? '-');
  // From the scheme, over whatever parameters stand before it.
  return /(?:^|[\s,])(?:bearer|dpop)\s+(?:[\w-]+[ \t]*=[ \t]*[^\s,=]+[\s,]+)*?error[ \t]*=[ \t]*(\w+)/i
    .exec(plain)?.[1]
    ?.toLowerCase();
}
