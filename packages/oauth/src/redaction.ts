import { isRecord } from './options.ts';

const replacement = '[redacted]';

/** No honest answer of a token endpoint nests deeper; a hostile one must not end the stack (X4). */
const maxDepth = 32;

/** A secret shorter than this may be a part of words that are none: an OAuth error, a field's name, a unit. */
const shortest = 8;

/**
 * Removes secrets from what a server said: some repeat in an error what they were sent (F11).
 *
 * Each secret is looked for as it is and as JSON, forms and URLs write it; a short one only where it stands by
 * itself.
 */
export class Redaction {
  /** The longest first, so that no rest of one is left where it begins with another. */
  readonly #spellings: readonly string[];

  constructor(secrets: Iterable<string | undefined>) {
    const spellings = new Set<string>();
    for (const secret of secrets) {
      if (secret === undefined || secret === '') continue;
      spellings.add(secret);
      spellings.add(JSON.stringify(secret).slice(1, -1));
      spellings.add(formEncoded(secret));
      spellings.add(formEncoded(secret).replaceAll('+', '%20'));
    }
    this.#spellings = [...spellings].sort((a, b) => b.length - a.length);
  }

  /** Length of the longest spelling: how much of a text that was cut may be the half of a secret. */
  get longest(): number {
    return this.#spellings[0]?.length ?? 0;
  }

  text(text: string): string {
    return this.#spellings.reduce(without, text);
  }

  /** The same for a parsed body; of keys only what cannot be the name of a field. */
  value(value: unknown): unknown {
    const long = this.#spellings.filter(({ length }) => length >= shortest);
    return mapStrings(value, (text, isKey) =>
      (isKey ? long : this.#spellings).reduce(without, text),
    );
  }
}

function without(text: string, secret: string): string {
  if (secret.length >= shortest) return text.replaceAll(secret, () => replacement);
  const before = /^\w/u.test(secret) ? '^|\\W' : '';
  const after = /\w$/u.test(secret) ? '(?!\\w)' : '';
  const plain = secret.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
  const found = new RegExp(`(${before})${plain}${after}`, 'gu');
  return text.replace(found, (_, sign: string) => sign + replacement);
}

/**
 * Only the shape of a body: every string in it is replaced. For a success whose token was not found
 * where it was looked for, because then any of the strings may be the token.
 */
export function shapeOf(value: unknown): unknown {
  return mapStrings(value, (text, isKey) => (isKey ? text.slice(0, 100) : replacement));
}

function mapStrings(
  value: unknown,
  map: (text: string, isKey: boolean) => string,
  depth: number = 0,
): unknown {
  if (typeof value === 'string') return map(value, false);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === maxDepth) return replacement;
  if (Array.isArray(value)) return value.map((entry) => mapStrings(entry, map, depth + 1));
  if (!isRecord(value)) return replacement;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [
      map(key, true),
      mapStrings(entry, map, depth + 1),
    ]),
  );
}

/** Every string in what is sent. It is the application's own, so its depth is not guarded. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsIn);
}

/** One value as `application/x-www-form-urlencoded` has it. */
export function formEncoded(text: string): string {
  return new URLSearchParams({ t: text }).toString().slice(2);
}
